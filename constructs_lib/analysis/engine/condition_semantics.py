"""Semantics of conditions on absent and multivalued keys, for the automata engine.

Source: "IAM JSON policy elements: Condition operators" and "Set operators for multivalued context keys" (IAM user
guide).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from constructs_lib.analysis.iam.policies import Condition


def wants_absent(condition: Condition) -> frozenset[bool]:
    """Return the keys that a `Null` condition matches: absent, present, or both."""
    if not condition.values:
        return frozenset({True})
    return frozenset(value.lower() == "true" for value in condition.values)


def holds_when_absent(condition: Condition, *, allow: bool) -> bool:
    """Return whether a condition matches a request without its key.

    For any condition except `Null`. If AWS documents two results, a condition of an Allow matches and one of a Deny
    does not.
    """
    match condition.qualifier:
        case "foranyvalue":
            return allow and condition.if_exists
        case "forallvalues":
            return True
        case _:
            return condition.if_exists or condition.negated


def asks_all(condition: Condition, *, allow: bool) -> bool:
    """Return whether every value of the key has to match. Without a set operator, this is not documented."""
    return condition.qualifier == "forallvalues" or (condition.qualifier == "" and not allow)
