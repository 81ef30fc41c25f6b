"""The parts of a resource that policies speak of: folders, rows, routes, each once, with whose they are."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeAlias

from constructs_lib.analysis.engine.relevance import Relevance
from constructs_lib.analysis.engine.tokens import Identity, Tokens, owner, pattern
from constructs_lib.analysis.iam.evaluator import glob_match
from constructs_lib.analysis.iam.policies import PRINCIPAL_TAG
from constructs_lib.analysis.model.model import Api, Bucket, Table
from constructs_lib.analysis.model.spaces import LEADING_KEYS, PREFIX, VARIABLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.matrix.principals import Who

    _Spoken: TypeAlias = tuple[Who, Statement]

EVERYTHING: Final = "*"


class Whose(StrEnum):
    """Whom a part belongs to."""

    NOBODY = "nobody"
    CALLER = "caller"
    OTHERS = "others"


@dataclass(frozen=True, kw_only=True, slots=True)
class Region:
    """A part of a resource, as a pattern.

    Attributes:
        name: For readers, `{owner}` where the owner stands: `private/{owner}/*`; `*` for everything.
        text: The pattern of the part inside its resource: of a key, a partition key or a call; variables in it.
        whose: Whom it belongs to.
        key: The condition key that names the owner, in lower case; empty where nobody owns it.
        identity: What the owner is known by.
    """

    name: str
    text: str
    whose: Whose = Whose.NOBODY
    key: str = ""
    identity: Identity = Identity.POOL_IDENTITY

    def tokens(self, before: str, values: Mapping[str, Tokens | None]) -> Tokens | None:
        """Return its texts as tokens, for one caller; None where the caller lacks the identity it is tied to.

        Args:
            before: What stands before it: an ARN and a slash, or nothing.
            values: The caller's values of policy variables.
        """
        if self.whose is Whose.OTHERS:
            values = {**values, self.key: owner(self.identity)}
        return pattern(before + self.text, values)


class Regions:
    """The parts of resources that somebody's policies name."""

    def __init__(self, everyone: Iterable[Who]) -> None:
        """Sort everybody's statements by what they can speak of."""
        self._everyone = [
            (who, Relevance(each for policy in who.identity for each in policy.statements)) for who in everyone
        ]

    def of(self, holder: Bucket | Table | Api) -> list[Region]:
        """Return the parts of a bucket, table or API; the last one is everything."""
        # A call of an API is named by its callers' policies only.
        own = () if isinstance(holder, Api) else holder.policy.statements
        spoken = [(who, each) for who, theirs in self._everyone for each in (*theirs.about(holder.arn), *own)]
        if isinstance(holder, Bucket):
            return _of_bucket(holder, spoken)
        return _of_table(holder, spoken) if isinstance(holder, Table) else _of_api(holder, spoken)


def regions_of(holder: Bucket | Table | Api, everyone: Iterable[Who]) -> list[Region]:
    """Return the parts of a bucket, table or API; the last one is everything."""
    return Regions(everyone).of(holder)


def _of_bucket(bucket: Bucket, spoken: Iterable[_Spoken]) -> list[Region]:
    found: dict[tuple[str, Whose], Region] = {}
    for who, statement in spoken:
        for resource in (*statement.resources, *statement.not_resources):
            if resource.startswith(f"{bucket.arn}/"):
                _add(found, resource.removeprefix(f"{bucket.arn}/"), who)
        if any(glob_match(resource, bucket.arn) for resource in statement.resources):
            for value in _values_of(statement, PREFIX):
                # A prefix without a star is one question to S3, not a part of the bucket.
                if value.endswith("*"):
                    _add(found, value, who)
    return _with_everything(found)


def _of_table(table: Table, spoken: Iterable[_Spoken]) -> list[Region]:
    found: dict[tuple[str, Whose], Region] = {}
    for who, statement in spoken:
        speaks = any(glob_match(each, table.arn) or each.startswith(f"{table.arn}/") for each in statement.resources)
        for value in _values_of(statement, LEADING_KEYS) if speaks else ():
            _add(found, value, who)
    return _with_everything(found)


def _of_api(api: Api, spoken: Iterable[_Spoken]) -> list[Region]:
    found: dict[tuple[str, Whose], Region] = {}
    stages: dict[str, None] = {}
    for who, statement in spoken:
        for resource in (*statement.resources, *statement.not_resources):
            if resource.startswith(f"{api.arn}/"):
                call = resource.removeprefix(f"{api.arn}/")
                stages.setdefault(call.split("/", 1)[0])
                _add(found, call, who)
    for route in api.routes:
        method = "*" if route.method == "ANY" else route.method
        path = re.sub(r"\{[^}]*\}", EVERYTHING, route.path)
        name = f"{route.method} {route.path}"
        for stage in stages or {EVERYTHING: None}:
            text = f"{stage}/{method}{path}"
            # What a policy names in other words is this route; where it names the owner in it, the route has owners.
            same = [key for key, other in found.items() if VARIABLE.sub(EVERYTHING, other.text) == text]
            named = [found.pop(key) for key in same]
            owned = [replace(each, name=name) for each in named if each.whose is not Whose.NOBODY]
            for region in owned or [Region(name=name, text=text)]:
                found[(name + stage, region.whose)] = region
    return _with_everything(found)


def other_regions(everyone: Iterable[Who]) -> list[Region]:
    """Return the resources that policies name, whatever they are."""
    found: dict[tuple[str, Whose], Region] = {}
    for who in everyone:
        for statement in (each for policy in who.identity for each in policy.statements):
            for resource in (*statement.resources, *statement.not_resources):
                _add(found, resource, who)
    return _with_everything(found)


def _values_of(statement: Statement, key: str) -> Iterator[str]:
    for condition in statement.conditions:
        if condition.key == key and condition.operator != "null":
            yield from condition.values


def _add(found: dict[tuple[str, Whose], Region], text: str, who: Who) -> None:
    match = VARIABLE.search(text)
    identity = _identity(match.group(1).lower(), who) if match else None
    if match is None or identity is None:
        found.setdefault((text, Whose.NOBODY), Region(name=text or "(no prefix)", text=text))
        return
    name = text[: match.start()] + "{owner}" + text[match.end() :]
    for whose in (Whose.CALLER, Whose.OTHERS):
        region = Region(name=name, text=text, whose=whose, key=match.group(1).lower(), identity=identity)
        found.setdefault((name, whose), region)


def _identity(key: str, who: Who) -> Identity | None:
    if key.startswith("cognito-identity") and key.endswith(":sub"):
        return Identity.POOL_IDENTITY
    return Identity.SUB if key.startswith(PRINCIPAL_TAG) and key.removeprefix(PRINCIPAL_TAG) in who.known.tags else None


def _with_everything(found: dict[tuple[str, Whose], Region]) -> list[Region]:
    found.pop((EVERYTHING, Whose.NOBODY), None)
    ordered = sorted(found.values(), key=lambda region: (region.name, region.whose))
    return [*ordered, Region(name=EVERYTHING, text=EVERYTHING)]
