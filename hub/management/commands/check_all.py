"""Every static check and every test, each with its result."""

from hub.management.commands import test


class Command(test.Command):
    help = "Run every static check and every test, and list the result of each."
