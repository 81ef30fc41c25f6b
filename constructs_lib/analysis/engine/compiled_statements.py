"""Compiled statements: each comparison is an index into the matches of a text, so that a decision is a lookup."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from constructs_lib.analysis.engine.automata import Vector

RESOURCE: Final = "resource"

Assignment: TypeAlias = "dict[str, tuple[Vector, ...] | None]"
"""For each variable, the matches of each of its values; None if the key is absent."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CompiledCondition:
    """A condition of a statement, its values as positions of patterns."""

    key: str
    absent: bool
    presence: frozenset[bool] | None = None
    wanted: tuple[int, ...] = ()
    negated: bool = False
    every: bool = False
    undefined: bool = False

    def holds(self, assignment: Assignment) -> bool:
        """Return whether it matches a request."""
        values = assignment[self.key]
        if self.presence is not None:
            return (values is None) in self.presence
        if values is None:
            return self.absent
        if self.undefined:
            return False
        found = (any(vector[index] for index in self.wanted) != self.negated for vector in values)
        return all(found) if self.every else any(found)


@dataclass(frozen=True, kw_only=True, slots=True)
class CompiledStatement:
    """A statement, its texts as positions of patterns."""

    resources: tuple[int, ...] | None = None
    not_resources: tuple[int, ...] = ()
    tests: tuple[CompiledCondition, ...] = ()
    never: bool = False

    def applies(self, assignment: Assignment) -> bool:
        """Return whether the statement applies to a request."""
        resource = assignment[RESOURCE]
        assert resource is not None  # noqa: S101 - a request always has a resource
        vector = resource[0]
        if self.never or any(vector[index] for index in self.not_resources):
            return False
        if self.resources is not None and not any(vector[index] for index in self.resources):
            return False
        return all(test.holds(assignment) for test in self.tests)


@dataclass(frozen=True, kw_only=True, slots=True)
class CompiledLayers:
    """The statements of layers, by effect."""

    denying: tuple[CompiledStatement, ...]
    allowing: tuple[CompiledStatement, ...]
    limits: tuple[tuple[CompiledStatement, ...], ...]
    unbound: tuple[CompiledStatement, ...]

    def allow(self, assignment: Assignment) -> bool:
        """Return whether IAM allows a request."""
        if any(each.applies(assignment) for each in self.denying):
            return False
        if any(each.applies(assignment) for each in self.unbound):
            return True
        if not all(any(each.applies(assignment) for each in limit) for limit in self.limits):
            return False
        return any(each.applies(assignment) for each in self.allowing)
