"""What was concluded, by whom, until when; it comes back on its date."""
