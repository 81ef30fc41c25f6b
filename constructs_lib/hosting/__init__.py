"""A page on CloudFront, in the stack whose app it belongs to."""

from constructs_lib.hosting.hosting import Hosting

__all__ = ["Hosting"]
