"""Checks of a model of the templates, with their results as findings."""
