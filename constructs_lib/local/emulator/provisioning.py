"""Shared code of CloudFormation type overrides: MiniStack's table of handlers, and calls to its services."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from ministack.services.cloudformation import provisioners

from .ministack_interface import UnsupportedError, expect_attributes, expect_keys, expect_parameters

Props: TypeAlias = dict[str, Any]
Handlers: TypeAlias = dict[str, Any]
"""`create(logical_id, props, stack)`, `update(physical_id, old, new, stack)`, `delete(physical_id, props)`."""

_ERRORS_FROM: Final = 400


def check() -> None:
    """Refuse a MiniStack that keeps or calls handlers elsewhere."""
    expect_attributes(provisioners, "_RESOURCE_HANDLERS")
    expect_parameters(
        provisioners._provision_resource,
        "resource_type", "logical_id", "props", "stack_name",
    )  # fmt: skip


def handlers() -> dict[str, Handlers]:
    """Return MiniStack's mutable table of handlers by resource type."""
    table: dict[str, Handlers] = provisioners._RESOURCE_HANDLERS
    return table


def expect_types(*names: str) -> None:
    """Raise an error unless MiniStack provisions these types.

    Raises:
        UnsupportedError: With the missing types.
    """
    expect_keys(handlers(), "MiniStack's table of resource types", *names)


def add_type(name: str, added: Handlers) -> None:
    """Add a type.

    Raises:
        UnsupportedError: For a type that has handlers already: MiniStack's, another override's, or no-op handlers.
    """
    if name in handlers():
        raise UnsupportedError(f"{name} is provisioned already: name each type in one place, or leave it to MiniStack")
    handlers()[name] = added


def after_put(name: str, then: Callable[[str, Props], None]) -> None:
    """Call `then` with the physical ID and the properties after each create and update of a type."""
    changed = handlers()[name]
    create, update = changed["create"], changed["update"]

    def create_more(logical_id: str, props: Props, stack_name: str) -> Any:
        created = create(logical_id, props, stack_name)
        then(created[0], props)
        return created

    def update_more(physical_id: str, old: Props, new: Props, *rest: Any) -> Any:
        updated = update(physical_id, old, new, *rest)
        then(updated[0], new)
        return updated

    changed["create"], changed["update"] = create_more, update_more


def done(answer: Any) -> Mapping[str, Any]:
    """Return a service's parsed response; an empty mapping if it is not JSON.

    Raises:
        ValueError: If it is an error: CloudFormation shows it as the reason.
    """
    status, _, body = answer
    text = body.decode() if isinstance(body, bytes) else str(body or "")
    if status >= _ERRORS_FROM:
        raise ValueError(_message(text))
    found = json.loads(text) if text.startswith("{") else {}
    return found if isinstance(found, dict) else {}


def _message(text: str) -> str:
    try:
        found = json.loads(text)
    except ValueError:
        return text
    return str(found.get("message") or found.get("Message") or text) if isinstance(found, dict) else text
