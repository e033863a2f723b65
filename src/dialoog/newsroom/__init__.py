"""The channel that nobody can close: public page, feeds, widget, and reads without cookies."""
