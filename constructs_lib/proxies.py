"""HTTP proxies and certificates of the machine's network. Requests to this machine use no proxy."""

from collections.abc import Mapping, MutableMapping
from typing import Final

_LOOPBACK: Final = ("127.0.0.1", "localhost", ".localhost")
_NAMES: Final = ("NO_PROXY", "no_proxy")
_TRUSTING: Final = {"UV_SYSTEM_CERTS": "1", "NODE_USE_SYSTEM_CA": "1"}
"""uv and Node include certificates, and by default trust no others."""


def exclude_loopback(environment: MutableMapping[str, str]) -> None:
    """Exclude this machine from the proxies of programs that are started with an environment.

    Programs read one of two variables; both get the values of either. The environment is changed.
    """
    listed = ",".join(environment.get(name, "") for name in _NAMES)
    names = dict.fromkeys(filter(None, map(str.strip, listed.split(","))))
    value = "*" if "*" in names else ",".join({**names, **dict.fromkeys(_LOOPBACK)})
    environment.update(dict.fromkeys(_NAMES, value))


def with_system_certificates(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment in which uv and Node trust the machine's certificates, including those of its network.

    Args:
        environment: The base environment. Its own exclusions stay.
    """
    return {**_TRUSTING, **environment}
