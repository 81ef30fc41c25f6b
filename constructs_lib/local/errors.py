"""What can go wrong around the local cloud, in words that say how to go on."""


class LocalCloudError(RuntimeError):
    """The local cloud, or something it needs, could not be used; the message names the remedy."""


class DeployError(LocalCloudError):
    """A stack could not be deployed, for a reason that CloudFormation has."""
