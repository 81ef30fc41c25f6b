"""Conditions: their values, and whether a template determines them."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.template.errors import TemplateError
from constructs_lib.analysis.template.functions import function_names, mappings_in
from constructs_lib.analysis.template.scalars import are_equal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_COMPARABLE: Final = frozenset(
    {"Ref", "Fn::FindInMap", "Fn::ImportValue", "Fn::Join", "Fn::Select", "Fn::Split", "Fn::Sub"}
)
"""Functions whose results in a comparison are exactly CloudFormation's, or opaque."""


def in_order(conditions: Mapping[str, Any], source: str) -> list[str]:
    """Return the conditions, each after those it refers to.

    Raises:
        TemplateError: If one refers to itself.
    """
    parts = {name: [part for part in condition_names(body) if part in conditions] for name, body in conditions.items()}
    try:
        return list(TopologicalSorter(parts).static_order())
    except CycleError as error:
        circle = " -> ".join(reversed(error.args[1]))
        raise TemplateError(f"{source}: Conditions.{error.args[1][0]} refers to itself ({circle})") from error


def undecided(conditions: Mapping[str, Any], source: str, values: Callable[[Any], list[Any]]) -> set[str]:
    """Return the conditions that depend on parameters or pseudo parameters.

    `values` returns what a value that depends on no condition may be.
    """
    known: dict[str, bool | None] = {}
    found: set[str] = set()
    for name in in_order(conditions, source):
        known[name] = decide(conditions[name], known.get, values)
        if known[name] is None and not _combines(conditions[name], known.get, values):
            found.add(name)
    return found


def _combines(condition: Any, known: Callable[[str], bool | None], values: Callable[[Any], list[Any]]) -> bool:
    """Return whether other conditions determine a condition.

    It consists of named conditions and known comparisons only.

    The others are explored instead.
    """
    if not isinstance(condition, dict) or len(condition) != 1:
        return False
    ((key, inner),) = condition.items()
    if key == "Condition":
        return True
    if key in {"Fn::And", "Fn::Or", "Fn::Not"}:
        return all(_combines(part, known, values) for part in (inner if isinstance(inner, list) else [inner]))
    return decide(condition, known, values) is not None


def used(body: Mapping[str, Any]) -> set[str]:
    """Return the conditions that a part other than CDK's usage metadata depends on, directly or indirectly."""
    resources = {
        logical_id: resource
        for logical_id, resource in body["Resources"].items()
        if not (isinstance(resource, dict) and resource.get("Type") == "AWS::CDK::Metadata")
    }
    conditions = body.get("Conditions") or {}
    found: set[str] = set()
    reached = set(condition_names(resources)) | set(condition_names(body.get("Outputs")))
    while reached:
        found |= reached
        reached = {name for each in reached for name in condition_names(conditions.get(each))} - found
    return found


def condition_names(value: Any) -> Iterator[str]:
    """Yield the conditions that a value names."""
    for node in mappings_in(value):
        named = node.get("Condition")
        if isinstance(named, str):
            yield named
        chosen = node.get("Fn::If")
        if isinstance(chosen, list) and chosen:
            yield str(chosen[0])


def decide(  # noqa: PLR0911 - one branch per function
    condition: Any, named: Callable[[str], bool | None], values: Callable[[Any], list[Any]]
) -> bool | None:
    """Evaluate a condition; None if the template does not determine it.

    `named` returns whether another condition is true, `values` what a value may be.
    """
    if not isinstance(condition, dict) or len(condition) != 1:
        return None
    ((key, inner),) = condition.items()
    if key == "Condition":
        return named(str(inner))
    if key == "Fn::Equals":
        return _are_equal(inner[0], inner[1], values) if _COMPARABLE.issuperset(function_names(inner)) else None
    parts = [decide(part, named, values) for part in (inner if isinstance(inner, list) else [inner])]
    if key == "Fn::Not":
        return None if parts[0] is None else not parts[0]
    if key == "Fn::And":
        return False if False in parts else None if None in parts else True
    if key == "Fn::Or":
        return True if True in parts else None if None in parts else False
    return None


def _are_equal(left: Any, right: Any, values: Callable[[Any], list[Any]]) -> bool | None:
    """Return whether two values are equal whichever they are; None if the template does not determine it."""
    found = {are_equal(one, other) for one in values(left) for other in values(right)}
    if len(found) == 1:
        return found.pop()
    return True if left == right else None
