"""Owned places, found in policies and metadata.

Owners are found, not configured: each text of a policy with a Cognito policy variable is an owned place. So is each
part that the constructs of this library declare as owned in a resource's metadata.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import chain, product
from typing import TYPE_CHECKING, Final, TypeAlias

from constructs_lib.analysis.iam.arns import name_may_be
from constructs_lib.analysis.iam.matching import glob_match
from constructs_lib.analysis.iam.policies import PRINCIPAL_TAG
from constructs_lib.analysis.iam.principals import applies_to_principal
from constructs_lib.analysis.iam.relevance import Relevance
from constructs_lib.analysis.model.places import EVERYTHING, PERSON, VARIABLE, Owner, Place, Whose
from constructs_lib.analysis.model.value_formats import POOL_IDENTITY, SESSION

if TYPE_CHECKING:
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

_OF_OWNERS: Final = frozenset({"bedrock-agentcore:actorid", "bedrock-agentcore:namespace", "geo:deviceids"})
"""Condition keys whose values name owners (Service Authorization Reference)."""
_NARROWING: Final = ("aws:requesttag/", "dynamodb:", "s3:")
"""Prefixes of the condition keys that narrow a right, and leave what it reads to its resources."""
_PATHS: Final = frozenset({"bedrock-agentcore:namespacepath"})
"""Condition keys whose values are paths, with everything below them (RetrieveMemoryRecords, Bedrock AgentCore API)."""
_NAMED: Final = frozenset({"bucket", "table"})
"""The kinds of resource that a policy may name by a part of their name."""
_STARS: Final = re.compile(r"[*?][^*?]*\$\{")
"""A wildcard before a variable."""


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


def is_tied(text: str, caller: Caller) -> bool:
    """Return whether a resource's ARN contains the name of an owner whom no other caller can be."""
    owners = (owner_by(match.group(1).lower(), caller) for match in VARIABLE.finditer(text))
    return any(owner is not None and not owner.forged for owner in owners)


def ties(condition: Condition) -> bool:
    """Return whether a condition with the caller's identity restricts a request's subject, not the principal."""
    about = condition.key not in _OF_KINDS and not condition.key.startswith(_OF_CALLERS)
    return about and condition.operator != "null" and any(map(VARIABLE.search, condition.values))


def says_whose(key: str) -> bool:
    """Return whether a condition key says whose data a request is about; the address of a subscriber does not."""
    about_tags = "tag/" in key and not key.startswith("aws:requesttag/")
    return about_tags or "encryptioncontext:" in key or key in _OF_OWNERS


def odd_tie(condition: Condition) -> str:
    """Return why a condition ties resources to the caller in a way that is not evaluated; empty if it does not."""
    if condition.key.startswith(_OF_CALLERS) and any(_of_subject(each) for each in condition.values):
        return f"compares {condition.key} with a key of the resource, which names its owner: write that key on the left"
    if condition.key in _PATHS and any(map(VARIABLE.search, condition.values)):
        return f"has {condition.key}, whose value may also be the beginning of others' values"
    if ties(condition) and not says_whose(condition.key) and not condition.key.startswith(_NARROWING):
        return f"has {condition.key}, which does not say whose data a request is about"
    return ""


def _of_subject(value: str) -> bool:
    keys = (match.group(1).lower() for match in VARIABLE.finditer(value))
    return any(not key.startswith(_OF_CALLERS) for key in keys)


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
            own = (each for each in statements if each.variables and applies_to_principal(each, caller.principal))
            for statement in (*theirs.about(holder.arn), *own):
                for each, doubt in _by_doubt(statement, holder):
                    if not doubt:
                        _keep(found, _tied(each, holder, caller))
                    listings = (place for text in holder.listed(each) for place in _owned(text, holder, caller))
                    more = chain(_tied(each, holder, caller) if doubt else (), listings)
                    listed += [replace(place, doubt=doubt) for place in more]
    listed.sort(key=lambda place: bool(place.doubt))
    # A folder may be tied to its owner only in a listing; usually its objects are tied, too. What a policy names for
    # certain is not in doubt because another may name it.
    known = {(place.holder, _upto_owner(place)) for place in found.values()}
    _keep(found, (place for place in listed if (place.holder, _upto_owner(place)) not in known))
    # A part that the metadata declares as owned stays owned even if no policy ties it to a caller any more.
    for caller in model.callers:
        for holder in model.holders:
            for text in holder.declared:
                _keep(found, _owned(text, holder, caller))
    return list(found.values())


def _by_doubt(statement: Statement, holder: Holder) -> Iterator[tuple[Statement, str]]:
    """Yield a statement on the resources that are a bucket or table for certain, and on those that may be, with why."""
    doubt = statement.doubt if statement.allow else ""
    texts = statement.resources if statement.allow else statement.not_resources
    unsure = [each for each in texts if holder.kind in _NAMED and name_may_be(each, holder.arn)]
    if not unsure or len(unsure) < len(texts):
        sure = tuple(each for each in texts if each not in unsure)
        yield (_on(statement, sure) if unsure else statement), doubt
    if unsure:
        yield _on(statement, tuple(unsure)), doubt or f"{unsure[0]} may turn out to name {holder.name}"


def _on(statement: Statement, texts: tuple[str, ...]) -> Statement:
    return replace(statement, resources=texts) if statement.allow else replace(statement, not_resources=texts)


def _with_variables(caller: Caller) -> Iterator[Statement]:
    boundary = [] if caller.role.boundary is None else [caller.role.boundary]
    for policy in (*caller.identity, *boundary):
        yield from (each for each in policy.statements if each.variables)
        # A statement in doubt may tie owners, too; a part of it that is not known is a star before them.
        yield from (each for each in policy.possible if each.variables and not any(map(_STARS.search, _texts(each))))


def _texts(statement: Statement) -> list[str]:
    return [*statement.resources, *(value for each in statement.conditions for value in each.values)]


def _tied(statement: Statement, holder: Holder, caller: Caller) -> Iterator[Place]:
    # A Deny ties its excluded resources to the caller, an Allow its named ones.
    for text, attribute in holder.parts(statement, statement.resources if statement.allow else statement.not_resources):
        yield from _owned(text, holder, caller, attribute)
        for other in holder.implied(text):
            yield from (replace(each, implied=True) for each in _owned(other, holder, caller, attribute))
    tied = [condition for condition in statement.conditions if ties(condition)]
    for condition in tied if tied and _may_be_about(statement, holder) else ():
        for text, among in product(condition.values, statement.resources or (EVERYTHING,)):
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
            rest = "" if (holder.keyed or whole_key) and not after else f"{value_end(after, owner)}*"
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


def value_end(after: str, owner: Owner) -> str:
    """Return the end of an owner's value in a text: a slash, or for values of variable length a character not in them.

    `after` is the text after the variable.
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
