"""The documents of the AWS managed policies, each in its default version.

Source: AWS, as published; `tools/extract_managed_policies.py` rewrites the data. The documents are those of the
partition `aws`; policies of other partitions with the same name may differ.
"""

from __future__ import annotations

import functools
import json
import lzma
from pathlib import Path
from typing import Any, Final

__all__ = ["PREFIX", "arns_by_short_name", "date", "document", "names"]

PREFIX: Final = "arn:aws:iam::aws:policy/"
"""How the ARN of every AWS managed policy begins."""

_DATA: Final = Path(__file__).with_name("policies.jsonl.xz")


def document(name: str) -> dict[str, Any] | None:
    """Return a policy's document; None for a name that AWS has no policy of.

    Args:
        name: With its path, as in the ARN: `ReadOnlyAccess`, `service-role/AWSLambdaBasicExecutionRole`.
    """
    line = _lines().get(name)
    if line is None:
        return None
    found: dict[str, Any] = json.loads(line)[1]
    return found


def names() -> tuple[str, ...]:
    """Return the name of every policy, with its path."""
    return tuple(_lines())


def date() -> str:
    """Return the day of the newest change among them, such as `2026-10-26`."""
    return str(json.loads(_text()[0])["date"])


@functools.cache
def _text() -> tuple[str, ...]:
    return tuple(lzma.decompress(_DATA.read_bytes()).decode().split("\n"))


@functools.cache
def _lines() -> dict[str, str]:
    # A line is `["name",{...}]`: only those that are asked for are parsed, the whole takes three times as long.
    return {line[2 : line.index('"', 2)]: line for line in _text()[1:]}


def arns_by_short_name() -> dict[str, str]:
    """Return the ARN of each policy by its name without a path, as `AWS::Serverless` templates write it."""
    return {name.rpartition("/")[2]: f"{PREFIX}{name}" for name in names()}
