"""Dialoog: decide why and how an organisation uses social media, use it, and see what it brings."""
