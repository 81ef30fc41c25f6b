"""Level 2: updates the stack, breaks it, and removes it."""
