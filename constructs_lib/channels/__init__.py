"""Real-time channels: who may subscribe and publish where, on AppSync Events."""

from constructs_lib.channels.channels import Channels

__all__ = ["Channels"]
