"""Notes in PostgreSQL."""
