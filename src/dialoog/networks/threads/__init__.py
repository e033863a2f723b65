"""Threads: posts, answers and figures of one profile."""
