"""Everything that changes what is known of costs and results."""
