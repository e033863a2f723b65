"""Posts, variants and deliveries: on time, exactly once, to the end."""
