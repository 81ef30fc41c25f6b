"""What has to be shown: that no request of one caller, which its policies allow, touches what belongs to another.

Actions that the policies treat alike on the same resource are one obligation.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis import catalogue
from constructs_lib.analysis.arns import name_may_be
from constructs_lib.analysis.evaluator import glob_match, is_unbound, speaks_of
from constructs_lib.analysis.guest_session import GUEST_SESSION
from constructs_lib.analysis.policies import Policy, Statement
from constructs_lib.analysis.spaces import LEADING_KEYS, PREFIX, Space, SpaceKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from constructs_lib.analysis.model import Caller, Model, Table

DELIMITER: Final = "s3:delimiter"


@dataclass(frozen=True, kw_only=True, slots=True)
class Layers:
    """The statements that decide a caller's requests on one resource.

    Args:
        identity: Of the caller's own policies.
        resource: Of the resource's policy, those that speak of the caller.
        limits: Boundary and session policy: each must allow what the identity's policies do.
        unbound: Of `resource`, those that the limits do not bind: they name everyone or the session itself.
        possible: What may turn out to be allowed besides, see `Policy`.
        possible_limits: What each of `limits` may turn out to allow besides.
    """

    identity: tuple[Statement, ...]
    resource: tuple[Statement, ...] = ()
    limits: tuple[tuple[Statement, ...], ...] = ()
    unbound: tuple[Statement, ...] = ()
    possible: tuple[Statement, ...] = ()
    possible_limits: tuple[tuple[Statement, ...], ...] = ()

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

        return Layers(
            identity=kept(self.identity),
            resource=kept(self.resource),
            limits=tuple(map(kept, self.limits)),
            unbound=kept(self.unbound),
            possible=kept(self.possible),
            possible_limits=tuple(map(kept, self.possible_limits)),
        )

    @property
    def can_allow(self) -> bool:
        """Whether any of them allows at all, or may turn out to."""
        return any(each.allow for each in (*self.identity, *self.resource)) or bool(self.possible)

    def at_worst(self) -> Layers:
        """Return the widest reading: what may be allowed is, and a Deny in doubt does not apply."""

        def sure(statements: Sequence[Statement]) -> tuple[Statement, ...]:
            return tuple(each for each in statements if each.allow or not each.doubt)

        more = self.possible_limits or ((),) * len(self.limits)
        return Layers(
            identity=(*sure(self.identity), *self.possible),
            resource=sure(self.resource),
            limits=tuple((*sure(limit), *extra) for limit, extra in zip(self.limits, more, strict=True)),
            unbound=self.unbound,
        )

    def doubts(self) -> list[str]:
        """Return what is not known about them."""
        everything = [*self.all(), *self.possible, *(each for limit in self.possible_limits for each in limit)]
        return list(dict.fromkeys(each.doubt for each in everything if each.doubt))


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
        open_tags: Whether other principal tags than those in `tags` may be there, with any value.
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
    open_tags: bool = False
    own: bool = False

    def at_worst(self) -> Obligation:
        """Return it under the widest reading of the policies."""
        return replace(self, layers=self.layers.at_worst())


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
    speaking = tuple(each for each in resource_policy.statements if speaks_of(each, caller.role.arn))
    return Layers(
        identity=tuple(each for policy in caller.role.policies for each in policy.statements),
        resource=speaking,
        limits=tuple(limit.statements for limit in limits),
        unbound=tuple(each for each in speaking if each.allow and is_unbound(each, caller.role.arn)),
        possible=(
            *(each for policy in caller.role.policies for each in policy.possible),
            *(each for each in resource_policy.possible if speaks_of(each, caller.role.arn)),
        ),
        possible_limits=tuple(limit.possible for limit in limits),
    )


def naming(layers: Layers, holder: str) -> Layers:
    """Return layers in which patterns that may turn out to name a holder do so, in what is possible."""

    def read(statement: Statement) -> Iterator[Statement]:
        texts = tuple(text for each in statement.resources for text in name_may_be(each, holder))
        if statement.allow and texts:
            doubt = f"{', '.join(statement.resources)} may turn out to name {holder}"
            yield replace(statement, resources=texts, doubt=doubt)

    def doubted(statement: Statement) -> Statement:
        unsure = [each for each in statement.not_resources if name_may_be(each, holder)]
        if statement.allow or statement.doubt or not unsure:
            return statement
        return replace(statement, doubt=f"{unsure[0]} may turn out to name {holder}")

    more = tuple(named for each in (*layers.identity, *layers.resource, *layers.possible) for named in read(each))
    return replace(
        layers,
        identity=tuple(map(doubted, layers.identity)),
        resource=tuple(map(doubted, layers.resource)),
        possible=(*layers.possible, *more),
    )


def obligations(caller: Caller, space: Space, model: Model, *, own: bool = False) -> Iterator[Obligation]:
    """Yield what has to be shown about one kind of caller and one space."""
    layers = layers_of(caller, _resource_policy(space, model))
    known = known_of(caller, layers, model)
    yield from build_obligations(
        str(caller), space, layers, model, fixed=known.fixed, tags=known.tags, open_tags=known.open_tags, own=own
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What is known of the context of a caller's every request; each as in `Obligation`."""

    fixed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    tags: Mapping[str, bool] = field(default_factory=dict)
    open_tags: bool = False


