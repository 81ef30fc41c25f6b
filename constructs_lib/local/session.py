"""boto3 sessions that reach the local cloud only."""

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
"""Botocore's settings as (name in a file, name in the environment, default, conversion); none is read from a source."""


@functools.cache
def _service_models() -> Loader:
    """Return a loader of service models, shared by all sessions, because loading takes a tenth of a second each."""
    return create_loader()


class CloudSession(boto3.Session):
    """Administrator's session on a local cloud, which ignores the developer's AWS settings."""

    def __init__(self, *, endpoint_url: str, region: str, keys: Keys) -> None:
        """Open the session."""
        session = botocore.session.Session(session_vars=_NO_SETTINGS)
        session.register_component("data_loader", _service_models())
        super().__init__(
            aws_access_key_id=keys.access_key,
            aws_secret_access_key=keys.secret_key,
            region_name=region,
            botocore_session=session,
        )
        # Each boto3 session adds its folder of models to the loader.
        paths = _service_models().search_paths
        paths[:] = dict.fromkeys(paths)
        self._endpoint_url = endpoint_url

    # The endpoint is passed to every client: AWS_ENDPOINT_URL of the environment would override a session's own.
    def client(self, *args: Any, **kwargs: Any) -> Any:
        """Return a client of the local cloud."""
        return super().client(*args, **self._local(kwargs))

    def resource(self, *args: Any, **kwargs: Any) -> Any:
        """Return a resource of the local cloud."""
        return super().resource(*args, **self._local(kwargs))

    def _local(self, options: dict[str, Any]) -> dict[str, Any]:
        # An empty mapping disables proxies; None would read them from the environment.
        config = Config(proxies={}).merge(options.get("config") or Config())
        return {**options, "endpoint_url": self._endpoint_url, "config": config}
