"""Equality and differences of lists of statements, independent of names and order."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from constructs_lib.analysis.iam.policies import Policy, Statement


@functools.lru_cache(maxsize=65536)
def essence(statement: Statement) -> Statement:
    """Return the effect of a statement, without its name, its source and the order of its lists.

    Its principals are omitted, because they are matched before.
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
    """Return the statements that only one of two lists has, independent of order."""
    before, after = {essence(each): each for each in old}, {essence(each): each for each in new}
    return [
        *(each for digest, each in before.items() if digest not in after),
        *(each for digest, each in after.items() if digest not in before),
    ]


def every_statement(policies: Iterable[Policy]) -> Iterator[Statement]:
    """Yield the statements of policies, including possible ones."""
    for policy in policies:
        yield from policy.statements
        yield from policy.possible


def _sorted(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(texts)))