def known_of(caller: Caller, layers: Layers, model: Model) -> Known:
    """Return what is known of a caller's requests that these statements decide."""
    given = caller.pool.tags if caller.signed_in else {}
    tags = {name: claim == "sub" or claim not in model.forgeable for name, claim in given.items()}
    fixed = {
        "cognito-identity.amazonaws.com:aud": (caller.pool.id,),
        "aws:principalarn": (caller.role.arn,),
        **{f"aws:principaltag/{name}": (value,) for name, value in caller.role.tags.items() if name not in tags},
    }
    if not caller.signed_in or not _asks_for_provider(layers):
        fixed["cognito-identity.amazonaws.com:amr"] = ("authenticated" if caller.signed_in else "unauthenticated",)
    return Known(fixed=fixed, tags=tags, open_tags=caller.signed_in and not caller.pool.known)


def _asks_for_provider(layers: Layers) -> bool:
    """Whether some condition asks by which provider somebody signed in, which stands in `amr` too."""
    return any(
        value not in {"authenticated", "unauthenticated"}
        for each in (*layers.all(), *layers.possible)
        for condition in each.conditions
        if condition.key == "cognito-identity.amazonaws.com:amr"
        for value in condition.values
    )


def build_obligations(
    caller: str,
    space: Space,
    layers: Layers,
    model: Model,
    *,
    fixed: Mapping[str, tuple[str, ...]],
    tags: Mapping[str, bool],
    open_tags: bool = False,
    own: bool = False,
) -> Iterator[Obligation]:
    """Yield the obligations of a space, grouped by what the policies treat alike."""
    groups: dict[tuple[Layers, _Shape, tuple[bool, ...]], list[str]] = {}
    layers = naming(layers, space.holder)
    for action in catalogue.actions_of(_service(space)):
        relevant = layers.for_action(action)
        if not relevant.can_allow or action in catalogue.HARMLESS:
            continue
        conditions = {condition.key for each in relevant.all() for condition in each.conditions}
        carried = tuple(catalogue.has_key(action, key) for key in sorted(conditions))
        for shape in _shapes(action, space, model, _sets(relevant)):
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
            open_tags=open_tags,
            own=own,
        )


def _service(space: Space) -> str:
    return {SpaceKind.FOLDER: "s3", SpaceKind.ROWS: "dynamodb", SpaceKind.PATH: "execute-api"}[space.kind]


def _resource_policy(space: Space, model: Model) -> Policy:
    for holder in (*model.holders, *model.apis):
        if holder.arn == space.holder:
            return holder.policy
    return Policy(source=space.holder)


def _sets(layers: Layers) -> int:
    """Return how many keys of one request the policies can tell apart: each condition may need one of its own."""
    everything = (*layers.all(), *layers.possible)
    count = sum(condition.key == LEADING_KEYS for each in everything for condition in each.conditions)
    return max(2, 1 + count)


def _shapes(action: str, space: Space, model: Model, sets: int) -> Iterator[_Shape]:
    if space.kind is SpaceKind.PATH:
        yield _Shape(resource=None)
    elif space.kind is SpaceKind.FOLDER:
        yield from _bucket_shapes(action, space)
    else:
        table = next(each for each in model.tables if each.arn == space.holder)
        yield from _table_shapes(action, table, sets)


def _bucket_shapes(action: str, space: Space) -> Iterator[_Shape]:
    types = catalogue.resource_types(action)
    if action in catalogue.LISTING_ACTIONS:
        yield _Shape(resource=space.holder, listing=True)
        return
    if not types or any(kind.startswith("object") for kind in types):
        yield _Shape(resource=None)
    if not types or "bucket" in types:
        yield _Shape(resource=space.holder)


def _table_shapes(action: str, table: Table, sets: int) -> Iterator[_Shape]:
    keys = sets if action in catalogue.BATCH_ACTIONS else 1 if action in catalogue.ITEM_ACTIONS else 0
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
    "Known",
    "Layers",
    "Obligation",
    "build_obligations",
    "known_of",
    "layers_of",
    "obligations",
]
