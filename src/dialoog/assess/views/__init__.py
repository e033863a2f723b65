"""The pages of the growth scan: for colleagues, and by link for people without an account."""
