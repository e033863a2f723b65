"""Mastodon, and servers that speak its language."""
