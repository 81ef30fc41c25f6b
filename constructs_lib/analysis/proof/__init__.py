"""The questions asked of a model, and their answers as findings."""
