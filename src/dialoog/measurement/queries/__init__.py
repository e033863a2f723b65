"""What is known of costs and results, read inside the organisation's scope."""
