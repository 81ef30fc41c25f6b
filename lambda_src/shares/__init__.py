"""Shares of the document app: public announcements of a user's documents."""
