#!/usr/bin/env python3
"""Django's command line. On a bare machine it sets itself up first (hub/bootstrap.py)."""

import os
import sys

OLDEST = (3, 11)

if __name__ == "__main__":
    if tuple(sys.version_info) < OLDEST:
        sys.exit("This needs Python 3.11 or newer; this one is " + sys.version.split()[0] + ".")
    from hub import bootstrap

    bootstrap.ensure(sys.argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hub.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
