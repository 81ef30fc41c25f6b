"""Proof obligations: no request of a caller that the policies allow touches data of another owner.

Actions that the policies treat equally on the same resource are one obligation.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.condition_owners import layers_asked, shapes_by_key
from constructs_lib.analysis.engine.known_context import fixed_values
from constructs_lib.analysis.engine.language_intersection import meeting
from constructs_lib.analysis.engine.policy_layers import (
    CallerLayers,
    Layers,
    any_fits,
    layers_naming,
)
from constructs_lib.analysis.engine.regional_denies import in_every_region
from constructs_lib.analysis.iam import catalogue
from constructs_lib.analysis.iam.arns import loosened
from constructs_lib.analysis.iam.pattern_elements import call, pattern
from constructs_lib.analysis.iam.policies import PRINCIPAL_TAG
from constructs_lib.analysis.iam.relevance import names_service
from constructs_lib.analysis.iam.reviewed_actions import answers_from_request
from constructs_lib.analysis.model.callers import NOT_SIGNED_IN, SIGNED_IN, CallerKind
from constructs_lib.analysis.model.places import Place, Whose

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_lib.analysis.model.callers import Caller
    from constructs_lib.analysis.model.holder import Holder, Shape
    from constructs_lib.analysis.model.model import Model
    from constructs_lib.analysis.model.value_formats import Form

_USER_ID: Final = "aws:userid"
DELIMITER: Final = "s3:delimiter"
LEADING_KEYS: Final = "dynamodb:leadingkeys"
PREFIX: Final = "s3:prefix"


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """The known request context of a caller.

    Args:
        fixed: Condition keys whose values are known: one text, or several for a multivalued key.
        begin: Condition keys whose value has a known prefix, by key; a request always has them.
        tags: The format of principal tags by name; None if the caller can write them.
        open_tags: Whether other principal tags than those in `tags` may exist, with any value.
    """

    fixed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    begin: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, Form | None] = field(default_factory=dict)
    open_tags: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Obligation:
    """One property to prove.

    Args:
        caller: The caller's name in a sentence.
        place: The place it must not touch; the caller's own place inverts it, to show that a proof is not vacuous.
        actions: The actions it covers.
        layers: The statements that apply to these actions.
        shape: The requests of these actions.
        known: The known context of the requests.
    """

    caller: str
    place: Place
    actions: tuple[str, ...]
    layers: Layers
    shape: Shape
    known: Known

    def may_choose(self, key: str) -> bool:
        """Return whether an unknown variable may have a value, which the caller may be able to choose."""
        if key.startswith(PRINCIPAL_TAG):
            name = key.removeprefix(PRINCIPAL_TAG)
            return self.known.open_tags or (name in self.known.tags and self.known.tags[name] is None)
        return not key.startswith(catalogue.ABSENT_VARIABLES)

    def most_values(self, key: str) -> int:
        """Return the number of values of a key that the policies can distinguish: each condition may need its own."""
        return 1 + self.layers.conditions_on(key) if catalogue.is_multivalued(key) else 1

    def at_worst(self) -> Obligation:
        """Return the obligation under the widest reading of the policies."""
        return replace(self, layers=self.layers.at_worst())


class Questions:
    """The proof obligations of one kind of caller."""

    def __init__(self, caller: Caller, model: Model) -> None:
        """Group the caller's statements by the resources they apply to."""
        self._caller = caller
        self._model = model
        self._layers = CallerLayers(caller)

    def about(self, place: Place, *, own: bool = False) -> Iterator[Obligation]:
        """Yield the obligations of a place of another owner: none if no policy gives the caller access there.

        With `own`, the caller's own place is checked instead.
        """
        holder = self._model.holder(place.holder)
        assert holder is not None  # noqa: S101 - places are found in the model's resources
        layers = self._layers.on(holder.arn, self._caller.policy_of(holder))
        if layers.can_allow:
            target = replace(place, whose=Whose.CALLER) if own else place
            known = known_of(self._caller, layers)
            yield from build_obligations(str(self._caller), target, holder, layers, known)


def known_of(caller: Caller, layers: Layers) -> Known:
    """Return the known context of the requests of a caller that these statements decide."""
    if not caller.principal:
        # "Where you can use the variables" (IAM user guide): the ID of an anonymous caller.
        return Known(fixed={_USER_ID: ("anonymous",)})
    fixed: dict[str, tuple[str, ...]] = {key: (value,) for key, value in fixed_values(caller).items()}
    # A literal role ID may be the ID of this role.
    written = any("⟦" not in value for value in _values_of(layers, _USER_ID))
    begin = {} if written else {_USER_ID: f"{caller.role.id}:"}
    if not caller.of_pool:
        return Known(fixed=fixed, begin=begin, open_tags=caller.kind is CallerKind.PRINCIPAL)
    if not caller.signed_in or not _restricts_provider(layers):
        fixed["cognito-identity.amazonaws.com:amr"] = caller.amr
    tags = {name: None if tag.writable else tag.form for name, tag in caller.tags.items() if not tag.value}
    return Known(fixed=fixed, begin=begin, tags=tags, open_tags=caller.signed_in and not caller.pool.known)


