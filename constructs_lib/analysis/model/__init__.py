"""The model of the templates: callers, roles, resources and the places that have owners."""
