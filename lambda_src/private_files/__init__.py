"""Signed CloudFront URLs of an owner's files, for that owner alone."""
