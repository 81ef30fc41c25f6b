"""Client configuration, and a small client that uses an app the way a browser does. Imports no aws_cdk.

`ClientConfig` is the construct that adds the configuration to a stack; it imports aws_cdk. The client needs the extra
`local` (boto3, requests), which is imported on first use: a synth needs neither.
"""

import importlib
from typing import TYPE_CHECKING, Any

from constructs_lib.client.settings import ClientSettings

if TYPE_CHECKING:
    from constructs_lib.client.app import AppClient
    from constructs_lib.client.caller import Caller, Guest, Tokens, User
    from constructs_lib.client.construct import ClientConfig
    from constructs_lib.client.observer import Observer

__all__ = ["AppClient", "Caller", "ClientConfig", "ClientSettings", "Guest", "Observer", "Tokens", "User"]

_HOMES = {
    "AppClient": "app",
    "Caller": "caller",
    "ClientConfig": "construct",
    "Guest": "caller",
    "Observer": "observer",
    "Tokens": "caller",
    "User": "caller",
}


def __getattr__(name: str) -> Any:
    """Import a class of the client on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
