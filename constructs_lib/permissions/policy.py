"""The minimal policies to create, read, update and delete the resources of templates."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.permissions.handlers import permissions
from constructs_lib.permissions.resources import created_by
from constructs_lib.permissions.scope import Scoping

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from constructs_lib.analysis.template.templates import Template
    from constructs_lib.permissions.resources import Where
    from constructs_lib.permissions.scope import Scope

MAX_CHARACTERS: Final = 6144
"""The maximum size of a managed policy, without spaces ("IAM and AWS STS quotas", IAM user guide)."""
MAX_POLICIES: Final = 10
"""The default quota of managed policies per role (the same page)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Omitted:
    """A permission of a resource type's handlers that these templates do not need.

    Args:
        action: The IAM action.
        type: The resource type.
        why: The reason, as a clause.
    """

    action: str
    type: str
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DeployPolicy:
    """The permissions that a role needs to deploy templates.

    Args:
        documents: IAM policy documents, each short enough for a managed policy.
        omitted: Permissions of the handlers that these templates do not need.
        types: The resource types.
    """

    documents: tuple[dict[str, Any], ...]
    omitted: tuple[Omitted, ...]
    types: tuple[str, ...]

    @property
    def lengths(self) -> tuple[int, ...]:
        """The number of characters of each document, as IAM counts them, without spaces."""
        return tuple(map(_length, self.documents))

    @property
    def actions(self) -> frozenset[str]:
        """Every action that a document allows."""
        return frozenset(
            action for each in self.documents for statement in each["Statement"] for action in statement["Action"]
        )


def deploy_policy(
    templates: Sequence[Template], where: Where, *, boundary: str = "", without: Iterable[str] = ()
) -> DeployPolicy:
    """Return the minimal policies for the role with which CloudFormation deploys templates.

    Args:
        templates: The templates.
        where: Their account and region.
        boundary: The ARN of the permissions boundary that every role of the templates must have. Default: no boundary
            is required, so the policies allow the creation of a role with any permission under the stack's name prefix.
        without: Resource types to omit. Default: no types.

    Raises:
        ValueError: For a type whose permissions are unknown, or more policies than a role can have.
        TemplateError: If CloudFormation would reject a template for its format.
    """
    made = created_by(templates, without=without)
    scoping = Scoping(made=made, where=where, boundary=boundary)
    granted: dict[str, set[Scope]] = defaultdict(set)
    omitted = set()
    for each in made:
        for action in permissions(each.type):
            scope = scoping.of(action, each)
            if scope.why:
                omitted.add(Omitted(action=action, type=each.type, why=scope.why))
            else:
                granted[action].add(scope)
    for action, scope in scoping.read_from_elsewhere(templates):
        granted[action].add(scope)
    return DeployPolicy(
        documents=tuple(_documents(list(_statements(granted)))),
        omitted=tuple(sorted(omitted, key=lambda each: (each.action, each.type))),
        types=tuple(sorted({each.type for each in made})),
    )


def _statements(granted: dict[str, set[Scope]]) -> Iterator[dict[str, Any]]:
    """Yield one statement for all actions with the same resources and conditions."""
    together: dict[tuple[frozenset[str], frozenset[Any]], set[str]] = defaultdict(set)
    for action, scopes in granted.items():
        places: dict[frozenset[Any], set[str]] = defaultdict(set)
        for scope in scopes:
            places[scope.conditions] |= scope.resources
        for conditions, resources in places.items():
            together[frozenset({"*"} & resources or resources), conditions].add(action)
    for (allowed, conditions), actions in sorted(together.items(), key=lambda item: sorted(item[1])):
        statement: dict[str, Any] = {"Effect": "Allow", "Action": sorted(actions), "Resource": sorted(allowed)}
        for operator, key, values in sorted(conditions):
            statement.setdefault("Condition", {}).setdefault(operator, {})[key] = list(values)
        yield statement


def _documents(statements: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Pack statements into few documents, first fit; a statement that is too long is split in two."""
    filled: list[list[dict[str, Any]]] = []
    for statement in sorted((part for each in statements for part in _cut(each)), key=_length, reverse=True):
        for document in filled:
            if sum(map(_length, document)) + _length(statement) + len(document) <= _ROOM:
                document.append(statement)
                break
        else:
            filled.append([statement])
    if len(filled) > MAX_POLICIES:
        raise ValueError(
            f"the templates need {len(filled)} policies, and a role has at most {MAX_POLICIES}; use a role for each "
            "stack, from the stack's own template"
        )
    return [_document(sorted(each, key=lambda statement: statement["Action"])) for each in filled]


def _cut(statement: dict[str, Any]) -> Iterator[dict[str, Any]]:
    longest = max(("Action", "Resource"), key=lambda key: len(statement[key]))
    values = statement[longest]
    if _length(statement) <= _ROOM or len(values) == 1:
        yield statement
        return
    half = len(values) // 2
    for part in (values[:half], values[half:]):
        yield from _cut({**statement, longest: part})


def _document(statements: list[dict[str, Any]]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": statements}


def _length(value: Any) -> int:
    return len(re.sub(r"\s", "", json.dumps(value)))


_ROOM: Final = MAX_CHARACTERS - _length(_document([]))
