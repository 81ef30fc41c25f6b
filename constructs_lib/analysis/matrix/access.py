"""Who can do what where, as values: what a matrix holds before anybody renders it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from constructs_lib.analysis.model.callers import CallerKind

__all__ = ["Access", "Doubt", "Matrix", "Place", "Reach", "Source", "Subject"]


class Reach(StrEnum):
    """How far one verb reaches in one place."""

    OWN = "own"
    """Only what belongs to the caller."""
    SHARED = "shared"
    """What belongs to others too who share the caller's tenant, or another tag that the place names."""
    ALL = "all"
    """Everything in the place; in a place with owners, everybody's."""
    SOME = "some"
    """Only some of the place: what a narrower pattern or a Deny leaves."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """A column: somebody whose requests are judged.

    Attributes:
        id: Unique in the matrix and stable across two templates of one app.
        name: For readers, such as `guest` or `group editors`.
        kind: What makes somebody this subject.
        role: The construct path or logical ID of the role behind it; "" for the internet.
    """

    id: str
    name: str
    kind: CallerKind
    role: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A row: one part of one resource.

    Attributes:
        id: Unique in the matrix.
        resource: The resource's name for readers.
        type: The kind of resource: `bucket`, `table`, `api`, `function`, or a CloudFormation type.
        where: The part: a key pattern (`private/{caller}/*`), `rows of {caller}`, `GET /shares`.
        owned: Whether the part belongs to one caller each.
        path: The construct path of the resource, or its logical ID.
    """

    id: str
    resource: str
    type: str
    where: str
    owned: bool
    path: str

    @property
    def shared_by(self) -> str:
        """The outermost placeholder of a part that several people share: `tenant` of `tenants/{tenant}/*`."""
        found = (name for name in re.findall(r"\{(\w+)\}", self.where) if name != "owner")
        return next(found, "claim")


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """A statement of the template that grants something.

    Attributes:
        id: Unique in the matrix.
        place: The construct path or logical ID of the policy, and the statement's position in it.
        text: The statement as JSON, indented.
    """

    id: str
    place: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Doubt:
    """What the templates do not say, and access may hang on.

    Attributes:
        id: Unique in the matrix.
        text: What is not known, for readers.
    """

    id: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Access:
    """A cell's part: what one subject can do with one verb in one place, or may turn out to.

    Attributes:
        subject: The subject's id.
        place: The place's id.
        verb: `get`, `list`, `write`, `delete`, `call`, or `other` for what no verb of the access language covers.
        reach: How far it reaches.
        actions: The IAM actions that were found allowed, in order of name.
        sources: The ids of the statements that allow them.
        doubts: The ids of what is not known, of access that may turn out to be allowed; none of what is allowed.
    """

    subject: str
    place: str
    verb: str
    reach: Reach
    actions: tuple[str, ...]
    sources: tuple[str, ...]
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Matrix:
    """Who can do what where.

    Attributes:
        title: What was looked at, for readers.
        subjects: From the least trusted to the most.
        places: In order of resource, then part.
        access: What is allowed. What is neither here nor in `possible` is refused, as far as the templates say.
        sources: The statements behind it.
        catalogue_date: The date of the catalogue of IAM actions.
        notes: What the matrix does not show or takes for granted.
        possible: What is refused as the policies stand, and may turn out to be allowed by what is not known of them.
        doubts: What is not known of them.
        gaps: What was not looked at and may open more, to anybody anywhere.
    """

    title: str
    subjects: tuple[Subject, ...]
    places: tuple[Place, ...]
    access: tuple[Access, ...]
    sources: tuple[Source, ...]
    catalogue_date: str
    notes: tuple[str, ...] = ()
    possible: tuple[Access, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    gaps: tuple[str, ...] = ()
    _cells: Mapping[tuple[str, str], tuple[Access, ...]] = field(init=False, repr=False, compare=False)
    _perhaps: Mapping[tuple[str, str], tuple[Access, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Sort the access by cell."""
        object.__setattr__(self, "_cells", _by_cell(self.access))
        object.__setattr__(self, "_perhaps", _by_cell(self.possible))

    def cell(self, subject: str, place: str) -> tuple[Access, ...]:
        """Return what a subject can do in a place, in the order of the verbs."""
        return self._cells.get((subject, place), ())

    def perhaps(self, subject: str, place: str) -> tuple[Access, ...]:
        """Return what a subject may turn out to be able to do in a place besides."""
        return self._perhaps.get((subject, place), ())


def _by_cell(entries: Iterable[Access]) -> dict[tuple[str, str], tuple[Access, ...]]:
    found: dict[tuple[str, str], list[Access]] = {}
    for entry in entries:
        found.setdefault((entry.subject, entry.place), []).append(entry)
    return {cell: tuple(inside) for cell, inside in found.items()}
