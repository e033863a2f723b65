"""Goals, what they serve and what counts them: why, how much, by when."""
