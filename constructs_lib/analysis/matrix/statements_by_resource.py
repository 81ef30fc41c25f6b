"""Somebody's statements by the resources they decide on, and what differs between two lists of statements."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import TYPE_CHECKING

from constructs_lib.analysis.engine.relevance import Relevance

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from constructs_lib.analysis.engine.obligations import Layers
    from constructs_lib.analysis.iam.policies import Policy, Statement
    from constructs_lib.analysis.matrix.principals import Who
    from constructs_lib.analysis.model.model import Api, Bucket, Table


class Concern:
    """Somebody's statements, by the resources they can speak of."""

    def __init__(self, who: Who) -> None:
        """Sort them."""
        self._who = who
        self._identity = Relevance(each for policy in who.identity for each in policy.statements)
        self._possible = Relevance(each for policy in who.identity for each in policy.possible)
        self._limits = [Relevance(limit.statements) for limit in who.limits]
        self._possible_limits = [Relevance(limit.possible) for limit in who.limits]

    def layers(self, holder: Bucket | Table | Api | None, arn: str) -> Layers:
        """Return what decides their requests about a resource; without it where the version does not have it."""
        policy = self._who.speaking(holder)
        return replace(
            policy,
            identity=self._identity.about(arn),
            limits=tuple(each.about(arn) for each in self._limits),
            possible=(*self._possible.about(arn), *policy.possible),
            possible_limits=tuple(each.about(arn) for each in self._possible_limits),
        )

    def beyond(self, arns: Collection[str]) -> Layers:
        """Return what decides their requests about anything but some resources."""
        return replace(
            self._who.speaking(None),
            identity=self._identity.beyond(arns),
            limits=tuple(each.beyond(arns) for each in self._limits),
            possible=self._possible.beyond(arns),
            possible_limits=tuple(each.beyond(arns) for each in self._possible_limits),
        )


@functools.lru_cache(maxsize=65536)
def essence(statement: Statement) -> Statement:
    """Return what a statement decides, without its name, its place and the order of what it lists.

    Whom it speaks of is left out: that is decided before.
    """
    return replace(
        statement,
        actions=_sorted(each.lower() for each in statement.actions),
        not_actions=_sorted(each.lower() for each in statement.not_actions),
        resources=_sorted(statement.resources),
        not_resources=_sorted(statement.not_resources),
        conditions=tuple(
            sorted(
                {replace(each, values=_sorted(each.values)) for each in statement.conditions},
                key=lambda each: (each.key, each.operator, each.qualifier, each.if_exists, each.values),
            )
        ),
        principals=(),
        doubt="not known" if statement.doubt else "",
        sid="",
        source="",
    )


def differing(old: Iterable[Statement], new: Iterable[Statement]) -> list[Statement]:
    """Return the statements that only one of two lists has, whatever their order."""
    before, after = {essence(each): each for each in old}, {essence(each): each for each in new}
    return [
        *(each for digest, each in before.items() if digest not in after),
        *(each for digest, each in after.items() if digest not in before),
    ]


def every_statement(policies: Iterable[Policy]) -> Iterator[Statement]:
    """Yield what policies say and what they may turn out to say."""
    for policy in policies:
        yield from policy.statements
        yield from policy.possible


def _sorted(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(texts)))
