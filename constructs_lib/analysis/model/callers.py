"""Callers: anyone on the internet, users of identity pools, and functions, with the policies for their requests."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Protocol

from constructs_lib.analysis.iam.evaluator import evaluate
from constructs_lib.analysis.iam.guest_session import GUEST_SESSION
from constructs_lib.analysis.iam.policies import Policy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.analysis.iam.requests import Request, Verdict
    from constructs_lib.analysis.model.value_formats import Form

NO_POLICY: Final = Policy(source="")


SIGNED_IN: Final = "authenticated"
NOT_SIGNED_IN: Final = "unauthenticated"
A_PROVIDER: Final = "⟦a provider⟧"
"""The identity provider of a signed-in user in their `amr`, which no template determines."""
_WITHOUT: Final = " without "


def of_kind(name: str) -> str:
    """Return the name of a caller's kind, which is the caller's name unless they lack a tag."""
    return name.partition(_WITHOUT)[0]


class CallerKind(StrEnum):
    """The kinds of caller, from the least trusted to the most."""

    INTERNET = "internet"
    """Anyone, without credentials of this app."""
    GUEST = "guest"
    AUTHENTICATED = "authenticated"
    GROUP = "group"
    RULE = "rule"
    """Users with a role that a role-mapping rule selects."""
    FUNCTION = "function"
    """Trusted code: the execution role of a Lambda function."""
    PRINCIPAL = "principal"
    """A principal whose credentials somebody else may have, such as an IAM user."""


@dataclass(frozen=True, kw_only=True, slots=True)
class IdentityPool:
    """An identity pool.

    Args:
        id: Its ID.
        guests: Whether callers who have not signed in get credentials.
        classic: Whether the classic flow is enabled, in which guests escape the session policy.
        tags: Principal tag -> the token's claims that it is set from, over all providers, for reports.
        known: Whether its settings are in the templates; the tags of another pool may be anything.
        path: Its path in reports.
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
        id: Its ID, with which `aws:userid` starts.
        name: Its path in reports.
        trust: Its trust policy.
        policies: Inline, attached and managed policies.
        boundary: Its permissions boundary, or None.
        tags: Its own tags, by name in lower case: principal tags of every session without a session tag of that name.
        tags_doubt: Why it may have more tags; empty if the template determines the names of all.
    """

    arn: str
    id: str
    name: str
    trust: Policy
    policies: tuple[Policy, ...]
    boundary: Policy | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    tags_doubt: str = ""


NO_POOL: Final = IdentityPool(id="", guests=False, classic=False, tags={}, path="")
NO_ROLE: Final = Role(arn="", id="", name="", trust=NO_POLICY, policies=())
"""The role of a caller without credentials: no ARN and no policies."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tag:
    """A principal tag of a session.

    Args:
        claim: The token's claim that it is set from.
        form: The format of its values.
        forged: Why a caller can have the tag of another caller; empty if no caller can.
        writable: Whether the caller can give it any value. By default, no caller can.
        value: Its only value; empty if it has several.
        optional: Whether a token may lack the claim, so that the session has no such tag.
    """

    claim: str
    form: Form
    forged: str = ""
    writable: bool = False
    value: str = ""
    optional: bool = False


