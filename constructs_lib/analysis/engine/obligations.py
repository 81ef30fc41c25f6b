"""What has to be shown: that no request of one caller, which its policies allow, touches what belongs to another.

Actions that the policies treat alike on the same resource are one obligation.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.layers import CallerLayers, Layers, any_fits, layers_of, naming, speaks_of_action
from constructs_lib.analysis.iam import catalogue
from constructs_lib.analysis.iam.evaluator import glob_match
from constructs_lib.analysis.iam.policies import PRINCIPAL_TAG, Policy
from constructs_lib.analysis.model.model import Table
from constructs_lib.analysis.model.spaces import LEADING_KEYS, PREFIX, Space, SpaceKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_lib.analysis.model.model import Caller, Model

DELIMITER: Final = "s3:delimiter"
_SERVICES: Final = {SpaceKind.FOLDER: "s3", SpaceKind.ROWS: "dynamodb", SpaceKind.PATH: "execute-api"}
_NO_POLICY: Final = Policy(source="")


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

    def may_choose(self, key: str) -> bool:
        """Whether a variable that is not known has a value, which the caller may choose as far as is known."""
        if key.startswith(PRINCIPAL_TAG):
            return self.open_tags or self.tags.get(key.removeprefix(PRINCIPAL_TAG)) is False
        return not key.startswith(catalogue.ABSENT_VARIABLES)

    def at_worst(self) -> Obligation:
        """Return it under the widest reading of the policies."""
        return replace(self, layers=self.layers.at_worst())


@dataclass(frozen=True, kw_only=True, slots=True)
class _Shape:
    resource: str | None
    listing: bool = False
    keys: int = 0
    keys_may_lack: bool = False


class Questions:
    """What has to be shown about one kind of caller."""

    def __init__(self, caller: Caller, model: Model) -> None:
        """Sort the caller's statements by the resources they decide on."""
        self._caller = caller
        self._model = model
        self._layers = CallerLayers(caller)

    def about(self, space: Space, *, own: bool = False) -> Iterator[Obligation]:
        """Yield what has to be shown about a space: nothing where no policy gives the caller anything there."""
        holder = self._model.resource(space.holder)
        layers = self._layers.on(space.holder, _NO_POLICY if holder is None else holder.policy)
        if layers.can_allow:
            known = known_of(self._caller, layers, self._model)
            yield from build_obligations(
                str(self._caller), space, layers, self._model,
                fixed=known.fixed, tags=known.tags, open_tags=known.open_tags, own=own,
            )  # fmt: skip


def obligations(caller: Caller, space: Space, model: Model, *, own: bool = False) -> Iterator[Obligation]:
    """Yield what has to be shown about one kind of caller and one space."""
    return Questions(caller, model).about(space, own=own)


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
    groups: dict[tuple[Alike, _Shape], list[str]] = {}
    for action, alike in may_be_allowed(naming(layers, space.holder), _SERVICES[space.kind]):
        if action not in catalogue.HARMLESS:
            for shape in _shapes(action, space, model, _sets(alike.layers)):
                groups.setdefault((alike, shape), []).append(action)
    for (alike, shape), actions in groups.items():
        yield Obligation(
            caller=caller,
            space=space,
            actions=tuple(actions),
            layers=alike.layers,
            resource=shape.resource,
            listing=shape.listing,
            keys=shape.keys,
            keys_may_lack=shape.keys_may_lack,
            fixed=fixed,
            tags=tags,
            open_tags=open_tags,
            own=own,
        )


@dataclass(frozen=True, slots=True)
class Alike:
    """What actions have in common that policies treat alike.

    Args:
        speaking: Which statements speak of them.
        carried: Which of the condition keys of these their requests can carry.
        layers: These statements.
    """

    speaking: tuple[bool, ...]
    carried: tuple[bool, ...]
    layers: Layers = field(compare=False)


def may_be_allowed(layers: Layers, service: str) -> Iterator[tuple[str, Alike]]:
    """Yield each action of a service that some statement allows somewhere, or may turn out to."""
    giving = (each for each in (*layers.identity, *layers.resource, *layers.possible) if each.allow)
    if not any(each.not_actions or any(_is_of(service, text) for text in each.actions) for each in giving):
        return
    spoken = [_spoken(each.actions, each.not_actions, service) for each in layers.everything()]
    kept: dict[tuple[bool, ...], Layers] = {}
    for action in catalogue.actions_of(service):
        speaking = tuple(action in actions for actions in spoken)
        if speaking not in kept:
            kept[speaking] = layers.for_action(action)
        relevant = kept[speaking]
        if relevant.can_allow:
            keys = {condition.key for each in relevant.everything() for condition in each.conditions}
            carried = tuple(catalogue.has_key(action, key) for key in sorted(keys))
            yield action, Alike(speaking, carried, relevant)


@functools.lru_cache(maxsize=4096)
def _spoken(actions: tuple[str, ...], not_actions: tuple[str, ...], service: str) -> frozenset[str]:
    """Return the actions of a service that a statement with these patterns speaks of."""
    near = tuple(each for each in not_actions or actions if _is_of(service, each))
    named = {action for action in catalogue.actions_of(service) if any_fits(near, action)} if near else set()
    return frozenset(catalogue.actions_of(service)) - named if not_actions else frozenset(named)


def _is_of(service: str, pattern: str) -> bool:
    """Whether a pattern of actions may fit one of a service: an action has one colon, which no star stands for."""
    head, colon, _ = pattern.partition(":")
    return not colon or glob_match(head, service, ignore_case=True)


def _sets(layers: Layers) -> int:
    """Return how many keys of one request the policies can tell apart: each condition may need one of its own."""
    count = sum(condition.key == LEADING_KEYS for each in layers.everything() for condition in each.conditions)
    return max(2, 1 + count)


def _shapes(action: str, space: Space, model: Model, sets: int) -> Iterator[_Shape]:
    if space.kind is SpaceKind.PATH:
        yield _Shape(resource=None)
    elif space.kind is SpaceKind.FOLDER:
        yield from _bucket_shapes(action, space)
    else:
        table = model.resource(space.holder)
        assert isinstance(table, Table)  # noqa: S101 - rows are found in tables
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
    "Alike",
    "Known",
    "Layers",
    "Obligation",
    "Questions",
    "build_obligations",
    "known_of",
    "layers_of",
    "may_be_allowed",
    "naming",
    "obligations",
    "speaks_of_action",
]
