"""Facebook: the pages of an organisation."""
