"""The base class of every kind in `model/kinds`: a resource that can contain owned data.

A kind is one file there with one class. It defines how templates declare it, which parts of it policies name, which
requests its actions make, and its names in reports; all other code uses these methods and depends on no single kind.
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
        listing: Whether the request lists keys below a prefix: it touches a part if the listed keys may be in it.
        above: Whether a request for a parent of the part shows the part too.
        keys: The number of keys a request names; 0 if the resource decides. One key is enough to touch a part.
        key: The condition key with these keys.
        keys_may_lack: Whether a request may name no key; then it touches everything.
        calls: The calls of an API's routes with IAM authorization, as ARNs: `{}` is one path segment, `{+}` the rest of
            the path. Empty: any call.
        entry_point: The entry point of the requests, if reports show it in a separate row: `URL`. Empty: there is one.
        context: Values that the request context always has, by condition key in lower case. Empty: none.
    """

    resource: str | None
    listing: bool = False
    above: bool = False
    keys: int = 0
    key: str = "dynamodb:leadingkeys"
    keys_may_lack: bool = False
    calls: tuple[str, ...] = ()
    entry_point: str = ""
    context: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Endpoint:
    """An entry point without IAM authorization, or a route with it.

    Args:
        where: The route, `URL`, `invoke`, or an ACL.
        auth: The authorization it requires: `none`, `api key`, `jwt`, `custom`, `iam` or `unknown`.
    """

    where: str
    auth: str


class Unsigned(Enum):
    """The mechanism that decides on requests without credentials."""

    UNKNOWN = auto()
    """Not determined by a template: the proof is undecided."""
    REFUSED = auto()
    """The service denies them all."""
    POLICY = auto()
    """The resource's policy and its endpoints."""
    POLICY_IF_ANY = auto()
    """The resource's policy; without a policy, the service denies them."""
    ROUTES = auto()
    """The authorizer of each route."""
    HANDLER = auto()
    """The handler: some endpoints accept requests without a signature."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Holder(ABC):
    """One resource.

    Args:
        arn: Its ARN.
        name: Its path in reports.
        policy: Its resource policy; empty if it has none.
        declared: Parts that its metadata declares as owned, each with the owner's policy variable. Empty: none.
        opened: The declared sharing of such parts, from its metadata. Empty: none.
    """

    kind: ClassVar[str]
    """The kind's name: `bucket`."""
    noun: ClassVar[str] = ""
    """The kind in a sentence; by default its name."""
    service: ClassVar[str]
    """The prefix of the actions on it."""
    verbs: ClassVar[Mapping[str, str]] = {}
    """The verb of each action; the verb of every other action is `other`."""
    main: ClassVar[Mapping[str, str]] = {}
    """The main action of each verb."""
    same: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """Actions with the same effect as a verb's main action, by verb: a denial of the verb must cover them."""
    entry_points: ClassVar[Mapping[str, str]] = {}
    """The text after its name for each entry point of requests, if there are several."""
    needed: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """The actions that a call at such an entry point requires together; a caller without the first cannot call."""
    rank: ClassVar[int] = 9
    """The order of the kind in reports: lower ranks come first."""
    keyed: ClassVar[bool] = False
    """Whether a part is a whole key and not a key prefix."""
    unsigned: ClassVar[Unsigned] = Unsigned.UNKNOWN
    """The mechanism that decides on requests without credentials."""
    has_owners: ClassVar[bool] = True
    """Whether it can contain owned data: access to a resource of another kind is not access to owned data."""
    anonymous_by_policy: ClassVar[bool] = False
    """Whether its policy can allow everyone, without a setting in the template that could prevent it."""

    arn: str
    name: str
    policy: Policy = field(default_factory=lambda: Policy(source=""))
    declared: tuple[str, ...] = ()
    opened: frozenset[Opened] = frozenset()

    @classmethod
    @abstractmethod
    def declared_in(cls, resources: Resources) -> Iterator[Self]:
        """Yield the resources of this kind that the templates declare."""

    @classmethod
    def outside(cls, statements: Collection[Statement], known: Collection[str], resources: Resources) -> Iterator[Self]:
        """Yield the resources that policies name and no template declares; none for a kind that cannot identify them.

        `resources` receives notes on the parts that are not visible.
        """
        del statements, known, resources
        return iter(())

    def policy_for(self, caller: Caller) -> Policy:
        """Return the part of its resource policy that applies to a caller."""
        del caller
        return self.policy

    @property
    def refuses_anonymous_callers(self) -> bool:
        """Whether its policy cannot allow principals without credentials of this account, whatever its statements."""
        return False

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions of its replicas, each with an ARN of its own; empty for one region, a star for an unknown one."""
        return ()

    @property
    def before(self) -> str:
        """The ARN prefix before the text of a part in a request's resource."""
        return f"{self.arn}/"

    @property
    def services(self) -> tuple[str, ...]:
        """The prefixes of all actions on it."""
        return (self.service,)

    @abstractmethod
    def parts(self, statement: Statement, named: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Yield the parts that a statement names, each as a text inside the resource and its attribute.

        `named` are the relevant ones of its resources: those it covers, or those it excludes.
        """

    def implied(self, text: str) -> Iterator[str]:
        """Yield the further parts that belong to the owner of a part; none by default."""
        del text
        return iter(())

    def listed(self, statement: Statement) -> Iterator[str]:
        """Yield the parts whose listing a statement covers."""
        del statement
        return iter(())

    @property
    def attribute(self) -> str:
        """Return the key of its rows that names a part, if there are several; empty if there is one."""
        return ""

    @abstractmethod
    def shapes(self, action: str, keys: int, place: Place) -> Iterator[Shape]:
        """Yield the requests of an action that can touch a part.

        `keys` is the number of keys of one request that the policies can distinguish.
        """

    def described_as(self) -> Iterator[tuple[str, str]]:
        """Yield the subjects of actions that only describe it: a part of its ARN and the resource type."""
        return iter(())

    def endpoints(self) -> Iterator[Endpoint]:
        """Yield its entry points without IAM authorization, and its routes."""
        return iter(())

    def open_to_anyone(self) -> Iterator[str]:
        """Yield descriptions of the entry points that anyone may call or read."""
        for endpoint in self.endpoints():
            if endpoint.auth == "none":
                yield f"{self.name} {endpoint.where}"

    def shown(self, places: list[Place]) -> list[Place]:
        """Return the parts that policies name in the form of reports: for an API, its routes."""
        return places

    def describe_part(self, place: Place, name: str) -> str:
        """Return the description of a part in a sentence."""
        return f"{place.whose_in_words}{name} {readable(place.part)}{place.within_in_words}"
