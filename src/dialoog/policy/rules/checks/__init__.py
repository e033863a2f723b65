"""The checks: each takes a text that was read, the facts and clean parameters, and yields problems."""
