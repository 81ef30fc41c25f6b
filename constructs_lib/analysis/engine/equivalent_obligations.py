"""Equivalence of obligations: the caller's name, the action and a statement's position do not matter."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import TYPE_CHECKING

from constructs_lib.analysis.iam import catalogue
from constructs_lib.analysis.iam.pattern_elements import variables_in

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from constructs_lib.analysis.engine.obligations import Obligation
    from constructs_lib.analysis.engine.policy_layers import Layers
    from constructs_lib.analysis.iam.policies import Statement


class Question:
    """An obligation, equal to every other with the same result for the same reasons."""

    __slots__ = ("_hash", "_key", "obligation")

    def __init__(self, obligation: Obligation) -> None:
        """Collect the inputs of the result."""
        self.obligation = obligation
        self._key = _key(obligation)
        self._hash = hash(self._key)

    def __hash__(self) -> int:
        """Return the hash of the inputs of the result."""
        return self._hash

    def __eq__(self, other: object) -> bool:
        """Return whether another obligation has the same inputs."""
        return isinstance(other, Question) and self._key == other._key


def _key(obligation: Obligation) -> Hashable:
    layers, known, place = obligation.layers, obligation.known, obligation.place
    keys = {key for statement in layers.everything() for key in _keys_of(statement)}
    keys |= set(variables_in(place.text) + variables_in(place.among))
    named = sorted(keys)
    return (
        replace(place, resource="", part="", kind=""),
        obligation.shape,
        policy_content(layers),
        tuple(catalogue.has_key(obligation.actions[0], key) for key in named),
        tuple((key, known.fixed.get(key), known.begin.get(key)) for key in named),
        tuple(sorted(known.tags.items(), key=lambda tag: tag[0])),
        known.open_tags,
        # The principals of a resource policy were matched before, and are matched again when a value is tried.
        known.fixed.get("aws:principalarn") if layers.resource else None,
    )


def policy_content(layers: Layers) -> Hashable:
    """Return the content of layers, independent of the source of their statements."""
    sure = (layers.identity, layers.resource, layers.unbound, *layers.limits)
    lists = (*sure, layers.possible, layers.possible_unbound, *layers.possible_limits)
    return len(layers.limits), *(tuple(map(_without_source, statements)) for statements in lists)


@functools.lru_cache(maxsize=65536)
def _without_source(statement: Statement) -> Statement:
    return replace(statement, source="", sid="", actions=(), not_actions=())


@functools.lru_cache(maxsize=65536)
def _keys_of(statement: Statement) -> frozenset[str]:
    """Return the condition keys that a statement uses in conditions or variables."""
    return frozenset(_named_in(statement))


def _named_in(statement: Statement) -> Iterator[str]:
    for text in (*statement.resources, *statement.not_resources):
        yield from variables_in(text)
    for condition in statement.conditions:
        yield condition.key
        for value in condition.values:
            yield from variables_in(value)
