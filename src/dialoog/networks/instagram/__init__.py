"""Instagram: professional accounts, by the interface with Instagram's own sign-in."""
