"""Organisations, departments, people, roles, audit: who is here and what they may do."""
