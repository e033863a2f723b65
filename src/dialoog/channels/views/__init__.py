"""The pages of channels: the list, connecting by app password, and signing in at the network."""
