"""A local cloud on which the real `cdk deploy` runs in seconds and IAM is really enforced."""

from constructs_lib.local.cloud import LocalCloud
from constructs_lib.local.errors import LocalCloudError, PinnedError

__all__ = ["LocalCloud", "LocalCloudError", "PinnedError"]
