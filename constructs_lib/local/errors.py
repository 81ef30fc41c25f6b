"""Errors of the local cloud. Each message states the remedy."""


class LocalCloudError(RuntimeError):
    """The local cloud, or something it needs, could not be used; the message names the remedy."""


class PinnedError(LocalCloudError):
    """An app is pinned to another account or region than the cloud's.

    Args:
        message: The message.
        account: The account it is pinned to.
        region: The region it is pinned to.
    """

    def __init__(self, message: str, *, account: str, region: str) -> None:
        """Store message, account and region."""
        super().__init__(message)
        self.account, self.region = account, region


class DeployError(LocalCloudError):
    """A stack could not be deployed; the message has CloudFormation's reason."""
