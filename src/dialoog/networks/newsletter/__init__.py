"""A newsletter by e-mail, through somebody's own mail server."""