class _HasPolicy(Protocol):
    """The part of `Holder` that a caller needs: a resource policy."""

    @property
    def refuses_anonymous_callers(self) -> bool: ...
    def policy_for(self, caller: Caller) -> Policy: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Caller:
    """A caller whose requests are evaluated, with all policies that apply to them.

    Args:
        kind: The kind of caller.
        group: The name of the group or function; the text of the rule, for a rule. Default: no name.
        pool: The identity pool that gives them the role. Default: none.
        role: Their role. Default: one without ARN and policies, for a caller without credentials.
        tags: The principal tags of their sessions, by name in lower case. Default: no tags.
        provider: Their identity provider, if providers give different tags. Default: it makes no difference.
        number: Counts callers of one kind and name, from several pools. Default: the first.
        claimed: The claim by which a rule selects them, if users can write it. Default: none.
        lacks: The principal tags that others of their kind have and they do not. Default: none.
        role_of: The groups whose role a rule gives them, so that resources shared with these groups are shared with
            them. Default: no groups. Also empty if users can write the claim of the rule.
    """

    kind: CallerKind
    group: str = ""
    pool: IdentityPool = NO_POOL
    role: Role = NO_ROLE
    tags: Mapping[str, Tag] = field(default_factory=dict)
    provider: str = ""
    number: int = 1
    claimed: str = ""
    lacks: tuple[str, ...] = ()
    role_of: tuple[str, ...] = ()

    @property
    def of_pool(self) -> bool:
        """Whether an identity pool gives them their role."""
        return self.kind not in {CallerKind.INTERNET, CallerKind.FUNCTION, CallerKind.PRINCIPAL}

    @property
    def signed_in(self) -> bool:
        """Whether it is a person with an account."""
        return self.kind in {CallerKind.AUTHENTICATED, CallerKind.GROUP, CallerKind.RULE}

    @property
    def amr(self) -> tuple[str, ...]:
        """The `amr` of their sessions ("Role trust and permissions", Amazon Cognito developer guide)."""
        return (SIGNED_IN, A_PROVIDER) if self.signed_in else (NOT_SIGNED_IN,)

    @property
    def id(self) -> str:
        """A name that is stable across versions of an app: `authenticated`, `group:admins without tenant`."""
        lacking = f"{_WITHOUT}{' and '.join(self.lacks)}" if self.lacks else ""
        return self.kind_id + self._count("#") + lacking

    @property
    def kind_id(self) -> str:
        """The name of all callers of their kind, with or without tags."""
        return ":".join(filter(None, (self.kind, self.group)))

    @property
    def name(self) -> str:
        """The caller's name as a column heading."""
        words = {CallerKind.INTERNET: "anyone", CallerKind.AUTHENTICATED: "signed-in user", CallerKind.FUNCTION: ""}
        named = " ".join(filter(None, (words.get(self.kind, self.kind), self.group)))
        return named + self._count(" #") + self._lacking()

    def _lacking(self) -> str:
        return f"{_WITHOUT}a {' and a '.join(self.lacks)}" if self.lacks else ""

    def _count(self, sign: str) -> str:
        return "" if self.number == 1 else f"{sign}{self.number}"

    def __str__(self) -> str:
        """Return its name in a sentence."""
        words = {
            CallerKind.INTERNET: "anyone on the internet",
            CallerKind.GUEST: "a guest",
            CallerKind.AUTHENTICATED: "a signed-in user",
            CallerKind.GROUP: f"a member of group {self.group!r}",
            CallerKind.RULE: f"a user whose token says {self.group}",
            CallerKind.FUNCTION: f"the function {self.group}",
            CallerKind.PRINCIPAL: self.group,
        }
        return words[self.kind] + (f" who signs in with {self.provider}" if self.provider else "") + self._lacking()

    @property
    def words(self) -> str:
        """The caller's name at the start of a sentence."""
        sentence = str(self)
        return sentence[0].upper() + sentence[1:]

    @property
    def principal(self) -> str:
        """Their role's ARN; empty without credentials."""
        return self.role.arn

    @property
    def identity(self) -> tuple[Policy, ...]:
        """Their identity policies."""
        return self.role.policies

    @property
    def limits(self) -> tuple[Policy, ...]:
        """The policies that must allow too: the permissions boundary, and Cognito's session policy for guests."""
        limits = () if self.role.boundary is None else (self.role.boundary,)
        narrowed = self.kind is CallerKind.GUEST and not self.pool.classic
        return (*limits, GUEST_SESSION) if narrowed else limits

    def policy_of(self, holder: _HasPolicy | None) -> Policy:
        """Return the part of a resource's policy that can apply to them; an empty policy for no resource."""
        if holder is None or (not self.principal and holder.refuses_anonymous_callers):
            return NO_POLICY
        return holder.policy_for(self)

    def verdict(self, request: Request, holder: _HasPolicy | None) -> Verdict:
        """Decide a concrete request with the evaluator, which shares no code with the engines' matching."""
        return evaluate(
            replace(request, principal=self.principal),
            identity=self.identity,
            resource=self.policy_of(holder),
            limits=self.limits,
        )


ANYONE: Final = Caller(kind=CallerKind.INTERNET)
