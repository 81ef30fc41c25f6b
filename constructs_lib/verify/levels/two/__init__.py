"""Level 2: checks that update the stack, make an update fail, and delete the stack."""
