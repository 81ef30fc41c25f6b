"""The policies in the properties of a resource of any type, and the statements of one version that the other lacks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import filterfalse, product
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.iam.arns import is_unknown
from constructs_lib.analysis.iam.matching import glob_match
from constructs_lib.analysis.iam.parsing import is_of_unlisted, parse_policy
from constructs_lib.analysis.matrix.statements_by_resource import essence

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from constructs_lib.analysis.iam.policies import Condition, Policy, Statement
    from constructs_lib.analysis.model.resources import Resource

_NAMED: Final = re.compile(r"Polic(y|yDocument|yText)$|PolicyDocument$")
"""Properties whose text may be a policy."""
_EVERYONE: Final = (("*", "*"),)
_NONE: Final = ("",)


def policies_of(resource: Resource | None) -> Iterator[Policy]:
    """Yield the policies in the properties of a resource."""
    if resource is not None:
        for document in _documents(resource.properties):
            yield parse_policy(document, resource.name)


def is_document(value: Mapping[str, Any]) -> bool:
    """Return whether a property is a policy."""
    said = value.get("Statement")
    return any(isinstance(each, Mapping) and "Effect" in each for each in (said if isinstance(said, list) else [said]))


def has_document(resource: Resource) -> bool:
    """Return whether a property of a resource is a policy."""
    return any(True for _ in _documents(resource.properties))


def widening(old: Iterable[Policy], new: Iterable[Policy]) -> list[Statement]:
    """Return what only the new policies allow, and what only the old ones deny, each with one principal and action."""
    before, after = _each(old), _each(new)
    return [
        *(each for each in after if each.allow and not _covers_one(before, each)),
        *(each for each in before if not each.allow and not _covers_one(after, each)),
    ]


def _documents(value: Any, name: str = "") -> Iterator[Any]:
    if isinstance(value, str):
        if _NAMED.search(name) and (value.lstrip().startswith("{") or is_unknown(value)):
            yield value
    elif isinstance(value, list):
        for each in value:
            yield from _documents(each, name)
    elif isinstance(value, Mapping):
        if is_document(value):
            # The policy of an event bus is beside its other properties.
            yield {key: inner for key, inner in value.items() if key not in {"EventBusName", "StatementId"}}
            return
        for key, inner in value.items():
            yield from _documents(inner, str(key))


def _each(policies: Iterable[Policy]) -> list[Statement]:
    """Return the statements of policies, each split by principal, action and resource."""
    found: dict[object, Statement] = {}
    for policy in policies:
        for statement in filterfalse(is_of_unlisted, policy.everything):
            for principal, action, resource in product(
                [(each,) for each in statement.principals]
                if statement.principals and not statement.not_principals
                else [statement.principals],
                statement.actions or _NONE,
                statement.resources or _NONE,
            ):
                one = replace(
                    statement,
                    principals=principal,
                    actions=(action,) if action else (),
                    resources=(resource,) if resource else (),
                )
                found.setdefault((essence(one), principal, one.doubt), one)
    return list(found.values())


def _covers_one(broad: Sequence[Statement], narrow: Statement) -> bool:
    return any(_covers(each, narrow) for each in broad)


def _covers(broad: Statement, narrow: Statement) -> bool:
    """Return whether a statement applies to every request to which another does."""
    return (
        broad.allow == narrow.allow
        and broad.doubt in {"", narrow.doubt}
        and broad.variables == narrow.variables
        and broad.not_principals == narrow.not_principals
        and (broad.principals == narrow.principals or (broad.principals == _EVERYONE and not broad.not_principals))
        and _matches(broad.actions, narrow.actions, ignore_case=True)
        and set(broad.not_actions) == set(narrow.not_actions)
        and _matches(broad.resources, narrow.resources)
        and set(broad.not_resources) == set(narrow.not_resources)
        and all(any(_holds_with(each, other) for other in narrow.conditions) for each in broad.conditions)
    )


def _matches(broad: Collection[str], narrow: Collection[str], *, ignore_case: bool = False) -> bool:
    """Return whether a pattern matches all that another does; a `?` only itself, because a star is no character."""
    pairs = zip(broad, narrow, strict=False)
    return len(broad) == len(narrow) and all(
        one == other or ("?" not in one and glob_match(one, other, ignore_case=ignore_case)) for one, other in pairs
    )


def _holds_with(condition: Condition, narrower: Condition) -> bool:
    """Return whether a condition holds wherever another one does."""
    if condition == narrower:
        return True
    same = replace(narrower, values=condition.values) == condition
    return same and not condition.negated and not condition.qualifier and {*narrower.values} <= {*condition.values}
