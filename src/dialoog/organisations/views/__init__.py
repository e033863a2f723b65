"""The pages of people, settings, the log and invitations."""
