"""Places: parts of resources as languages of requests, and what belongs to somebody among them.

Owners are found, not configured: whatever a policy writes with a Cognito policy variable is an owned place. So is what
the constructs of this library say in the metadata of a resource that they made for owners.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.relevance import Relevance
from constructs_lib.analysis.engine.tokens import pattern
from constructs_lib.analysis.iam.policies import PRINCIPAL_TAG
from constructs_lib.analysis.iam.principals import speaks_of
from constructs_lib.analysis.model.forms import POOL_IDENTITY, SUB

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from constructs_lib.analysis.engine.tokens import Tokens
    from constructs_lib.analysis.model.callers import Caller
    from constructs_lib.analysis.model.forms import Form
    from constructs_lib.analysis.model.holder import Holder
    from constructs_lib.analysis.model.model import Model

VARIABLE: Final = re.compile(r"\$\{\s*([^},]+?)\s*(?:,[^}]*)?\}")
EVERYTHING: Final = "*"
OWNER: Final = "{owner}"


class Whose(StrEnum):
    """Whom a place belongs to."""

    NOBODY = "nobody"
    CALLER = "caller"
    OTHERS = "others"


@dataclass(frozen=True, kw_only=True, slots=True)
class Owner:
    """The variable of a place.

    Args:
        key: The condition key that names the owner, in lower case.
        form: What its values look like.
        claim: The token's claim behind a principal tag that users can write; empty when they cannot.
        doubt: Why owners may not be told apart as the proof assumes; empty when they are.
    """

    key: str
    form: Form
    claim: str = ""
    doubt: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A part of a resource: the requests whose deciding text fits a pattern.

    Args:
        holder: The ARN of the resource; empty for any resource.
        resource: The resource's name, for people.
        kind: The name of its kind.
        part: For people: the part, `{owner}` where the owner stands: `private/{owner}/*`; `*` for everything.
        text: The part as a pattern inside the resource: of a key, a partition key or a call, variables in it.
        before: What stands before the text in the ARN of a request.
        whose: Whom it belongs to.
        owner: Its variable; None where nobody owns it.
    """

    holder: str = ""
    resource: str = ""
    kind: str = ""
    part: str = EVERYTHING
    text: str = EVERYTHING
    before: str = ""
    whose: Whose = Whose.NOBODY
    owner: Owner | None = None

    @property
    def name(self) -> str:
        """Resource and part, for people."""
        return f"{self.resource} {self.part}" if self.resource and self.part != EVERYTHING else self.resource

    @property
    def whose_in_words(self) -> str:
        """Whose it is, before a name in a sentence."""
        return {Whose.CALLER: "their own ", Whose.OTHERS: "other users' ", Whose.NOBODY: ""}[self.whose]

    def tokens(self, before: str, values: Mapping[str, Tokens | None]) -> Tokens | None:
        """Return its texts as tokens; None where the caller lacks what names its owner, so that nothing is theirs.

        Args:
            before: What stands before it: an ARN and a slash, or nothing.
            values: The caller's values of policy variables.
        """
        if self.whose is Whose.OTHERS and self.owner is not None:
            values = {**values, self.owner.key: self.owner.form.texts}
        return pattern(before + self.text, values)


def owner_by(key: str, caller: Caller) -> Owner | None:
    """Return the owner that a policy variable names for a caller; None when it is no owner's."""
    if key.startswith("cognito-identity") and key.endswith(":sub"):
        return Owner(key=key, form=POOL_IDENTITY)
    tag = caller.tags.get(key.removeprefix(PRINCIPAL_TAG)) if key.startswith(PRINCIPAL_TAG) else None
    if tag is None:
        return None
    if tag.claim == "sub":
        return Owner(key=key, form=SUB)
    doubt = f"owners are told apart by the claim {tag.claim!r}: of what form its values are is not known"
    return Owner(key=key, form=SUB, claim=tag.claim if tag.form is None else "", doubt=doubt)


def whole(holder: Holder) -> Place:
    """Return everything in a resource."""
    return Place(holder=holder.arn, resource=holder.name, kind=holder.kind, before=holder.before)


