"""Shared folders: their members, and signed URLs for their files."""
