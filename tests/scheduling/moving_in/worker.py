"""A worker in a process of its own, which a test can kill: ``worker.py <file>``."""

import sys

import django

if __name__ == "__main__":
    django.setup()
    from scheduling.moving_in.tasks import move_in

    move_in(sys.argv[1])
