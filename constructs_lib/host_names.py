"""The form of host names, such as those of certificates."""

from __future__ import annotations

import re
from typing import Final

from constructs_lib.cdk_tokens import is_token

_NAME: Final = re.compile(
    r"(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{0,58}[a-z0-9])"
)


def check_host_name(option: str, value: str) -> None:
    """Refuse anything but a host name, such as an address with a scheme, a port or a path; a token is accepted.

    Raises:
        ValueError: For anything but a host name in lower case.
    """
    if not is_token(value) and not _NAME.fullmatch(value):
        raise ValueError(
            f"{option}={value!r} is not a host name; write it in lower case without scheme, port or path, such as "
            "app.example.com"
        )
