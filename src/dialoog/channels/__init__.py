"""Accounts on networks: connect, watch over, disconnect."""
