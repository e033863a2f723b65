"""WordPress: sites of one's own."""
