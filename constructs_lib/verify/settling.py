"""Waiting until new permissions take effect everywhere in AWS.

"changes that you make in IAM (or other AWS services) [...] can take time to become visible from all possible endpoints"
("Troubleshoot IAM: Changes that I make are not always immediately visible", IAM user guide).
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, TypeVar

from botocore.exceptions import ClientError

from constructs_lib.client import AppClient
from constructs_lib.verify.story_administration import StoryObserver

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_lib.verify.context import Context

Answer = TypeVar("Answer")
_NOT_YET: Final = frozenset({
    "AccessDenied",
    "AccessDeniedException",
    "InvalidIdentityPoolConfigurationException",
    "NoSuchBucket",
    "NotAuthorizedException",
    "ResourceNotFoundException",
    "403",
    "404",
})  # fmt: skip
_WAITS: Final = (1.0, 2.0, 4.0, 8.0, 16.0, 16.0)
"""Seconds between attempts, 47 in total."""
_LOCAL: Final = 0.05
"""The fraction of these waits on a local cloud, where changes take effect at once."""


def settled(call: Callable[[], Answer], *, local: bool) -> Answer:
    """Repeat a call until it succeeds, and return its result; waits are shorter on a local cloud.

    Raises:
        ClientError: If it is still refused after 47 seconds, or fails for another reason.
    """
    for seconds in _WAITS:
        try:
            return call()
        except ClientError as error:
            if error.response["Error"]["Code"] not in _NOT_YET:
                raise
        time.sleep(seconds * (_LOCAL if local else 1))
    return call()


def settle(context: Context) -> None:
    """Wait until a guest's permissions take effect; if they stay refused, the checks report it."""
    guest = AppClient(context.settings, endpoint_url=context.endpoint_url, observer=StoryObserver(context)).guest()
    bucket = context.settings.other("BucketName")

    def look() -> Any:
        return guest.session().client("s3").list_objects_v2(Bucket=bucket, Prefix="public/", MaxKeys=1)

    with suppress(ClientError):
        settled(look, local=context.run.local)
