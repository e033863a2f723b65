"""The application that the web server runs."""

import gc
import os
from importlib import import_module

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application

from dialoog.config import gate

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dialoog.config.settings")
# What is loaded here stays: neither look for garbage in it now, nor later.
gc.disable()
django.setup()
# All screens are read now and not at the first visitor.
import_module(settings.ROOT_URLCONF)
gc.freeze()
gc.enable()
# What follows reads the static files, which the preparation makes.
gate.pass_through()
application = get_wsgi_application()
