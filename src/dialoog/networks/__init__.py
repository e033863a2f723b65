"""Connectors, one file each, and what each network can do; no Django."""
