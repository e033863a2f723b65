"""Bluesky: posts under a record key of our own, on any PDS."""
