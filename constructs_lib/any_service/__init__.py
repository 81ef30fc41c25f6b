"""Permissions in any AWS service, validated against the published action data before they become a policy."""

from constructs_lib.any_service.allow import Sentences, plain_of

__all__ = ["Sentences", "plain_of"]
