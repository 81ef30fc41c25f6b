"""Addresses of an owner's own files on CloudFront, signed for their owner alone."""
