"""What has to be shown: that no request of one caller, which its policies allow, touches what belongs to another.

Actions that the policies treat alike on the same resource are one obligation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis import catalogue
from constructs_lib.analysis.evaluator import glob_match, speaks_of
from constructs_lib.analysis.guest_session import GUEST_SESSION
from constructs_lib.analysis.policies import Policy, Statement
from constructs_lib.analysis.spaces import LEADING_KEYS, Space, SpaceKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from constructs_lib.analysis.model import Caller, Model, Table

PREFIX: Final = "s3:prefix"
DELIMITER: Final = "s3:delimiter"


@dataclass(frozen=True, kw_only=True, slots=True)
class Layers:
    """The statements that decide a caller's requests on one resource.

    Args:
        identity: Of the caller's own policies.
        resource: Of the resource's policy, those that speak of the caller.
        limits: Boundary and session policy: each must allow what the identity's policies do.
    """

    identity: tuple[Statement, ...]
    resource: tuple[Statement, ...] = ()
    limits: tuple[tuple[Statement, ...], ...] = ()

    def all(self) -> Iterator[Statement]:
        """Yield every statement."""
        yield from self.identity
        yield from self.resource
        for limit in self.limits:
            yield from limit

    def for_action(self, action: str) -> Layers:
        """Return those that speak of an action."""

        def kept(statements: Sequence[Statement]) -> tuple[Statement, ...]:
            return tuple(each for each in statements if speaks_of_action(each, action))

        return Layers(identity=kept(self.identity), resource=kept(self.resource), limits=tuple(map(kept, self.limits)))

    @property
    def can_allow(self) -> bool:
        """Whether any of them allows at all."""
        return any(each.allow for each in (*self.identity, *self.resource))


@dataclass(frozen=True, kw_only=True, slots=True)
class Obligation:
    """One thing to show.

    Args:
        caller: Who calls, for a sentence.
        space: Whose data.
        actions: The actions it speaks of.
        layers: The statements that speak of these actions.
        resource: The request's resource, or None for any that lies in the space.
        listing: Whether the request lists keys below a prefix: it touches the space if what it shows may lie there.
        keys: How many partition keys a request names; 0 when the resource decides. It touches the space by one.
        keys_may_lack: Whether a request may name no key; then it touches everything.
        fixed: Condition keys whose values are known: one text, or several for a multi-valued key.
        tags: Principal tags by name -> whether they hold the caller's `sub`; False: the caller can write them.
        own: Turns it round: whether the caller reaches what is theirs, to show that a proof is not empty.
    """

    caller: str
    space: Space
    actions: tuple[str, ...]
    layers: Layers
    resource: str | None
    listing: bool = False
    keys: int = 0
    keys_may_lack: bool = False
    fixed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    tags: Mapping[str, bool] = field(default_factory=dict)
    own: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class _Shape:
    resource: str | None
    listing: bool = False
    keys: int = 0
    keys_may_lack: bool = False


def speaks_of_action(statement: Statement, action: str) -> bool:
    """Whether a statement's actions contain one."""
    if statement.not_actions:
        return not any(glob_match(each, action, ignore_case=True) for each in statement.not_actions)
    return any(glob_match(each, action, ignore_case=True) for each in statement.actions)


def layers_of(caller: Caller, resource_policy: Policy) -> Layers:
    """Return the statements that decide a caller's requests on a resource."""
    limits = [caller.role.boundary] if caller.role.boundary is not None else []
    if not caller.signed_in and not caller.pool.classic:
        limits.append(GUEST_SESSION)
    return Layers(
        identity=tuple(each for policy in caller.role.policies for each in policy.statements),
        resource=tuple(each for each in resource_policy.statements if speaks_of(each, caller.role.arn)),
        limits=tuple(limit.statements for limit in limits),
    )


