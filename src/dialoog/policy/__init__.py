"""Rules that people read and the software keeps; versions, acceptance, approval."""
