import pytest


@pytest.fixture(autouse=True)
def plain_static_files(settings, tmp_path):
    """Let templates name static files without collecting them first."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    settings.STATIC_ROOT = tmp_path
