"""Handlers of photos that are uploaded, published or deleted."""
