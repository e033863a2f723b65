"""Vandaag, the set-up, the way in, and one's own account."""
