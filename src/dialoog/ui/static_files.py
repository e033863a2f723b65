"""How static files are kept: under names that hold their content's hash, so that browsers keep them for good."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc] # whitenoise ships no types
    """Hashes the modules that scripts import too, not only what templates name."""

    support_js_module_import_aggregation = True
