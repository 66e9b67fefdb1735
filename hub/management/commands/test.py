"""Run the tests, with all they need: `manage.py test [arguments of pytest]`."""

import sys

from django.core.management.base import BaseCommand

from hub.embedded.hosting import EmbeddedFailure
from hub.management import testing
from hub.management.stopping import stop_on_signals


class Command(BaseCommand):
    help = "Run the static checks and the tests; arguments go to pytest."
    requires_system_checks: list[str] = []  # noqa: RUF012  (there is no database yet)

    run = staticmethod(testing.run_tests)

    def run_from_argv(self, argv: list[str]) -> None:
        """Everything after the command's name is pytest's, even --verbosity."""
        stop_on_signals()
        try:
            passed = self.run(argv[2:], self.say)
        except (EmbeddedFailure, testing.TooManyRuns) as failure:
            sys.exit(str(failure))
        except KeyboardInterrupt:
            sys.exit(130)
        sys.exit(0 if passed else 1)

    def say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
