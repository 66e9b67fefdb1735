"""Fill a database with invented customers, to see how pages and searches stand a crowd."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from hub.management.benchmarks.crowd import gather

MOST = 5_000_000


class Command(BaseCommand):
    help = "Add invented customers, the same ones for the same seed. Never on real data."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("count", type=int, help="how many, such as 1000000")
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *_: Any, count: int, seed: int, **__: Any) -> None:
        if not 1 <= count <= MOST:
            raise CommandError(f"Between 1 and {MOST} customers.")

        def progress(done: int) -> None:
            self.stderr.write(f"{done:>9,} of {count:,} ({100 * done // count} %)")

        gather(count, seed=seed, progress=progress)
        self.stdout.write(f"{count:,} customers were added.")
