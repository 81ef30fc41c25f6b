"""A page on CloudFront, in the stack of its app."""

from constructs_lib.hosting.hosting import Hosting

__all__ = ["Hosting"]
