"""The pages of the newsroom: public ones, and its settings."""
