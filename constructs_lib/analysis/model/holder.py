"""The base class of every kind in `model/kinds`: a resource that can hold owned data.

A kind is one file there with one class. It says how templates declare it, which parts of it policies name, which
requests its actions make, and its words; whatever asks about resources asks these methods and knows no kind.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING, ClassVar

from constructs_lib.analysis.iam.arns import readable
from constructs_lib.analysis.iam.policies import Policy

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from typing import Self

    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.model.callers import Caller
    from constructs_lib.analysis.model.places import Place
    from constructs_lib.analysis.model.resources import Opened, Resources


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """The requests of one action that can touch a part of a resource.

    Args:
        resource: The request's resource, or None for any that lies in the part.
        listing: Whether the request lists keys below a prefix: it touches a part if what it shows may lie there.
        above: Whether a request about what the part is below shows the part too.
        keys: How many keys a request names; 0 when the resource decides. It touches a part by one.
        key: The condition key that holds these keys.
        keys_may_lack: Whether a request may name no key; then it touches everything.
        calls: The calls that an API's routes serve by IAM, as ARNs: `{}` is one part of a path, `{+}` whatever is left
            of it. Empty: any.
        way: How the requests come, where that is worth a row of its own: `URL`. Empty: there is one way.
        context: What the context of such a request always holds, by condition key in lower case. Empty: nothing more.
    """

    resource: str | None
    listing: bool = False
    above: bool = False
    keys: int = 0
    key: str = "dynamodb:leadingkeys"
    keys_may_lack: bool = False
    calls: tuple[str, ...] = ()
    way: str = ""
    context: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Door:
    """A way in that IAM does not govern, or a route that it does.

    Args:
        where: The route, `URL`, `invoke`, or an ACL.
        auth: What it asks of a caller: `none`, `api key`, `jwt`, `custom`, `iam` or `unknown`.
    """

    where: str
    auth: str


class Unsigned(Enum):
    """What decides about requests that carry no credentials."""

    UNKNOWN = auto()
    """No template says: the proof is undecided."""
    REFUSED = auto()
    """The service refuses them all."""
    POLICY = auto()
    """The resource's policy and its doors."""
    POLICY_IF_ANY = auto()
    """The resource's policy; the service refuses them where it has none."""
    ROUTES = auto()
    """The authorizer of each route."""
    HANDLER = auto()
    """The handler, which some doors lead to without a signature."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Holder(ABC):
    """One resource.

    Args:
        arn: Its ARN.
        name: Where it stands, for people.
        policy: Its own policy; empty when it has none.
        declared: Parts that its metadata calls owned, each with the owner's policy variable. Empty: none.
        opened: Who may do what in such a part on purpose, as its metadata says. Empty: nobody.
    """

    kind: ClassVar[str]
    """The kind's name: `bucket`."""
    noun: ClassVar[str] = ""
    """The kind in a sentence; its name unless it says another."""
    service: ClassVar[str]
    """The prefix of the actions on it."""
    verbs: ClassVar[Mapping[str, str]] = {}
    """The verb each action belongs to; every other is `other`."""
    main: ClassVar[Mapping[str, str]] = {}
    """The action that a verb stands for first, by verb."""
    same: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """Actions that show or change the same as a verb's own, by verb: what must not be possible includes them."""
    ways: ClassVar[Mapping[str, str]] = {}
    """Words behind its name for each way on which requests come to it, where there are several."""
    needed: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """The actions that a call on such a way needs all of, the first of which keeps out who lacks it."""
    rank: ClassVar[int] = 9
    """Where reports name the kind: before those of a higher rank."""
    keyed: ClassVar[bool] = False
    """Whether a part is a whole key and not the beginning of one."""
    unsigned: ClassVar[Unsigned] = Unsigned.UNKNOWN
    """What decides about requests without credentials."""
    has_owners: ClassVar[bool] = True
    """Whether it holds what can be somebody's: who only reaches one of another kind has reached nobody's data."""
    strangers_by_policy: ClassVar[bool] = False
    """Whether its policy can let in everyone in the world, with nothing in a template that would keep them out."""

    arn: str
    name: str
    policy: Policy = field(default_factory=lambda: Policy(source=""))
    declared: tuple[str, ...] = ()
    opened: frozenset[Opened] = frozenset()

    @classmethod
    @abstractmethod
    def declared_in(cls, resources: Resources) -> Iterator[Self]:
        """Yield those that the templates declare."""

    @classmethod
    def outside(cls, statements: Collection[Statement], known: Collection[str], resources: Resources) -> Iterator[Self]:
        """Yield those that policies name and no template declares; a kind that cannot tell has none.

        Args:
            statements: What people's policies say.
            known: The ARNs of what the templates declare.
            resources: Where to note what is not seen of them.
        """
        del statements, known, resources
        return iter(())

    def policy_for(self, caller: Caller) -> Policy:
        """Return its own policy as far as it speaks of a caller.

        Args:
            caller: The caller.
        """
        del caller
        return self.policy

    @property
    def keeps_strangers_out(self) -> bool:
        """Whether its policy lets in nobody without credentials of this account, whatever it says."""
        return False

    @property
    def before(self) -> str:
        """What stands before the text of a part in the ARN of a request."""
        return f"{self.arn}/"

    @property
    def services(self) -> tuple[str, ...]:
        """The prefixes of all actions on it."""
        return (self.service,)

    @abstractmethod
    def parts(self, statement: Statement, named: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Yield the parts that a statement names, each as a text inside the resource and the attribute it is of.

        Args:
            statement: The statement.
            named: Those of its resources that count: what it speaks of, or what it leaves out.
        """

    def listed(self, statement: Statement) -> Iterator[str]:
        """Yield the parts whose listing a statement speaks of."""
        del statement
        return iter(())

    @property
    def attribute(self) -> str:
        """Which key of its rows names a part, where there are several; empty where there is one way."""
        return ""

    @abstractmethod
    def shapes(self, action: str, keys: int, place: Place) -> Iterator[Shape]:
        """Yield the requests of an action that can touch a part.

        Args:
            action: An action of the kind's service.
            keys: How many keys of one request the policies can tell apart.
            place: The part.
        """

    def described_as(self) -> Iterator[tuple[str, str]]:
        """Yield what actions that only describe it are about: a part of its ARN and the type of resource."""
        return iter(())

    def doors(self) -> Iterator[Door]:
        """Yield its ways in that are no rights of IAM, and its routes."""
        return iter(())

    def open_to_anyone(self) -> Iterator[str]:
        """Yield in words what anyone may call or read."""
        for door in self.doors():
            if door.auth == "none":
                yield f"{self.name} {door.where}"

    def shown(self, places: list[Place]) -> list[Place]:
        """Return the parts that policies name as readers know them: an API says its routes."""
        return places

    def part_in_words(self, place: Place, name: str) -> str:
        """Return a part for a sentence.

        Args:
            place: The part.
            name: The resource's name.
        """
        return f"{place.whose_in_words}{name} {readable(place.part)}{place.within_in_words}"
