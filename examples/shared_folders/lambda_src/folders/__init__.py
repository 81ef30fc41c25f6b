"""Shared folders: who may use them, and signed URLs for what lies in them."""
