"""The WSGI application: one process of any role, chosen by the setting `ROLE`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mediashare.settings")

application = get_wsgi_application()
