"""Reactions as conversations, with a clock against the promise; answers leave as deliveries."""
