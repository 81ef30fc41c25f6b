"""The caller's claim for each placeholder in paths and keys: `{owner}`, `{tenant}` and others."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

IDENTITY: Final = "identity"
"""In place of a claim: the identity-pool ID, which is not a claim."""
OWNERS_BY_IDENTITY: Final[Mapping[str, str]] = {"owner": IDENTITY}
CUSTOM: Final = "placeholders"
"""The key of a `ClientConfig`, under `custom` of its outputs."""
_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")


def placeholders_of(custom: Mapping[str, Any]) -> dict[str, str]:
    """Return the claim of each placeholder, from the outputs of a `ClientConfig` or of the app.

    Args:
        custom: With `placeholders`, or with the values of `OWNER` and `CLAIMS` of `caller_environment` as the outputs
            `Owner` and, in JSON, `Claims`. Without any, owners are identified by their identity-pool ID.

    Raises:
        ValueError: If it is not an object of strings.
    """
    declared = custom.get(CUSTOM)
    if declared is None:
        claims = custom.get("Claims", "{}")
        try:
            declared = {"owner": custom.get("Owner", IDENTITY), **json.loads(claims)}
        except (ValueError, TypeError) as error:
            raise ValueError(
                f"output Claims is {claims!r}, which is not a JSON object; write json.dumps(...)"
            ) from error
    if not isinstance(declared, Mapping) or not all(
        isinstance(each, str) for pair in declared.items() for each in pair
    ):
        raise ValueError(
            f"placeholders are {declared!r}, which does not map each to its claim; write a dict such as {{'tenant': "
            "'tenant'}"
        )
    return dict(declared)


def filled(path: str, value_of: Callable[[str], str]) -> str:
    """Return a path, key or route with values instead of its placeholders."""
    return _PLACEHOLDER.sub(lambda match: value_of(match[1]), path)
