"""The one-page report, on the screen and as PDF."""
