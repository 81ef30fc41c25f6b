"""Level 1: uses the stack that was made for the run."""
