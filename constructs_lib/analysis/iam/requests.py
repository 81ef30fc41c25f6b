"""IAM requests and their verdicts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.analysis.iam.policies import Statement

Value: TypeAlias = "str | tuple[str, ...]"
"""The value of a condition key, or its values if it has several."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """A request in the form that IAM evaluates.

    Args:
        action: For example `s3:GetObject`.
        resource: Its ARN.
        context: The values by condition key in lower case: a tuple for a multivalued key. Keys that the request lacks
            are omitted.
        principal: The caller's ARN; empty for a caller without credentials.
    """

    action: str
    resource: str
    context: Mapping[str, Value] = field(default_factory=dict)
    principal: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """The result of IAM's evaluation.

    `because` are the statements that decided: the denying ones, else the allowing ones, else none.
    """

    allowed: bool
    because: tuple[Statement, ...] = ()