def find_places(model: Model) -> list[Place]:
    """Return every owned place as what belongs to another than the caller, each once, in the order of the template."""
    found: dict[tuple[str, str], Place] = {}
    listed: list[Place] = []
    for caller in model.callers:
        theirs = Relevance(
            statement
            for policy in (*caller.identity, *([caller.role.boundary] if caller.role.boundary else []))
            for statement in policy.statements
            if statement.variables
        )
        for holder in model.holders:
            own = (each for each in holder.policy.statements if each.variables and speaks_of(each, caller.principal))
            for statement in (*theirs.about(holder.arn), *own):
                # A Deny ties to the caller what it leaves out, an Allow what it names.
                named = statement.resources if statement.allow else statement.not_resources
                for text in holder.parts(statement, named):
                    _keep(found, text, holder, caller)
                listed += [place for text in holder.listed(statement) for place in _owned(text, holder, caller)]
    # A folder may be tied to its owner where it is listed and nowhere else; most often its objects are, too.
    known = {(place.holder, _upto_owner(place)) for place in found.values()}
    for place in listed:
        if (place.holder, _upto_owner(place)) not in known:
            found.setdefault((place.holder, place.text), place)
    # What the metadata calls owned stays so when no policy ties it to anyone any more.
    for caller in model.callers:
        for holder in model.holders:
            for text in holder.declared:
                _keep(found, text, holder, caller)
    return list(found.values())


def _keep(found: dict[tuple[str, str], Place], text: str, holder: Holder, caller: Caller) -> None:
    for place in _owned(text, holder, caller):
        found.setdefault((place.holder, place.text), place)


def _owned(text: str, holder: Holder, caller: Caller) -> Iterator[Place]:
    """Yield the place that a text of a policy ties to the caller, cut after the owner; nothing where it ties none."""
    match = VARIABLE.search(text)
    owner = owner_by(match.group(1).lower(), caller) if match else None
    if match is None or owner is None:
        return
    after = text[match.end() :]
    rest = "" if holder.keyed and not after else "/*" if after.startswith("/") else "*"
    yield replace(
        whole(holder),
        part=text[: match.start()] + OWNER + rest,
        text=text[: match.end()] + rest,
        whose=Whose.OTHERS,
        owner=owner,
    )


def _upto_owner(place: Place) -> str:
    return place.text.removesuffix("*").removesuffix("/")


def ownerless(model: Model) -> Iterator[str]:
    """Yield the places that metadata calls owned without saying by whom: whatever wrote them left the owner out."""
    for holder in model.holders:
        yield from (f"{holder.name} {text}" for text in holder.declared if VARIABLE.search(text) is None)


class Parts:
    """The places that somebody's policies name, those too that nobody owns: what a matrix has rows for."""

    def __init__(self, everyone: Iterable[Caller]) -> None:
        """Sort everybody's statements by what they can speak of."""
        self._everyone = [
            (caller, Relevance(each for policy in caller.identity for each in policy.statements)) for caller in everyone
        ]

    def of(self, holder: Holder) -> list[Place]:
        """Return the parts of a resource; the last one is everything."""
        found: dict[tuple[str, Whose], Place] = {}
        for caller, theirs in self._everyone:
            for statement in (*theirs.about(holder.arn), *holder.policy.statements):
                for text in holder.parts(statement, (*statement.resources, *statement.not_resources)):
                    _add(found, text, caller, whole(holder))
                for text in holder.listed(statement):
                    # A prefix without a star is one question to S3, not a part of the bucket.
                    if text.endswith(EVERYTHING):
                        _add(found, text, caller, whole(holder))
        return _with_everything(holder.shown(list(found.values())), whole(holder))


def named_anywhere(everyone: Iterable[Caller]) -> list[Place]:
    """Return the resources that policies name, whatever they are; the last one is everything."""
    found: dict[tuple[str, Whose], Place] = {}
    for caller in everyone:
        for statement in (each for policy in caller.identity for each in policy.statements):
            for text in (*statement.resources, *statement.not_resources):
                _add(found, text, caller, Place())
    return _with_everything(list(found.values()), Place())


def _add(found: dict[tuple[str, Whose], Place], text: str, caller: Caller, everything: Place) -> None:
    match = VARIABLE.search(text)
    owner = owner_by(match.group(1).lower(), caller) if match else None
    if match is None or owner is None:
        found.setdefault((text, Whose.NOBODY), replace(everything, part=text or "(no prefix)", text=text))
        return
    part = text[: match.start()] + OWNER + text[match.end() :]
    for whose in (Whose.CALLER, Whose.OTHERS):
        found.setdefault((part, whose), replace(everything, part=part, text=text, whose=whose, owner=owner))


def _with_everything(found: Iterable[Place], everything: Place) -> list[Place]:
    kept = [place for place in found if place.part != EVERYTHING or place.whose is not Whose.NOBODY]
    return [*sorted(kept, key=lambda place: (place.part, place.whose)), everything]