def obligations(caller: Caller, space: Space, model: Model, *, own: bool = False) -> Iterator[Obligation]:
    """Yield what has to be shown about one kind of caller and one space."""
    layers = layers_of(caller, _resource_policy(space, model))
    tags = {name: claim == "sub" or claim not in model.forgeable for name, claim in caller.pool.tags.items()}
    fixed = {
        "cognito-identity.amazonaws.com:aud": (caller.pool.id,),
        "cognito-identity.amazonaws.com:amr": ("authenticated" if caller.signed_in else "unauthenticated",),
        "aws:securetransport": ("true",),
    }
    yield from build_obligations(str(caller), space, layers, model, fixed=fixed, tags=tags, own=own)


def build_obligations(
    caller: str,
    space: Space,
    layers: Layers,
    model: Model,
    *,
    fixed: Mapping[str, tuple[str, ...]],
    tags: Mapping[str, bool],
    own: bool = False,
) -> Iterator[Obligation]:
    """Yield the obligations of a space, grouped by what the policies treat alike."""
    groups: dict[tuple[Layers, _Shape, tuple[bool, ...]], list[str]] = {}
    for action in catalogue.actions_of(_service(space)):
        relevant = layers.for_action(action)
        if not relevant.can_allow or action in catalogue.HARMLESS:
            continue
        conditions = {condition.key for each in relevant.all() for condition in each.conditions}
        carried = tuple(catalogue.has_key(action, key) for key in sorted(conditions))
        for shape in _shapes(action, space, model):
            groups.setdefault((relevant, shape, carried), []).append(action)
    for (relevant, shape, _), actions in groups.items():
        yield Obligation(
            caller=caller,
            space=space,
            actions=tuple(actions),
            layers=relevant,
            resource=shape.resource,
            listing=shape.listing,
            keys=shape.keys,
            keys_may_lack=shape.keys_may_lack,
            fixed=fixed,
            tags=tags,
            own=own,
        )


def _service(space: Space) -> str:
    return {SpaceKind.FOLDER: "s3", SpaceKind.ROWS: "dynamodb", SpaceKind.PATH: "execute-api"}[space.kind]


def _resource_policy(space: Space, model: Model) -> Policy:
    for holder in model.holders:
        if holder.arn == space.holder:
            return holder.policy
    return Policy(source=space.holder)


def _shapes(action: str, space: Space, model: Model) -> Iterator[_Shape]:
    if space.kind is SpaceKind.PATH:
        yield _Shape(resource=None)
    elif space.kind is SpaceKind.FOLDER:
        yield from _bucket_shapes(action, space)
    else:
        table = next(each for each in model.tables if each.arn == space.holder)
        yield from _table_shapes(action, table)


def _bucket_shapes(action: str, space: Space) -> Iterator[_Shape]:
    types = catalogue.resource_types(action)
    if action in catalogue.LISTING_ACTIONS:
        yield _Shape(resource=space.holder, listing=True)
        return
    if not types or any(kind.startswith("object") for kind in types):
        yield _Shape(resource=None)
    if not types or "bucket" in types:
        yield _Shape(resource=space.holder)


def _table_shapes(action: str, table: Table) -> Iterator[_Shape]:
    keys = 2 if action in catalogue.BATCH_ACTIONS else 1 if action in catalogue.ITEM_ACTIONS else 0
    lacking = action in catalogue.PARTIQL_ACTIONS
    keys = 1 if lacking else keys
    types = catalogue.resource_types(action)
    if not types or "table" in types:
        yield _Shape(resource=table.arn, keys=keys, keys_may_lack=lacking)
    if not types or "index" in types:
        for name, key in table.indexes.items():
            # Where another attribute is the index's key, the owner is no key there: any row may show.
            by_owner = keys if key == table.partition_key else 0
            yield _Shape(resource=f"{table.arn}/index/{name}", keys=by_owner, keys_may_lack=lacking)
    for kind in ("stream", "export", "backup", "import"):
        if kind in types:
            yield _Shape(resource=f"{table.arn}/{kind}/⟦{kind}⟧")


__all__ = [
    "DELIMITER",
    "LEADING_KEYS",
    "PREFIX",
    "Layers",
    "Obligation",
    "build_obligations",
    "layers_of",
    "obligations",
]
