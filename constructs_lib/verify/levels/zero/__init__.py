"""Level 0: checks that create no resources."""
