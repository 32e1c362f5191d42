"""The WSGI application: one process of any role, chosen by the setting `ROLE`."""

import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mediashare.settings")

application = get_wsgi_application()
import_module(settings.ROOT_URLCONF)
# What is loaded by now stays until the end. Looking through it for garbage again and again took a
# fifth of the processor time of a commit of a thousand changes.
gc.freeze()
