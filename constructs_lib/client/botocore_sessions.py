"""botocore sessions that ignore this machine's AWS settings."""

from typing import Final

import botocore.loaders
import botocore.session

_LOADER: Final = botocore.loaders.Loader(
    extra_search_paths=[botocore.loaders.Loader.BUILTIN_DATA_PATH], include_default_search_paths=False
)
"""Reads each service's model once for all sessions: it takes most of a session's time."""


def core_session() -> botocore.session.Session:
    """Return a session that ignores AWS_PROFILE: a client's permissions come from the app, not from this machine."""
    session = botocore.session.Session({"profile": (None, None, None, None)})
    session.register_component("data_loader", _LOADER)
    return session


def load_models(*services: str) -> None:
    """Read the models of services, for a caller with time to spare before it creates clients."""
    for service in services:
        for kind in ("service-2", "endpoint-rule-set-1"):
            _LOADER.load_service_model(service, kind)
