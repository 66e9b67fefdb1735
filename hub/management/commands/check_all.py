"""Every check and every test, each with its result."""

from hub.management import testing
from hub.management.commands import test


class Command(test.Command):
    help = "Run every check and every test, and list the result of each."
    run = staticmethod(testing.run_everything)
