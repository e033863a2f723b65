"""The design language as code: base templates, parts, page(), formats and vendored front-end files."""
