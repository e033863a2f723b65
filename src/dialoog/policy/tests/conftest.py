import pytest


@pytest.fixture(autouse=True)
def plain_static_files(settings, tmp_path):
    """Static files as they lie in the source, for nothing was collected."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    settings.STATIC_ROOT = tmp_path
