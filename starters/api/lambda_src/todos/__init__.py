"""The to-dos of users."""
