"""Action names in a request. Pure.

Services read the action from the URL, a form in the body, or a header, depending on the service.
"""

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qs

TARGET: Final = "x-amz-target"
ACTION: Final = "Action"


def named_actions(headers: Mapping[str, str], body: bytes, query: Mapping[str, Any]) -> set[str]:
    """Return the actions that a request names in any place; an SDK's request names one.

    Header names are in lower case; a query parameter is a value or a list.
    """
    in_address = query.get(ACTION) or []
    found = {in_address} if isinstance(in_address, str) else set(in_address)
    target = headers.get(TARGET, "")
    if "." in target:
        found.add(target.rpartition(".")[2])
    if not _is_json(body):
        found |= set(parse_qs(body.decode("utf-8", "replace")).get(ACTION, []))
    return {str(each) for each in found}


def _is_json(body: bytes) -> bool:
    try:
        json.loads(body)
    except ValueError:
        return False
    return True
