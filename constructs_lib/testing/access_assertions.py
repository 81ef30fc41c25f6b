"""Claims of access assertions: `get Documents public/*`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from constructs_lib.analysis.iam.pattern_elements import variables_in
from constructs_lib.analysis.iam.policies import PRINCIPAL_TAG
from constructs_lib.analysis.matrix.reachable_parts import Answers
from constructs_lib.analysis.model.callers import Caller
from constructs_lib.analysis.model.holder import Holder
from constructs_lib.analysis.model.kinds import kinds
from constructs_lib.analysis.model.model import Model
from constructs_lib.analysis.model.owned_places import owner_by, whole
from constructs_lib.analysis.model.places import EVERYTHING, PERSON, Owner, Place, Whose
from constructs_lib.analysis.model.resource_parts import Parts
from constructs_lib.analysis.model.value_formats import POOL_IDENTITY

OTHER: Final = "{other}"
_WORD: Final = re.compile(r"\{\w+\}")
_IDENTITY: Final = Owner(key="cognito-identity.amazonaws.com:sub", form=POOL_IDENTITY)
_SHAPE: Final = "'get Documents public/*' (VERB RESOURCE PLACE)"


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """One claim about a place.

    Attributes:
        text: The text in the test.
        verb: Of the access language, call, or an IAM action.
        resource: The resource's name in the matrix.
        where: The place: `public/*`, `private/{owner}/*`, `private/{other}/*`, `{owner}`, `*`, `GET /shares`,
            `tenants/{tenant}/*`, `tenants/{other_tenant}/*`.
    """

    text: str
    verb: str
    resource: str
    where: str

    @classmethod
    def parse(cls, text: str) -> "Claim":
        """Read a claim.

        Raises:
            ValueError: For an invalid format or an unknown verb.
        """
        verb, _, rest = text.strip().partition(" ")
        resource, _, where = rest.strip().partition(" ")
        if not resource or not where:
            raise ValueError(f"{text!r} is not a verb, a resource and a place; write one such as {_SHAPE}")
        if ":" not in verb and verb not in (verbs := {verb: None for kind in kinds() for verb in kind.main}):
            raise ValueError(f"{text!r} starts with {verb!r}; use {', '.join(verbs)} or an IAM action")
        return cls(text=text, verb=verb, resource=resource, where=where.strip())

    def holder(self, model: Model) -> Holder:
        """Return the resource of the claim, by its name or by a unique part of its path.

        Raises:
            ValueError: If there is none of this name, or several.
        """
        found = [each for each in model.holders if f"/{self.resource}/" in f"/{each.name}/"]
        # A function often has the name of its data, and has other verbs.
        found = [each for each in found if ":" in self.verb or self.verb in each.main] or found
        exact = [each for each in found if each.name == self.resource]
        if len(exact or found) != 1:
            names = ", ".join(sorted(each.name for each in found or model.holders)) or "none"
            if found:
                raise ValueError(
                    f"{self.text!r} names {self.resource!r}, which several resources have; use one of {names}"
                )
            raise ValueError(
                f"{self.text!r} names {self.resource!r}, which is not in the template ({names}); name one that is"
            )
        return (exact or found)[0]

    def actions(self, holder: Holder, *, forbidden: bool) -> tuple[str, ...]:
        """Return the actions of the claim: the verb's main action; for a refusal, all with the same effect.

        Raises:
            ValueError: If the verb does not fit the resource.
        """
        if ":" in self.verb:
            return (self.verb,)
        if self.verb not in holder.main:
            raise ValueError(
                f"{self.text!r} has a verb that the {holder.noun or holder.kind} does not have; use "
                f"{', '.join(holder.main)}"
            )
        main = holder.main[self.verb]
        if holder.entry_points:
            needed = holder.needed[self._entry_point(holder)]
            return needed[:1] if forbidden else needed
        if not forbidden:
            return (main,)
        own = [action for action, verb in holder.verbs.items() if verb == self.verb]
        return (main, *own, *holder.same.get(self.verb, ()))

    def region(self, holder: Holder, everyone: list[Caller]) -> Place:
        """Return the place as a part of the resource.

        Raises:
            ValueError: It is not a route of the API, or a placeholder is unknown there.
        """
        if holder.entry_points and self.verb in holder.main:
            self._entry_point(holder)
            part = self.where.partition(" ")[2]
            return replace(whole(holder), part=part, text=part) if part else whole(holder)
        known = Parts(everyone).of(holder)
        if (list(holder.endpoints()) and " /" in self.where) or holder.main.keys() == {"call"}:
            return self._route(holder, known)
        owners = _owners(known, everyone)
        text, others = self.where, []
        for word in dict.fromkeys(_WORD.findall(self.where)):
            owner = owners.get(_placeholder(word))
            if owner is None:
                words = ", ".join(f"{{{name}}} and {_other(name)}" for name in owners)
                raise ValueError(f"{self.text!r} contains {word}, which is not a placeholder there; use {words}")
            if word == _other(owner.placeholder):
                others.append((word, owner))
            else:
                text = text.replace(word, f"${{{owner.key}}}")
        for word, owner in others:
            # Of two placeholders for others the outer one determines the owner; the inner one may be any.
            text = text.replace(word, f"${{{owner.key}}}" if owner is others[0][1] else EVERYTHING)
        place = replace(whole(holder), part=self.where, text=text)
        if others:
            return replace(place, whose=Whose.OTHERS, owner=others[0][1])
        own = [owners[name] for name in map(_placeholder, _WORD.findall(self.where))]
        return replace(place, whose=Whose.CALLER, owner=own[-1]) if own else place

    def is_about(self, answers: Answers, holder: Holder, *, forbidden: bool) -> bool:
        """Return whether results apply to the named entry point; for a refusal also to a version of it."""
        if not holder.entry_points or self.verb not in holder.main:
            return True
        has_part = " " in self.where
        return answers.entry_point == self._entry_point(holder) and (
            answers.whole is not has_part or (forbidden and not has_part)
        )

    def _entry_point(self, holder: Holder) -> str:
        entry_point = self.where.partition(" ")[0]
        if entry_point not in holder.entry_points:
            shown = " or ".join(f"'{self.verb} {self.resource} {each}'" for each in holder.entry_points)
            raise ValueError(
                f"{self.text!r} calls a {holder.kind} by {entry_point!r}; write {shown}, with the name of an alias "
                "behind it where the alias is called"
            )
        return entry_point

    def _route(self, holder: Holder, known: Sequence[Place]) -> Place:
        words = [word for word in _WORD.findall(self.where) if word.startswith("{other")]
        name = self.where
        for word in words:
            name = name.replace(word, f"{{{_placeholder(word)}}}")
        routes = [region for region in known if region.part == name]
        if words:
            placeholder = _placeholder(words[0])
            routes = [each for each in routes if each.whose is Whose.OTHERS and _owner_is(each, placeholder)]
        if not routes:
            names = ", ".join(sorted({region.part for region in known if " /" in region.part}))
            raise ValueError(
                f"{self.text!r} names route {self.where!r}, which is not in {holder.name} ({names}); name one that is"
            )
        return next((region for region in routes if words or region.whose is not Whose.OTHERS), routes[0])


def lacking(region: Place, who: Caller) -> str:
    """Return the tag that the caller lacks to own a part there; empty if they have all."""
    for key in variables_in(region.text):
        others = region.whose is Whose.OTHERS and region.owner is not None and key == region.owner.key
        name = key.removeprefix(PRINCIPAL_TAG)
        if key.startswith(PRINCIPAL_TAG) and not others and name not in {*who.tags, *who.role.tags}:
            return name
    return ""


def _owner_is(place: Place, name: str) -> bool:
    return place.owner is not None and place.owner.placeholder == name


def _placeholder(word: str) -> str:
    name = word.strip("{}")
    return PERSON if name == "other" else name.removeprefix("other_")


def _other(name: str) -> str:
    return OTHER if name == PERSON else f"{{other_{name}}}"


def _owners(known: Sequence[Place], everyone: Sequence[Caller]) -> dict[str, Owner]:
    """Return the owners of a place that a claim can name, by placeholder."""
    found = {each.owner.placeholder: each.owner for each in reversed(known) if each.owner is not None}
    for caller in everyone:
        for name in caller.tags:
            owner = owner_by(f"{PRINCIPAL_TAG}{name}", caller)
            if owner is not None and owner.placeholder != PERSON:
                found.setdefault(owner.placeholder, owner)
    return {PERSON: _IDENTITY, **found}
