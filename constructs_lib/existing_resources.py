"""Refusals of constructs that an existing resource is passed to: they cannot create or change it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from constructs import Construct


def check_created(construct: Construct, option: str, *, exists: bool) -> None:
    """Refuse access to the new resource of a construct that has an existing one; `option` is `bucket` or `table`.

    Raises:
        ValueError: If the resource exists.
    """
    if exists:
        raise ValueError(
            f"{construct.node.path!r} has an existing {option} and creates none; use the {option} that was passed as "
            f"{option}=, or {option}_name and {option}_arn"
        )


def refuse_settings(option: str, **settings: object) -> None:
    """Refuse settings that only a new resource can have, by option; an empty setting is accepted.

    Raises:
        ValueError: With the first setting that is not empty.
    """
    if given := [name for name, value in settings.items() if value]:
        raise ValueError(
            f"{given[0]} is a setting of a new {option}, and {option}= is an existing one; set it on that {option}"
        )


def check_arn(option: str, arn: str) -> None:
    """Refuse a resource whose ARN contains a wildcard: permissions on it would apply to others, too.

    Raises:
        ValueError: For such an ARN. The value of a token is unknown and accepted.
    """
    if "*" in arn or "?" in arn:
        raise ValueError(
            f"{option}= has the ARN {arn!r}, and IAM would apply permissions on it to every resource that matches; "
            "write the whole ARN of one resource"
        )
