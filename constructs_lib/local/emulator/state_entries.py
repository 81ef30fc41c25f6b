"""The state of a service as entries, each written on its own, and the same back.

An entry is a value of a store by account and region, or a user of a user pool.
"""

import ast
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

from ministack.core import persistence
from ministack.core.responses import AccountRegionScopedDict, AccountScopedDict
from ministack.services import dynamodb

Flat: TypeAlias = Iterator[tuple[str, str, Any]]
_SCOPES: Final = {"region": AccountRegionScopedDict, "account": AccountScopedDict}
_USERS: Final = "_users"
ITEMS: Final = "items"
"""The rows in a table of MiniStack."""
text_of: Final = json.JSONEncoder(default=persistence._json_default, separators=(",", ":")).encode


def flatten(service: str, state: Mapping[str, Any]) -> Flat:
    """Yield store, key and content: each entry of stores by account and region, and each user of a user pool."""
    for name, content in state.items():
        scope = next((scope for scope, kind in _SCOPES.items() if isinstance(content, kind)), None)
        if scope is None:
            yield name, "", content
            continue
        yield f"{name}:{scope}", "", None
        for scoped, value in list(content._data.items()):
            key, entry = repr(scoped), value
            if service == "cognito" and isinstance(value, dict) and isinstance(value.get(_USERS), dict):
                entry = {**value, _USERS: {}}
                for user, record in list(value[_USERS].items()):
                    yield f"{name}:{scope}:{_USERS}", f"{key}\0{user}", record
            elif service == "dynamodb" and isinstance(value, dict):
                entry = {part: stored for part, stored in value.items() if part not in {ITEMS, dynamodb._INDEX_MEMBERS}}
            yield f"{name}:{scope}", key, entry


def unflatten(loaded: dict[str, Any], store: str, key: str, content: Any) -> None:
    """Put one entry into the state of its service."""
    name, _, scope = store.partition(":")
    if not scope:
        loaded[name] = content
        return
    scope, _, part = scope.partition(":")
    stored = loaded.setdefault(name, _SCOPES[scope]())._data
    if part:
        owner, _, user = key.partition("\0")
        stored[ast.literal_eval(owner)][part][user] = content
    elif key:
        stored[ast.literal_eval(key)] = content
