"""Real-time channels on AppSync Events, with access rules to subscribe and publish."""

from constructs_lib.channels.channels import Channels

__all__ = ["Channels"]
