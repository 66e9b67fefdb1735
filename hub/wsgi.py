"""The WSGI entry point of the web processes."""

import os

from django.core.wsgi import get_wsgi_application

from hub import garbage

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hub.settings")

application = get_wsgi_application()
garbage.freeze_loaded_code()
