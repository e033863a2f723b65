"""Feeds (RSS and Atom): read, never written."""
