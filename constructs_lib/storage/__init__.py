"""Buckets whose folders are opened by rules."""

from constructs_lib.storage.storage import Storage

__all__ = ["Storage"]
