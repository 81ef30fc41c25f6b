"""Literal texts of policies that are owners' places for some values of what the templates do not determine.

Owners' rows may begin with `${AWS::StackName}#`, and another statement may allow `app#*`: in a stack with the name
`app` it is about the same rows.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.iam.arns import normalise_arn, partition_name
from constructs_lib.analysis.template.atoms import is_open
from constructs_lib.analysis.template.globs import pieces
from constructs_lib.analysis.template.unknown_values import leaves
from constructs_lib.analysis.template.value_choices import ValueChoice

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.analysis.template.resolutions import Resolved

_READ: Final = frozenset({"Resource", "NotResource", "Condition"})
_PSEUDO: Final = re.compile(r"[A-Za-z0-9-]+|⟦.*⟧")
"""The values of pseudo parameters that are part of a name: regions, accounts and names of stacks."""
_NAME_IN_PART: Final = re.compile(r"arn:aws:(?:s3:::|dynamodb:[^/]*:table/)([^/]*)")
"""An ARN up to a position in the name of a bucket or table."""
_WITHOUT_SLASH: Final = frozenset({"AWS::DynamoDB::GlobalTable", "AWS::DynamoDB::Table", "AWS::S3::Bucket"})
"""Types whose names have no slash: a value that is one of theirs is no bucket and a folder."""
_END: Final = "*?$"
"""The characters at which a pattern stops to determine what it matches: a wildcard or a policy variable."""


def policy_value_choices(resolved: Sequence[Resolved]) -> Iterator[ValueChoice]:
    """Yield the choices of values for which a text of a policy begins as an owner's place does."""
    texts = list(
        dict.fromkeys(
            text
            for template in resolved
            for resource in template.resources.values()
            for text in _in_policies(resource.get("Properties"))
        )
    )
    names = {
        each["PhysicalId"] for one in resolved for each in one.resources.values() if each.get("Type") in _WITHOUT_SLASH
    }
    # Each text is compared with each place: it is taken apart once.
    parts = {text: pieces(normalise_arn(text)) for text in texts}
    for place in texts:
        if "${" in place and "⟦" in place:
            for text, written in parts.items():
                for choice in _found(parts[place], text, written) if text != place else ():
                    if not any(name in names and partition_name(value)[1] for name, value in choice.values.items()):
                        yield choice


def _in_policies(value: Any) -> Iterator[str]:
    """Yield the texts of the resources and conditions of all statements in a value, also in policies as JSON text."""
    if isinstance(value, dict):
        statement = "Effect" in value
        for key, inner in value.items():
            texts = (each for each in leaves(inner) if isinstance(each, str))
            yield from texts if statement and key in _READ else _in_policies(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _in_policies(inner)
    elif isinstance(value, str) and value.lstrip().startswith("{"):
        with suppress(RecursionError, ValueError):
            yield from _in_policies(json.loads(value))


def _found(place: list[str], text: str, written: list[str]) -> Iterator[ValueChoice]:
    """Yield the choices for which a text begins as a place does; none if it does so for all values, or for none."""
    for values, changed in _matches(place, written, {}):
        if changed != written:
            yield ValueChoice(texts={text: "".join(changed)})
        elif values:
            yield ValueChoice(values=values)


def _matches(
    place: list[str], text: list[str], values: dict[str, str], at: int = 0
) -> Iterator[tuple[dict[str, str], list[str]]]:
    """Yield the values with which a text agrees with a place from a position on, up to a wildcard of either.

    The text is returned with the ID of a resource in place of a pattern for the beginning of it.
    """
    while at < min(len(place), len(text)) and place[at] not in _END and text[at] not in _END:
        if place[at] != text[at]:
            break
        at += 1
    else:
        yield values, text
        return
    piece = place[at]
    if not piece.startswith("⟦"):
        return
    if not is_open(piece):
        # `name_may_be` compares the names of buckets and tables.
        end = next((number for number, each in enumerate(text[at:], at) if each in "*?"), at)
        if end > at and "/" not in text[at:end] and not "".join(text[:at]).endswith((":::", ":table/")):
            yield values, [*text[:at], piece, *text[end:]]
        return
    for end in _ends(place, text, at):
        value = "".join(text[at:end])
        if values.get(piece, value) == value and (not piece.startswith("⟦AWS::") or _PSEUDO.fullmatch(value)):
            chosen = [*text[:at], piece, *text[end:]]
            yield from ((found, text) for found, _ in _matches(place, chosen, {**values, piece: value}, at + 1))


def _ends(place: list[str], text: list[str], at: int) -> Iterator[int]:
    """Yield where a value that begins at a position may end.

    What follows the value in the place follows it in the text, unless a wildcard may match it. A part of the name of a
    bucket or table has no slash; a value that is the whole name may be a bucket and a folder.
    """
    after = place[at + 1 : at + 2]
    named = _NAME_IN_PART.fullmatch("".join("⟦⟧" if each.startswith("⟦") else each for each in text[:at]))
    in_name = named is not None and (named.group(1) != "" or after != ["/"])
    for end in range(at + 1, len(text) + 1):
        if in_name and text[end - 1] == "/":
            return
        if text[end : end + 1] in (after, ["*"], ["?"], ["$"]) or not after:
            yield end
        if text[end : end + 1] and text[end] in _END:
            return
