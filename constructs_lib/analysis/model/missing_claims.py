"""Users whose tokens lack a claim, so that their sessions lack the principal tag: each is a separate caller.

A variable without a value matches no value ("Policy variables with no value", IAM user guide), and a
condition on an absent key fails or matches by its operator ("IAM JSON policy elements: Condition operators"). A role's
own tag of that name applies then: a session tag only overrides it ("Tag", AWS STS API reference). If each use of a tag
only narrows an Allow, a caller without the tag reaches no more than a caller with it; the check of that caller confirms
it. A Deny by the tag, a default value, `Null`, `IfExists`, `ForAllValues` and a negated operator are uses that may
grant more access without the tag: for such tags, every combination is checked.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.iam.policies import PRINCIPAL_TAG
from constructs_lib.analysis.model.places import VARIABLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from constructs_lib.analysis.iam.policies import Policy, Statement
    from constructs_lib.analysis.model.callers import Caller
    from constructs_lib.analysis.model.holder import Holder
    from constructs_lib.analysis.model.resources import Resources

MAX_OPENING: Final = 4
"""The maximum number of tags whose combinations are checked; more leave the proof undecided."""


def with_missing_claims(callers: Iterable[Caller], holders: Sequence[Holder], resources: Resources) -> Iterator[Caller]:
    """Yield each caller, followed by the callers of its kind whose tokens lack a claim that some policy uses.

    `resources` receives gaps for combinations that are not checked.
    """
    by_holders = list(_statements(holder.policy for holder in holders))
    for caller in callers:
        yield caller
        optional = {name for name, tag in caller.tags.items() if tag.optional and not tag.writable}
        if optional:
            statements = [*_statements((*caller.identity, *caller.limits)), *by_holders]
            for lacks in _combinations(optional, statements, caller, resources):
                tags = {name: tag for name, tag in caller.tags.items() if name not in lacks}
                yield replace(caller, tags=tags, lacks=lacks)


def _statements(policies: Iterable[Policy]) -> Iterator[Statement]:
    for policy in policies:
        yield from policy.statements
        yield from policy.possible


def _combinations(
    optional: set[str], statements: Sequence[Statement], caller: Caller, resources: Resources
) -> Iterator[tuple[str, ...]]:
    used: dict[str, bool] = {}
    for statement in statements:
        for name, opens in _uses(statement):
            used[name] = used.get(name, False) or opens
    opening = sorted(name for name in optional if used.get(name))
    if len(opening) > MAX_OPENING:
        resources.gap(
            f"policies of {caller} allow something to users without one of the tags {', '.join(opening)}: "
            f"of more than {MAX_OPENING} not every combination is asked about"
        )
    yield from ((name,) for name in sorted(optional & used.keys()))
    for count in range(2, min(len(opening), MAX_OPENING) + 1):
        yield from itertools.combinations(opening, count)


def _uses(statement: Statement) -> Iterator[tuple[str, bool]]:
    """Yield the tags that a statement names, and whether it may grant access to a caller without the tag."""
    deny = not statement.allow
    for text in statement.resources:
        yield from ((name, deny or default) for name, default in _named(text, statement))
    for text in statement.not_resources:
        yield from ((name, True) for name, _ in _named(text, statement))
    for condition in statement.conditions:
        loose = condition.negated or condition.operator == "null" or condition.if_exists
        if condition.key.startswith(PRINCIPAL_TAG):
            opens = deny or loose or condition.qualifier == "forallvalues"
            yield condition.key.removeprefix(PRINCIPAL_TAG), opens
        for text in condition.values:
            yield from ((name, deny or default or condition.negated) for name, default in _named(text, statement))


def _named(text: str, statement: Statement) -> Iterator[tuple[str, bool]]:
    """Yield the tags whose variables a text contains, and whether each has a default value."""
    for match in VARIABLE.finditer(text) if statement.variables else ():
        key = match.group(1).lower()
        if key.startswith(PRINCIPAL_TAG):
            yield key.removeprefix(PRINCIPAL_TAG), "," in match.group()
