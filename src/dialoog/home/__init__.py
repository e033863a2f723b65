"""Vandaag, and what spans all rooms."""
