"""Level 1: checks on the stack that is created for the run."""
