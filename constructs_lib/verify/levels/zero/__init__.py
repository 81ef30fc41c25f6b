"""Level 0: asks what needs nothing made."""
