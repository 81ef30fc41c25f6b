"""What the templates say about who can reach what: callers, roles, resources and the places that have owners."""
