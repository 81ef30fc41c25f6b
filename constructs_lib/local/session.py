"""boto3 sessions that can reach the local cloud only."""

from __future__ import annotations

import functools
import os
from typing import TYPE_CHECKING, Any, Final

import boto3
import botocore.session
from botocore.config import Config
from botocore.loaders import Loader, create_loader

if TYPE_CHECKING:
    from constructs_lib.local.record import Keys

_NO_SETTINGS: Final[dict[str, Any]] = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
    "ca_bundle": (None, None, None, None),
}
"""Botocore's variables, as (name in a file, name in the environment, default, conversion): nowhere to look them up."""


@functools.cache
def _service_models() -> Loader:
    """Return what reads the services' models, once for all sessions: to read them is a tenth of a second for each."""
    return create_loader()


class CloudSession(boto3.Session):
    """An administrator's session on a local cloud, which reads nothing of the developer's AWS settings.

    Args:
        endpoint_url: The local cloud.
        region: Its region.
        keys: Its administrator's.
    """

    def __init__(self, *, endpoint_url: str, region: str, keys: Keys) -> None:
        """Open it."""
        session = botocore.session.Session(session_vars=_NO_SETTINGS)
        session.register_component("data_loader", _service_models())
        super().__init__(
            aws_access_key_id=keys.access_key,
            aws_secret_access_key=keys.secret_key,
            region_name=region,
            botocore_session=session,
        )
        # Each session of boto3 adds its folder of models to them.
        paths = _service_models().search_paths
        paths[:] = dict.fromkeys(paths)
        self._endpoint_url = endpoint_url

    # The endpoint is given to every client: AWS_ENDPOINT_URL of the environment would win over a session's own.
    def client(self, *args: Any, **kwargs: Any) -> Any:
        """Return a client of the local cloud."""
        return super().client(*args, **self._local(kwargs))

    def resource(self, *args: Any, **kwargs: Any) -> Any:
        """Return a resource of the local cloud."""
        return super().resource(*args, **self._local(kwargs))

    def _local(self, options: dict[str, Any]) -> dict[str, Any]:
        # No proxies instead of none given, which are looked for in the environment.
        config = Config(proxies={}).merge(options.get("config") or Config())
        return {**options, "endpoint_url": self._endpoint_url, "config": config}
