"""The parts of a resource that policies speak of: folders, rows, routes, each once, with whose they are."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.tokens import Identity, Tokens, owner, pattern
from constructs_lib.analysis.evaluator import glob_match
from constructs_lib.analysis.model import Bucket, Table
from constructs_lib.analysis.spaces import LEADING_KEYS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from constructs_lib.analysis.matrix.who import Who
    from constructs_lib.analysis.model import Api
    from constructs_lib.analysis.policies import Statement

EVERYTHING: Final = "*"
_VARIABLE: Final = re.compile(r"\$\{\s*([^},]+?)\s*(?:,[^}]*)?\}")
_TAG: Final = "aws:principaltag/"
_PREFIX: Final = "s3:prefix"


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


def regions_of(holder: Bucket | Table | Api, everyone: Iterable[Who]) -> list[Region]:
    """Return the parts of a bucket, table or API; the last one is everything."""
    if isinstance(holder, Bucket):
        return bucket_regions(holder, everyone)
    return table_regions(holder, everyone) if isinstance(holder, Table) else api_regions(holder, everyone)


def bucket_regions(bucket: Bucket, everyone: Iterable[Who]) -> list[Region]:
    """Return the folders of a bucket that policies name, and the whole."""
    found: dict[tuple[str, Whose], Region] = {}
    for who, statement in _statements(everyone, bucket.policy.statements):
        for resource in (*statement.resources, *statement.not_resources):
            if resource.startswith(f"{bucket.arn}/"):
                _add(found, resource.removeprefix(f"{bucket.arn}/"), who)
        if any(glob_match(resource, bucket.arn) for resource in statement.resources):
            for value in _values_of(statement, _PREFIX):
                # A prefix without a star is one question to S3, not a part of the bucket.
                if value.endswith("*"):
                    _add(found, value, who)
    return _with_everything(found)


def table_regions(table: Table, everyone: Iterable[Who]) -> list[Region]:
    """Return the rows of a table that policies name by their partition key, and all of them."""
    found: dict[tuple[str, Whose], Region] = {}
    for who, statement in _statements(everyone, table.policy.statements):
        speaks = any(glob_match(each, table.arn) or each.startswith(f"{table.arn}/") for each in statement.resources)
        for value in _values_of(statement, LEADING_KEYS) if speaks else ():
            _add(found, value, who)
    return _with_everything(found)


def api_regions(api: Api, everyone: Iterable[Who]) -> list[Region]:
    """Return the calls of an API that policies name, its routes, and all."""
    found: dict[tuple[str, Whose], Region] = {}
    stages: dict[str, None] = {}
    for who, statement in _statements(everyone, ()):
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
            same = [key for key, other in found.items() if _VARIABLE.sub(EVERYTHING, other.text) == text]
            named = [found.pop(key) for key in same]
            owned = [replace(each, name=name) for each in named if each.whose is not Whose.NOBODY]
            for region in owned or [Region(name=name, text=text)]:
                found[(name + stage, region.whose)] = region
    return _with_everything(found)


def other_regions(everyone: Iterable[Who]) -> list[Region]:
    """Return the resources that policies name, whatever they are."""
    found: dict[tuple[str, Whose], Region] = {}
    for who, statement in _statements(everyone, ()):
        for resource in (*statement.resources, *statement.not_resources):
            _add(found, resource, who)
    return _with_everything(found)


def _statements(everyone: Iterable[Who], more: Iterable[Statement]) -> Iterator[tuple[Who, Statement]]:
    for who in everyone:
        for policy in who.identity:
            yield from ((who, statement) for statement in policy.statements)
        yield from ((who, statement) for statement in more)


def _values_of(statement: Statement, key: str) -> Iterator[str]:
    for condition in statement.conditions:
        if condition.key == key and condition.operator != "null":
            yield from condition.values


def _add(found: dict[tuple[str, Whose], Region], text: str, who: Who) -> None:
    match = _VARIABLE.search(text)
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
    return Identity.SUB if key.startswith(_TAG) and key.removeprefix(_TAG) in who.known.tags else None


def _with_everything(found: dict[tuple[str, Whose], Region]) -> list[Region]:
    found.pop((EVERYTHING, Whose.NOBODY), None)
    ordered = sorted(found.values(), key=lambda region: (region.name, region.whose))
    return [*ordered, Region(name=EVERYTHING, text=EVERYTHING)]
