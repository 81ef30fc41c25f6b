"""One policy per role, split before IAM's limits are reached."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any, Final

from aws_cdk import CfnResource
from aws_cdk import aws_iam as iam

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from aws_cdk import Stack
    from constructs import Construct

    from constructs_lib.access import Statement

# "IAM and AWS STS quotas": characters without white space.
INLINE_LIMIT: Final = 10_240
MANAGED_LIMIT: Final = 6_144
MANAGED_PER_ROLE: Final = 10
_TOKEN_SIZE: Final = 128
"""The assumed length of a name that is unknown at synth; a bucket's ARN has at most 90 characters."""
_PSEUDO_SIZES: Final = {"AWS::Partition": 10, "AWS::Region": 16, "AWS::AccountId": 12}
"""The longest each can be."""
_FRAME: Final = len('{"Version":"2012-10-17","Statement":[]}')
_STATEMENT_LIMIT: Final = MANAGED_LIMIT - _FRAME


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A statement that fits a policy, and its approximate length there."""

    statement: iam.PolicyStatement
    size: int


@dataclasses.dataclass(kw_only=True, slots=True, eq=False)
class _OpenPolicy:
    document: iam.PolicyDocument
    inline: bool
    made: iam.Policy | iam.ManagedPolicy
    used: int = _FRAME
    declared: dict[str, list[Any]] = dataclasses.field(default_factory=dict)


class RolePolicies:
    """The policies of one role: one inline policy per stack, then managed policies once it is full.

    A policy is in the stack of the resources it names, not of the role, so that stacks depend on each other one way.

    Args:
        role: The role.
        name: The prefix of the policies' construct IDs, for example `GuestPolicy`.
        scope: The parent of the policies that are added from the role's own stack.
        stack: That stack.
    """

    def __init__(self, role: iam.IRole, *, name: str, scope: Construct, stack: Stack) -> None:
        """Start with no policy."""
        self._role = role
        self._name = name
        self._scope = scope
        self._stack = stack
        self._inline_used = 0
        self._managed = 0
        self._open: dict[Construct, _OpenPolicy] = {}

    def add(self, stack: Stack, parts: Iterable[Part]) -> None:
        """Add the statements of `prepare` to the policy in a stack.

        Raises:
            ValueError: When the role's policies would exceed IAM's limits.
        """
        # One call adds all statements of a policy.
        added: dict[_OpenPolicy, list[iam.PolicyStatement]] = {}
        for part in parts:
            policy = self._policy_with_room(stack, part.size)
            added.setdefault(policy, []).append(part.statement)
            policy.used += part.size
            if policy.inline:
                self._inline_used += part.size
        for policy, statements in added.items():
            policy.document.add_statements(*statements)

    def declare(self, stack: Stack, key: str, entries: Sequence[Any]) -> None:
        """Add entries to the metadata of the policy in a stack.

        The stack has a policy of the role.
        """
        policy = self._open[self._scope if stack is self._stack else stack]
        noted = policy.declared.setdefault(key, [])
        noted.extend(each for each in entries if each not in noted)
        made = policy.made.node.default_child
        if entries and isinstance(made, CfnResource):
            made.add_metadata(key, noted)

    def _policy_with_room(self, stack: Stack, size: int) -> _OpenPolicy:
        own_stack = stack is self._stack
        home: Construct = self._scope if own_stack else stack
        policy = self._open.get(home)
        if policy is not None and size <= self._room(policy):
            return policy
        prefix = "" if own_stack else self._scope.node.path.replace("/", "")
        inline = policy is None and self._inline_used + _FRAME + size <= INLINE_LIMIT
        document = iam.PolicyDocument()
        made: iam.Policy | iam.ManagedPolicy
        if inline:
            made = iam.Policy(home, f"{prefix}{self._name}", document=document, roles=[self._role])
            self._inline_used += _FRAME
        else:
            self._managed += 1
            if self._managed > MANAGED_PER_ROLE:
                raise ValueError(
                    f"the policies of {self._name} exceed IAM's limits (one inline policy of {INLINE_LIMIT} and "
                    f"{MANAGED_PER_ROLE} managed policies of {MANAGED_LIMIT} characters per role); use fewer, broader "
                    "folders or routes, or a second Auth"
                )
            name = f"{prefix}{self._name}{self._managed + 1}"
            made = iam.ManagedPolicy(home, name, document=document, roles=[self._role])
        policy = self._open[home] = _OpenPolicy(document=document, inline=inline, made=made)
        return policy

    def _room(self, policy: _OpenPolicy) -> int:
        return INLINE_LIMIT - self._inline_used if policy.inline else MANAGED_LIMIT - policy.used


def prepare(stack: Stack, given: Sequence[Sequence[Statement]]) -> list[list[Part]]:
    """Split several lists of statements, one list per role.

    One statement for several roles is split and created once, and Node is called once for all: calls to Node dominate
    the time of a synth.

    Raises:
        ValueError: As `cut`.
    """
    distinct = {repr(statement): statement for statements in given for statement in statements}
    written = _written(stack, list(distinct.values()))
    parts = {
        key: [Part(part.to_policy_statement(), size) for part, size in _cut(stack, statement, document)]
        for (key, statement), document in zip(distinct.items(), written, strict=True)
    }
    return [[part for statement in statements for part in parts[repr(statement)]] for statements in given]


def cut(stack: Stack, statements: Iterable[Statement]) -> Iterator[tuple[Statement, int]]:
    """Yield statements with their sizes; those too long for a managed policy are split into equivalent ones.

    CDK moves whole statements to further policies but never splits one, so a long one fails only at deploy (measured:
    50 tables in one statement make 8,489 characters).

    Raises:
        ValueError: When a statement with one resource and one condition value is too long.
    """
    kept = list(statements)
    for statement, written in zip(kept, _written(stack, kept), strict=True):
        yield from _cut(stack, statement, written)


def _cut(stack: Stack, statement: Statement, written: Mapping[str, Any]) -> Iterator[tuple[Statement, int]]:
    size = _size_in_list(written)
    if size <= _STATEMENT_LIMIT:
        yield statement, size
    else:
        yield from cut(stack, _parts(statement, written, room=_STATEMENT_LIMIT - size))


def _parts(statement: Statement, written: Mapping[str, Any], *, room: int) -> list[Statement]:
    """Split a statement's resources, or otherwise the values of a condition, into the largest parts that fit a policy.

    `written` is its JSON in the template, and `room` the remaining characters: below 0 for a statement that is too
    long.
    """
    if len(statement.resources) > 1:
        return [
            dataclasses.replace(statement, resources=statement.resources[part])
            for part in _filled(written["Resource"], room=room)
        ]
    for operator in ("StringLike", "StringEquals"):
        for key, values in statement.conditions.get(operator, {}).items():
            if isinstance(values, list) and len(values) > 1:
                conditions = statement.conditions
                return [
                    dataclasses.replace(
                        statement, conditions={**conditions, operator: {**conditions[operator], key: values[part]}}
                    )
                    for part in _filled(written["Condition"][operator][key], room=room)
                ]
    raise ValueError(
        f"a statement for {statement.resources[0]} exceeds the {MANAGED_LIMIT} characters of a managed policy; use "
        "fewer actions and resources in one rule"
    )


def _filled(values: Sequence[object], *, room: int) -> Iterator[slice]:
    """Yield slices of a list that are each as long as there is room, and at least one value long."""
    sizes = [_size_in_list(value) for value in values]
    limit = sum(sizes) + room
    start = used = 0
    for place, size in enumerate(sizes):
        if place > start and used + size > limit:
            yield slice(start, place)
            start, used = place, 0
        used += size
    yield slice(start, len(sizes))


def _written(stack: Stack, statements: Sequence[Statement]) -> Sequence[Mapping[str, Any]]:
    documents = [
        {
            "Effect": "Deny" if statement.deny else "Allow",
            "Action": list(statement.actions),
            "Resource": list(statement.resources),
            **({"Condition": dict(statement.conditions)} if statement.conditions else {}),
        }
        for statement in statements
    ]
    return stack.resolve(documents) if documents else []


def _size_in_list(value: object) -> int:
    return _size(value) + 1


def _size(value: object) -> int:
    if isinstance(value, dict):
        if len(value) == 1:
            ((key, inner),) = value.items()
            if key == "Fn::Join":
                return sum(_size(part) for part in inner[1])
            if key == "Ref":
                return _PSEUDO_SIZES.get(str(inner), _TOKEN_SIZE)
            if str(key).startswith("Fn::"):
                return _TOKEN_SIZE
        return 2 + sum(len(json.dumps(key)) + 2 + _size(inner) for key, inner in value.items())
    if isinstance(value, list):
        return 2 + sum(_size(inner) + 1 for inner in value)
    return len(json.dumps(value))
