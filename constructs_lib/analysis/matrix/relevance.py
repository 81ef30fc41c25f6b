"""Which statements can decide requests about one bucket, table or API: no other needs to be looked at there.

A request about a resource names its ARN or something below it. A statement that no such text can match decides none
of these requests, so that leaving it out changes no answer.
"""

from __future__ import annotations

import functools
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.arns import has_wild_name, is_partly_made_up, name_may_be

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from constructs_lib.analysis.engine.obligations import Layers
    from constructs_lib.analysis.matrix.who import Who
    from constructs_lib.analysis.model import Api, Bucket, Table
    from constructs_lib.analysis.policies import Policy, Statement

_FREE: Final = re.compile(r"[*?]|\$\{")


class Relevance:
    """Statements by the resources they can speak of."""

    def __init__(self, statements: Iterable[Statement]) -> None:
        """Sort them, each under every ARN whose requests it can match."""
        self._statements = tuple(statements)
        self._everywhere: list[int] = []
        self._named: dict[str, list[int]] = {}
        self._beginning: dict[str, list[int]] = {}
        self._wild: list[tuple[int, str]] = []
        self._allowed: list[tuple[int, str]] = []
        for number, statement in enumerate(self._statements):
            if not statement.resources:
                self._everywhere.append(number)
            for resource in statement.resources:
                self._add(number, resource)
                if statement.allow:
                    self._allowed.append((number, resource))
                    if has_wild_name(resource):
                        self._wild.append((number, resource))

    def _add(self, number: int, resource: str) -> None:
        free = _FREE.search(resource)
        known = resource[: free.start()] if free else resource
        for slash in re.finditer("/", known):
            self._named.setdefault(known[: slash.start()], []).append(number)
        (self._beginning if free else self._named).setdefault(known, []).append(number)

    def about(self, arn: str) -> tuple[Statement, ...]:
        """Return those that can speak of a resource or of what is below it, or may turn out to, in their order."""
        found = {*self._everywhere, *self._named.get(arn, ())}
        if self._beginning:
            for end in range(len(arn) + 1):
                found.update(self._beginning.get(arn[:end], ()))
        # A name of which only a part is made up may turn out to be one that is written out.
        for number, resource in self._allowed if is_partly_made_up(arn) else self._wild:
            if number not in found and _may_name(resource, arn):
                found.add(number)
        return tuple(self._statements[number] for number in sorted(found))

    def beyond(self, arns: Collection[str]) -> tuple[Statement, ...]:
        """Return those that speak of more than some resources and what is below them."""
        return tuple(
            each
            for each in self._statements
            if not each.resources or not all(is_below(resource, arns) for resource in each.resources)
        )


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


def owner_of(resource: str, arns: Collection[str]) -> str:
    """Return which of some ARNs a text is or lies below; empty for none."""
    if resource in arns:
        return resource
    heads = (resource[: slash.start()] for slash in re.finditer("/", resource))
    return next((head for head in heads if head in arns), "")


def is_below(resource: str, arns: Collection[str]) -> bool:
    """Whether a pattern is one of some ARNs or lies below one."""
    return bool(owner_of(resource, arns))


def _sorted(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(texts)))


@functools.lru_cache(maxsize=65536)
def _may_name(resource: str, arn: str) -> bool:
    return bool(name_may_be(resource, arn))
