"""Who can do what where, as values: what a matrix holds before anybody renders it."""

from dataclasses import dataclass, field
from enum import StrEnum

__all__ = ["Access", "Matrix", "Place", "Reach", "Source", "Subject", "SubjectKind"]


class SubjectKind(StrEnum):
    """What makes somebody this subject."""

    INTERNET = "internet"
    """Anyone, without credentials of this app."""
    GUEST = "guest"
    AUTHENTICATED = "authenticated"
    GROUP = "group"
    RULE = "rule"
    """A role that a role-mapping rule picks."""
    FUNCTION = "function"
    """Trusted code: the execution role of a Lambda function."""


class Reach(StrEnum):
    """How far one verb reaches in one place."""

    OWN = "own"
    """Only what belongs to the caller."""
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
    kind: SubjectKind
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
class Access:
    """A cell's part: what one subject can do with one verb in one place.

    Attributes:
        subject: The subject's id.
        place: The place's id.
        verb: `get`, `list`, `write`, `delete`, `call`, or `other` for what no verb of the access language covers.
        reach: How far it reaches.
        actions: The IAM actions that were found allowed, in order of name.
        sources: The ids of the statements that allow them.
    """

    subject: str
    place: str
    verb: str
    reach: Reach
    actions: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Matrix:
    """Who can do what where.

    Attributes:
        title: What was looked at, for readers.
        subjects: From the least trusted to the most.
        places: In order of resource, then part.
        access: What is allowed; what is not listed is refused.
        sources: The statements behind it.
        catalogue_date: The date of the catalogue of IAM actions.
        notes: What the matrix does not show or takes for granted.
    """

    title: str
    subjects: tuple[Subject, ...]
    places: tuple[Place, ...]
    access: tuple[Access, ...]
    sources: tuple[Source, ...]
    catalogue_date: str
    notes: tuple[str, ...] = field(default=())

    def cell(self, subject: str, place: str) -> tuple[Access, ...]:
        """Return what a subject can do in a place, in the order of the verbs."""
        return tuple(entry for entry in self.access if (entry.subject, entry.place) == (subject, place))
