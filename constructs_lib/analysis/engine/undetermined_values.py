"""Conditions on a value that the template determines only in part, such as the ARN of the caller's role.

CloudFormation generates the name `app-User-1ABC` for a role, and an identity pool has an ID that nobody chooses.
Whether a condition's pattern or literal ID matches such a value is not known: an Allow may apply, and a Deny may not.
"""

from __future__ import annotations

import functools
import string
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.language_intersection import meeting
from constructs_lib.analysis.iam.matching import glob_match
from constructs_lib.analysis.iam.pattern_elements import Many, One, literal, pattern
from constructs_lib.analysis.template.atoms import ACCOUNT, ATOM, as_glob, is_open, split_around_atoms

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from constructs_lib.analysis.engine.policy_layers import Layers
    from constructs_lib.analysis.iam.pattern_elements import Elements
    from constructs_lib.analysis.iam.policies import Condition, Statement

_PRINCIPAL: Final = "aws:principalarn"
_DIGIT: Final = One(frozenset(string.digits))
_SLASH: Final = frozenset("/")
_NAME: Final = (One(None, _SLASH), Many(None, _SLASH))
"""A generated name or ID: no slash is in it."""


def with_undetermined_values(layers: Layers, values: Mapping[str, Sequence[str]]) -> Layers:
    """Return layers whose conditions on a value are in doubt if they may match it and do not as written.

    Args:
        layers: The statements.
        values: The texts that the value of a condition key may be, by key: the first is the one as written.
    """
    made_up = {key: tuple(texts) for key, texts in values.items() if any("⟦" in text for text in texts)}
    if not any(each.key in made_up for one in layers.everything() for each in one.conditions):
        return layers

    def opened(statements: Sequence[Statement]) -> tuple[Statement, ...]:
        return tuple(found for each in statements if each.allow for found in _possible(each, made_up))

    def doubted(statements: Sequence[Statement]) -> tuple[Statement, ...]:
        return tuple(_doubted(each, made_up) for each in statements)

    limits = layers.possible_limits or ((),) * len(layers.limits)
    return replace(
        layers,
        identity=doubted(layers.identity),
        resource=doubted(layers.resource),
        limits=tuple(map(doubted, layers.limits)),
        possible=(*layers.possible, *opened((*layers.identity, *layers.resource, *layers.possible))),
        possible_unbound=(*layers.possible_unbound, *opened((*layers.unbound, *layers.possible_unbound))),
        possible_limits=tuple(
            (*more, *opened((*limit, *more))) for limit, more in zip(layers.limits, limits, strict=True)
        ),
    )


def _possible(statement: Statement, values: Mapping[str, tuple[str, ...]]) -> Iterator[Statement]:
    """Yield an Allow without the conditions that may match; none if all are decided."""
    doubts = {each: _doubt(each, values) for each in statement.conditions if not each.negated}
    if any(doubts.values()):
        left = tuple(each for each in statement.conditions if not doubts.get(each))
        yield replace(statement, conditions=left, doubt=next(filter(None, doubts.values())))


def _doubted(statement: Statement, values: Mapping[str, tuple[str, ...]]) -> Statement:
    """Return a Deny in doubt if it exempts a value that the caller's may be."""
    if statement.allow or statement.doubt:
        return statement
    doubts = (_doubt(each, values) for each in statement.conditions if each.negated)
    return replace(statement, doubt=next(filter(None, doubts), ""))


def _doubt(condition: Condition, values: Mapping[str, tuple[str, ...]]) -> str:
    """Return why a condition may match although it does not as written; empty if it matches, or cannot match."""
    texts = values.get(condition.key, ())
    if (
        not texts
        or condition.operator == "null"
        or any(_matches(condition, each, texts[0]) for each in condition.values)
    ):
        return ""
    exact = "equals" in condition.operator and not condition.operator.startswith("arn")
    wild = frozenset() if exact else frozenset("*?")
    for wanted in condition.values:
        if any(_may_match(wanted, each, condition.key, bool(wild & set(wanted))) for each in texts):
            return f"{wanted} may turn out to be {texts[0]}, the caller's {condition.key}"
    return ""


def _matches(condition: Condition, wanted: str, text: str) -> bool:
    if condition.operator.startswith("string") and "like" not in condition.operator:
        return wanted == text
    return glob_match(wanted, text)


@functools.lru_cache(maxsize=16384)
def _may_match(wanted: str, text: str, key: str, wild: bool) -> bool:  # noqa: FBT001 - key of the cache
    """Whether a value that the template determines in part may be, or match, the one in a condition."""
    named = [each for each in ATOM.findall(wanted) if not is_open(each)]
    if named or "${" in wanted or "⟦" not in text:
        # Another resource of the templates, or a variable: the engines compare it.
        return False
    own, theirs = split_around_atoms(text, "/")[-1], split_around_atoms(wanted, "/")[-1]
    if key == _PRINCIPAL and ATOM.fullmatch(own) and not wild and not is_open(theirs):
        # As everywhere, a literal name is assumed not to be a generated one.
        return False
    asked = as_glob(wanted) if wild or is_open(wanted) else wanted
    return bool(meeting([pattern(asked, None, wildcards=wild or is_open(wanted))], [_texts(text)])[0])


def _texts(text: str) -> Elements:
    """Return the texts that a value may be, with any name for what the template does not determine."""
    found: list[One | Many] = []
    for part in ATOM.split(text):
        if part == ACCOUNT:
            found += (_DIGIT,) * 12
        else:
            found += (Many(None),) if is_open(part) else _NAME if part.startswith("⟦") else literal(part)
    return tuple(found)
