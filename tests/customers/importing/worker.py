"""A worker of imports in a process of its own, which a test can kill: ``worker.py <import>``."""

import sys

import django

if __name__ == "__main__":
    django.setup()
    from customers.importing.tasks import move_import

    move_import(sys.argv[1])
