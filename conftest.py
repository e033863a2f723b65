"""What all tests share: a data folder of their own, and compiled texts."""

import os
import tempfile

os.environ.setdefault("DIALOOG_DATA", tempfile.mkdtemp(prefix="dialoog-tests-"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dialoog.config.settings")

from dialoog.config import installation, messages

installation.ensure(installation.data_folder())
messages.compile_all()