def _restricts_provider(layers: Layers) -> bool:
    """Return whether some condition restricts the identity provider of a user, which is also in `amr`."""
    return any(
        value not in {SIGNED_IN, NOT_SIGNED_IN} for value in _values_of(layers, "cognito-identity.amazonaws.com:amr")
    )


def _values_of(layers: Layers, key: str) -> Iterator[str]:
    for statement in layers.everything():
        for condition in statement.conditions:
            if condition.key == key:
                yield from condition.values


def build_obligations(caller: str, place: Place, holder: Holder, layers: Layers, known: Known) -> Iterator[Obligation]:
    """Yield the obligations of a place, with one group for actions that the policies treat equally.

    `caller` is the caller's name in a sentence.
    """
    groups: dict[tuple[ActionGroup, Shape], list[str]] = {}
    named = in_every_region(layers_naming(layers, holder.arn), holder)
    for action, group in (each for service in holder.services for each in may_be_allowed(named, service)):
        if action not in catalogue.HARMLESS and not answers_from_request(action):
            keys = max(2, 1 + group.layers.conditions_on(place.by or LEADING_KEYS))
            for shape in _shapes(action, place, holder, keys):
                near = _near(shape, place)
                if near is not None:
                    groups.setdefault((group, near), []).append(action)
    for (group, shape), actions in groups.items():
        known_here = replace(known, fixed={**known.fixed, **dict(shape.context)}) if shape.context else known
        yield Obligation(
            caller=caller,
            place=place,
            actions=tuple(actions),
            layers=layers_asked(group.layers, shape, place, holder),
            shape=shape,
            known=known_here,
        )


def _shapes(action: str, place: Place, holder: Holder, keys: int) -> Iterator[Shape]:
    if not place.by:
        yield from holder.shapes(action, keys, place)
    else:
        yield from shapes_by_key(action, place, holder, keys)


def _near(shape: Shape, place: Place) -> Shape | None:
    """Return a shape with only those of its calls that may belong to a place; None if none may."""
    if not shape.calls:
        return shape
    text = loosened(place.before + place.text)
    near = tuple(each for each in shape.calls if _meet(each, text))
    return replace(shape, calls=near) if near else None


@functools.lru_cache(maxsize=4096)
def _meet(served: str, glob: str) -> bool:
    """Return whether some call that a route serves matches a pattern."""
    return bool(meeting([pattern(glob, None)], [call(served)])[0])


@dataclass(frozen=True, slots=True)
class ActionGroup:
    """The common properties of actions that policies treat equally.

    `carried` are the condition keys of the applicable statements that their requests can have; the layers are those
    statements.
    """

    applicable: tuple[bool, ...]
    carried: tuple[bool, ...]
    layers: Layers = field(compare=False)


def may_be_allowed(layers: Layers, service: str) -> Iterator[tuple[str, ActionGroup]]:
    """Yield each action of a service that some statement allows, or may allow."""
    giving = (each for each in (*layers.identity, *layers.resource, *layers.possible) if each.allow)
    if not any(each.not_actions or any(names_service(text, (service,)) for text in each.actions) for each in giving):
        return
    actions_named = [_actions_named(each.actions, each.not_actions, service) for each in layers.everything()]
    kept: dict[tuple[bool, ...], Layers] = {}
    for action in catalogue.actions_of(service):
        applicable = tuple(action in actions for actions in actions_named)
        if applicable not in kept:
            kept[applicable] = layers.for_action(action)
        relevant = kept[applicable]
        if relevant.can_allow:
            keys = {condition.key for each in relevant.everything() for condition in each.conditions}
            carried = tuple(catalogue.has_key(action, key) for key in sorted(keys))
            yield action, ActionGroup(applicable, carried, relevant)


@functools.lru_cache(maxsize=4096)
def _actions_named(actions: tuple[str, ...], not_actions: tuple[str, ...], service: str) -> frozenset[str]:
    """Return the actions of a service that a statement with these patterns covers."""
    near = tuple(each for each in not_actions or actions if names_service(each, (service,)))
    named = {action for action in catalogue.actions_of(service) if any_fits(near, action)} if near else set()
    return frozenset(catalogue.actions_of(service)) - named if not_actions else frozenset(named)
