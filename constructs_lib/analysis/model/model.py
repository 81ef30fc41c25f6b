"""What a set of templates says about who can reach what.

`building.build_model(templates)` returns one `Model` per choice of undecided conditions, most often one. A model holds

- `callers`: the roles that identity pools give, each with the kind of person who gets it,
- `roles`: every role, those of functions too, with identity policies and boundary,
- `buckets`, `tables`, `apis`: what can be reached, with their own policies,
- `functions` and `findings`: code that acts for others, and what is open to anyone.

ARNs and names are texts in which `⟦...⟧` stands for what the template does not say (see `intrinsics`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from constructs_lib.analysis.iam.policies import Policy

if TYPE_CHECKING:
    from collections.abc import Mapping


class CallerKind(StrEnum):
    """How a caller comes to a role."""

    GUEST = "guest"
    AUTHENTICATED = "authenticated"
    GROUP = "group"
    RULE = "rule"


@dataclass(frozen=True, kw_only=True, slots=True)
class IdentityPool:
    """An identity pool.

    Args:
        id: Its ID.
        guests: Whether callers who have not signed in get credentials.
        classic: Whether the classic flow is open, in which guests escape the session policy.
        tags: Principal tag -> the token's claim that fills it, over all providers.
        known: Whether its settings are in the templates; of another pool the tags may be anything.
        path: Where it stands, for people.
    """

    id: str
    guests: bool
    classic: bool
    tags: Mapping[str, str]
    path: str
    known: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Role:
    """An IAM role.

    Args:
        arn: Its ARN.
        name: Where it stands, for people.
        trust: Who may assume it.
        policies: Inline, attached and managed policies.
        boundary: Its permissions boundary, or None.
        tags: Its own tags, by name in lower case: principal tags of every session that has none of that name.
    """

    arn: str
    name: str
    trust: Policy
    policies: tuple[Policy, ...]
    boundary: Policy | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Caller:
    """A kind of person and the role they get.

    Args:
        kind: How they come to it.
        group: The group's name, for a group; what the rule says, for a rule; empty otherwise.
        pool: The identity pool that gives it.
        role: The role.
    """

    kind: CallerKind
    group: str
    pool: IdentityPool
    role: Role

    @property
    def signed_in(self) -> bool:
        """Whether it takes an account."""
        return self.kind is not CallerKind.GUEST

    def __str__(self) -> str:
        """Name it for a sentence."""
        if self.kind is CallerKind.GUEST:
            return "a guest"
        if self.kind is CallerKind.AUTHENTICATED:
            return "a signed-in user"
        if self.kind is CallerKind.GROUP:
            return f"a member of group {self.group!r}"
        return f"a user whose token says {self.group}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Bucket:
    """An S3 bucket.

    Args:
        arn: Its ARN.
        name: Where it stands, for people.
        policy: Its bucket policy; empty when it has none.
        blocks_public_policy: Whether a public policy is kept from having effect.
        public_acl: The canned ACL that opens it to strangers, unless public ACLs are ignored; empty for none.
        declared: Folders that its metadata calls owned, each with the owner's policy variable.
    """

    arn: str
    name: str
    policy: Policy
    blocks_public_policy: bool
    public_acl: str = ""
    declared: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """A DynamoDB table.

    Args:
        arn: Its ARN.
        name: Where it stands, for people.
        partition_key: The name of its partition key.
        indexes: The partition key of each index, by the index's name.
        policy: Its resource policy; empty when it has none.
        declared: Partition keys that its metadata calls owned, each with the owner's policy variable.
    """

    arn: str
    name: str
    partition_key: str
    indexes: Mapping[str, str]
    policy: Policy
    declared: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ApiRoute:
    """A route of an API.

    Args:
        method: The HTTP method, or `ANY`.
        path: The path, parameters in braces.
        auth: `iam`, `jwt`, `api key`, `custom` or `none`.
    """

    method: str
    path: str
    auth: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Api:
    """A REST or HTTP API.

    Args:
        arn: `arn:aws:execute-api:...:<id>`; a call's ARN adds `/stage/METHOD/path`.
        name: Where it stands, for people.
        routes: Its routes.
        policy: A REST API's resource policy; empty when it has none.
    """

    arn: str
    name: str
    routes: tuple[ApiRoute, ...]
    policy: Policy = field(default_factory=lambda: Policy(source=""))


@dataclass(frozen=True, kw_only=True, slots=True)
class Function:
    """A Lambda function: trusted code that acts with its own role.

    Args:
        arn: Its ARN.
        name: Where it stands, for people.
        role_arn: Its role's ARN.
        open_url: Whether it has a function URL that anyone may call.
        policy: Who may invoke it, from its permissions.
    """

    arn: str
    name: str
    role_arn: str
    open_url: bool
    policy: Policy


@dataclass(frozen=True, kw_only=True, slots=True)
class Model:
    """What the templates say under one choice of their undecided conditions.

    Args:
        callers: Kinds of people with the roles they get.
        roles: Every role, by ARN.
        buckets: Every bucket.
        tables: Every table.
        apis: Every API.
        functions: Every function.
        forgeable: Claims that a user can write: attributes that some client may change.
        notes: What was taken for granted or not understood, for people. Empty: nothing.
        assumed: The choice of conditions, by condition. Empty: there is nothing to choose.
        gaps: What is not known from the templates and may open access: no proof without it.
            Empty: nothing.
    """

    callers: tuple[Caller, ...]
    roles: Mapping[str, Role]
    buckets: tuple[Bucket, ...]
    tables: tuple[Table, ...]
    apis: tuple[Api, ...]
    functions: tuple[Function, ...]
    forgeable: frozenset[str]
    notes: tuple[str, ...] = ()
    assumed: Mapping[str, bool] = field(default_factory=dict)
    gaps: tuple[str, ...] = ()
    _by_arn: Mapping[str, Bucket | Table | Api] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Find what can be reached by its ARN."""
        by_arn = {each.arn: each for each in reversed((*self.holders, *self.apis))}
        object.__setattr__(self, "_by_arn", by_arn)

    def resource(self, arn: str) -> Bucket | Table | Api | None:
        """Return the bucket, table or API of an ARN; None where the templates have none."""
        return self._by_arn.get(arn)

    @property
    def holders(self) -> tuple[Bucket | Table, ...]:
        """What keeps data and may have a policy of its own: buckets and tables."""
        return (*self.buckets, *self.tables)
