"""Owned places, found in policies and metadata.

Owners are found, not configured: each text of a policy with a Cognito policy variable is an owned place. So is each
part that the constructs of this library declare as owned in a resource's metadata.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeAlias

from constructs_lib.analysis.iam.matching import glob_match
from constructs_lib.analysis.iam.policies import PRINCIPAL_TAG
from constructs_lib.analysis.iam.principals import speaks_of
from constructs_lib.analysis.iam.relevance import Relevance
from constructs_lib.analysis.model.places import EVERYTHING, PERSON, VARIABLE, Owner, Place, Whose
from constructs_lib.analysis.model.value_formats import POOL_IDENTITY, SESSION

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator

    from constructs_lib.analysis.iam.policies import Condition, Statement
    from constructs_lib.analysis.model.callers import Caller
    from constructs_lib.analysis.model.holder import Holder
    from constructs_lib.analysis.model.model import Model

    _Key: TypeAlias = tuple[str, str, str, str]

_OF_KINDS: Final = ("appsync:channel", "dynamodb:leadingkeys", "s3:prefix")
"""Condition keys that the kinds of resources read."""
_OF_CALLERS: Final = (
    "aws:calledvia", "aws:currenttime", "aws:ec2", "aws:epochtime", "aws:federatedprovider", "aws:multifactor",
    "aws:principal", "aws:referer", "aws:requested", "aws:securetransport", "aws:source", "aws:tokenissuetime",
    "aws:useragent", "aws:userid", "aws:username", "aws:via", "aws:vpc", "cognito-identity", "sts:",
)  # fmt: skip
"""Prefixes of the condition keys for the principal, source and time of a request ("AWS global condition context
keys", IAM user guide)."""
_ONE_SESSION: Final = (
    "aws:userid is the role's ID and the session's name, which Cognito gives every session alike and which the caller "
    "chooses in the classic flow"
)


def owner_by(key: str, caller: Caller) -> Owner | None:
    """Return the owner that a policy variable names for a caller; None if it does not name an owner."""
    if key.startswith("cognito-identity") and key.endswith(":sub"):
        return Owner(key=key, form=POOL_IDENTITY)
    if key == "aws:userid":
        return Owner(key=key, form=SESSION, forged=_ONE_SESSION)
    name = key.removeprefix(PRINCIPAL_TAG)
    tag = caller.tags.get(name) if key.startswith(PRINCIPAL_TAG) else None
    if tag is None:
        return None
    return Owner(key=key, form=tag.form, forged=tag.forged, placeholder=PERSON if tag.claim == "sub" else name)


def ties(condition: Condition) -> bool:
    """Return whether a condition with the caller's identity restricts a request's subject, not the principal."""
    about = condition.key not in _OF_KINDS and not condition.key.startswith(_OF_CALLERS)
    return about and condition.operator != "null" and any(map(VARIABLE.search, condition.values))


def _may_be_about(statement: Statement, holder: Holder) -> bool:
    """Return whether some action of a statement may belong to a resource's service; the resource is matched before."""
    names = [each.partition(":")[0].lower() for each in statement.actions]
    return not names or any(glob_match(name, service) for name in names for service in holder.services)


def whole(holder: Holder) -> Place:
    """Return the place of a whole resource."""
    return Place(
        holder=holder.arn, resource=holder.name, kind=holder.kind, before=holder.before, attribute=holder.attribute
    )


def find_places(model: Model) -> list[Place]:
    """Return each owned place once, as owned by another than the caller, in the order of the template."""
    found: dict[_Key, Place] = {}
    listed: list[Place] = []
    for caller in model.callers:
        theirs = Relevance(_with_variables(caller))
        for holder in model.holders:
            statements = caller.policy_of(holder).statements
            own = (each for each in statements if each.variables and speaks_of(each, caller.principal))
            for statement in (*theirs.about(holder.arn), *own):
                _keep(found, _tied(statement, holder, caller))
                listed += [place for text in holder.listed(statement) for place in _owned(text, holder, caller)]
    # A folder may be tied to its owner only in a listing; usually its objects are tied, too.
    known = {(place.holder, _upto_owner(place)) for place in found.values()}
    _keep(found, (place for place in listed if (place.holder, _upto_owner(place)) not in known))
    # A part that the metadata declares as owned stays owned even if no policy ties it to a caller any more.
    for caller in model.callers:
        for holder in model.holders:
            for text in holder.declared:
                _keep(found, _owned(text, holder, caller))
    return list(found.values())


def _with_variables(caller: Caller) -> Iterator[Statement]:
    boundary = [] if caller.role.boundary is None else [caller.role.boundary]
    for policy in (*caller.identity, *boundary):
        yield from (each for each in policy.statements if each.variables)


def _tied(statement: Statement, holder: Holder, caller: Caller) -> Iterator[Place]:
    # A Deny ties its excluded resources to the caller, an Allow its named ones.
    for text, attribute in holder.parts(statement, statement.resources if statement.allow else statement.not_resources):
        yield from _owned(text, holder, caller, attribute)
        for other in holder.implied(text):
            yield from (replace(each, implied=True) for each in _owned(other, holder, caller, attribute))
    tied = [condition for condition in statement.conditions if ties(condition)]
    for condition in tied if tied and _may_be_about(statement, holder) else ():
        for text, among in itertools.product(condition.values, statement.resources or (EVERYTHING,)):
            for place in _owned(text, holder, caller, whole_key=True):
                inside = f"{among.removeprefix(holder.before)} " if among.startswith(holder.before) else ""
                shown = f"{inside}where {condition.key} is {place.part}"
                yield replace(place, part=shown, by=condition.key, among=among, before="")


def _keep(found: dict[_Key, Place], places: Iterable[Place]) -> None:
    for place in places:
        form = "" if place.owner is None else str(place.owner.form)
        key = (place.holder, place.text, place.attribute + place.by + place.among, form)
        # Of two providers with one claim, the doubt about one stays.
        if key not in found or (place.owner is not None and place.owner.form.doubt):
            found[key] = place


def _owned(
    text: str, holder: Holder, caller: Caller, attribute: str = "", *, whole_key: bool = False
) -> Iterator[Place]:
    """Yield the places that a text of a policy ties to the caller, one for each owner in it, cut after that owner."""
    for match in VARIABLE.finditer(text):
        owner = owner_by(match.group(1).lower(), caller)
        if owner is not None:
            after = text[match.end() :]
            rest = "" if (holder.keyed or whole_key) and not after else f"{_end(after, owner)}*"
            everything = whole(holder)
            before = text[: match.start()]
            yield replace(
                everything,
                part=f"{in_words(before, caller)}{{{owner.placeholder}}}{rest}",
                text=text[: match.end()] + rest,
                attribute=attribute or everything.attribute,
                whose=Whose.OTHERS,
                owner=owner,
                within=placeholders(before, caller),
            )


def _end(after: str, owner: Owner) -> str:
    """Return the end of an owner's value in a text: a slash, or for values of variable length a character not in them.

    Args:
        after: The text after the variable.
        owner: The variable's owner.
    """
    first = after[:1]
    if first == "/":
        return first
    return first if owner.form.alphabet and first and first not in owner.form.alphabet | set("*?$") else ""


def in_words(text: str, caller: Caller) -> str:
    """Return a text for reports, with each owner's variable as its placeholder."""

    def name(match: re.Match[str]) -> str:
        owner = owner_by(match.group(1).lower(), caller)
        return match.group() if owner is None else f"{{{owner.placeholder}}}"

    return VARIABLE.sub(name, text)


def placeholders(text: str, caller: Caller) -> tuple[str, ...]:
    """Return the placeholders of the owners' variables in a text, each once."""
    owners = (owner_by(match.group(1).lower(), caller) for match in VARIABLE.finditer(text))
    return tuple(dict.fromkeys(owner.placeholder for owner in owners if owner is not None))


def _upto_owner(place: Place) -> str:
    return place.text[: place.text.rindex("}") + 1]


def ownerless(model: Model) -> Iterator[str]:
    """Yield the places that metadata declares as owned without a variable that names the owner."""
    for holder in model.holders:
        yield from (f"{holder.name} {text}" for text in holder.declared if VARIABLE.search(text) is None)
