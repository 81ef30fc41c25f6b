"""The access matrix as values, before a report renders it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from constructs_lib.analysis.model.callers import CallerKind


class Reach(StrEnum):
    """The reach of a verb in a place."""

    OWN = "own"
    """Only what belongs to the caller."""
    SHARED = "shared"
    """What belongs to all callers with the same tenant, or with the same value of another tag that the place names."""
    ALL = "all"
    """Everything in the place. In a place with owners, what belongs to every owner."""
    SOME = "some"
    """A part of the place: the remainder after a narrower pattern or a Deny."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """A column: a caller.

    Attributes:
        id: Unique in the matrix, and the same in two templates of one app.
        name: The name in reports, such as `guest` or `group editors`.
        kind: The kind of caller.
        role: The construct path or logical ID of the role behind it; "" for the internet.
    """

    id: str
    name: str
    kind: CallerKind
    role: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A row: a part of a resource.

    Attributes:
        id: Unique in the matrix.
        resource: The resource's name for readers.
        type: The kind of resource: `bucket`, `table`, `api`, `function`, or a CloudFormation type.
        where: The part: a key pattern (`private/{owner}/*`), a partition key (`{owner}`), `GET /shares`, `everything`.
        owned: Whether the part, or a part of it, belongs to one caller or to the callers of one tenant.
        path: The construct path of the resource, or its logical ID; with its stack if two have the same.
    """

    id: str
    resource: str
    type: str
    where: str
    owned: bool
    path: str

    @property
    def shared_by(self) -> str:
        """The outermost placeholder of a part that several callers share: `tenant` of `tenants/{tenant}/*`."""
        found = (name for name in re.findall(r"\{(\w+)\}", self.where) if name != "owner")
        return next(found, "claim")


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """A statement of the template that grants something.

    Attributes:
        id: Unique in the matrix.
        place: The construct path or logical ID of the policy, and the statement's `Sid` if it has one.
        text: The statement as JSON, indented.
    """

    id: str
    place: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Doubt:
    """A fact that the templates do not determine and that access may depend on.

    Attributes:
        id: Unique in the matrix.
        text: The description of the unknown.
    """

    id: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Access:
    """An entry of a cell: the access, or possible access, of a subject with one verb in one place.

    Attributes:
        subject: The subject's id.
        place: The place's id.
        verb: A verb of the access language, `call`, or `other` for an action that no verb covers.
        reach: How far it reaches.
        actions: The IAM actions that are allowed, in the order in which they were found. Empty if a route or a
            function URL is open without IAM.
        sources: The ids of the statements that decide one request of each group of actions. Empty if `actions` is.
        doubts: The ids of the doubts, for an entry of `Matrix.possible`. Empty for an entry of `Matrix.access`.
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
    """The access of each subject to each place.

    Attributes:
        title: The title, for a heading.
        subjects: From the least trusted to the most trusted. A function that reaches nothing is omitted.
        places: In the order in which they were found: resource by resource, then the parts that only policies name.
        access: The allowed access, in the order of the verbs. The templates deny access that is neither here nor in
            `possible`.
        sources: The statements that `access` refers to.
        catalogue_date: The date of the catalogue of IAM actions.
        notes: Omissions and assumptions of the matrix.
        possible: Access that the policies as written deny, and that an unknown part of them may allow.
        doubts: The doubts that `possible` refers to.
        gaps: The parts that were not analyzed. They may allow more, to any caller, in any place.
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
        """Index the access by cell."""
        object.__setattr__(self, "_cells", _by_cell(self.access))
        object.__setattr__(self, "_perhaps", _by_cell(self.possible))

    def cell(self, subject: str, place: str) -> tuple[Access, ...]:
        """Return the access of a subject to a place, in the order of the verbs."""
        return self._cells.get((subject, place), ())

    def perhaps(self, subject: str, place: str) -> tuple[Access, ...]:
        """Return the possible access of a subject to a place in addition to `cell`."""
        return self._perhaps.get((subject, place), ())


def _by_cell(entries: Iterable[Access]) -> dict[tuple[str, str], tuple[Access, ...]]:
    found: dict[tuple[str, str], list[Access]] = {}
    for entry in entries:
        found.setdefault((entry.subject, entry.place), []).append(entry)
    return {cell: tuple(inside) for cell, inside in found.items()}
