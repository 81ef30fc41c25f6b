"""Errors of the local cloud. Each message states the remedy."""


class LocalCloudError(RuntimeError):
    """The local cloud, or something it needs, could not be used; the message names the remedy."""


class PinnedError(LocalCloudError):
    """An app is made for another account or region than those of the cloud.

    Args:
        message: What is the matter.
        account: The account it is made for.
        region: The region it is made for.
    """

    def __init__(self, message: str, *, account: str, region: str) -> None:
        """Say it."""
        super().__init__(message)
        self.account, self.region = account, region


class DeployError(LocalCloudError):
    """A stack could not be deployed, for a reason that CloudFormation has."""
