"""The access language: subjects, verbs and rules. Pure values; no CDK, no IAM."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, Final, NoReturn

from constructs_lib.actions import READ, WORDS, Verb
from constructs_lib.argument_checks import checked
from constructs_lib.cdk_tokens import is_token
from constructs_lib.function_wrappers import HasFunction, function_of
from constructs_lib.resource_limits import check_limits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from aws_cdk import aws_iam as iam

TENANT: Final = "tenant"
"""The key of the claim that `Auth(tenant=...)` declares."""
OWNER: Final = "owner"
_KEY: Final = re.compile(r"[a-z][a-z0-9_]{0,31}")
_ON_ATTRIBUTES: Final = READ | {Verb.WRITE}
"""The verbs that IAM can limit to attributes of a row."""


class SubjectKind(StrEnum):
    """The kinds of callers a rule can name."""

    GUEST = "guest"
    AUTHENTICATED = "authenticated"
    OWNER = "owner"
    GUEST_OWNER = "guest owner"
    CLAIM = "claim"
    GROUP = "group"
    FUNCTION = "function"


OWNERS: Final = frozenset({SubjectKind.OWNER, SubjectKind.GUEST_OWNER})
"""The kinds of callers that access a place by their own ID."""
GUESTS: Final = frozenset({SubjectKind.GUEST, SubjectKind.GUEST_OWNER})
"""The kinds of callers that have not signed in, and have no claims."""


@checked
@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """The callers that a rule applies to. Created by `allow`, not directly.

    Args:
        kind: The kind of caller.
        name: The group's name, for a group; the claim's key, for callers who share a claim. Default: no name.
        function: The function that gets the permissions, for a function. Default: no function.
    """

    _written: ClassVar = "allow.guest, allow.authenticated, allow.owner, allow.tenant, allow.group('...')"

    kind: SubjectKind
    name: str | None = None
    function: iam.IGrantable | None = field(default=None, repr=False)

    def _notation(self) -> str:
        return f"allow.{self}"

    def _advice(self, hints: Sequence[object]) -> Iterator[str]:
        """Yield what to write where a rule is expected."""
        if Rule in hints:
            yield f"write {self._notation()}.to('read')"

    def to(self, *verbs: str, everyone: bool | str = False, attributes: Iterable[str] = ()) -> Rule:
        """Return a rule that grants this subject the given verbs.

        Args:
            verbs: Members of `constructs_lib.access.Verb`, such as "write", or "read" for get and list.
            everyone: Opens the folders or rows of other owners to this subject. Default: a rule that would open them is
                refused.

                - True on `private/{owner}/*`: each folder, including listing if the owner's ID is known.
                - True on `private/*`, around owners' folders: also the list of owners.
                - "tenant", or another claim that the place names: those of the caller's own tenant. The place up to
                  `{tenant}` stays the caller's.
            attributes: Top-level attributes of a row that the rule applies to. Default: the whole row.

        Raises:
            ValueError: For no verb or an unknown one, or attributes that IAM cannot limit the verbs to.
        """
        return Rule(subject=self, verbs=parse_verbs(verbs), everyone=everyone, attributes=frozenset(attributes))

    def __str__(self) -> str:
        """Return the subject in the language's notation, for messages."""
        if self.kind is SubjectKind.CLAIM and self.name == TENANT:
            return self.name
        return f'{self.kind}("{self.name}")' if self.name else self.kind.value.replace(" ", "_")


@checked
@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """A subject and its verbs at one place.

    Args:
        subject: The callers.
        verbs: The granted verbs.
        everyone: Whether it covers the folders or rows of every owner, or of those that share a claim with the caller,
            by the claim's key. Default: a rule that would cover them is refused.
        attributes: The attributes of a row it applies to. Default: the whole row.

    Raises:
        ValueError: When an owner's rule has `everyone`: an owner is one caller. When a tenant's rule has
            `everyone=True`: that would be every tenant. When a rule with attributes grants delete, or another action on
            the whole row, or names an attribute that IAM would read as a policy variable.
    """

    _written: ClassVar = "a rule such as allow.owner.to('read')"

    subject: Subject
    verbs: frozenset[Verb]
    everyone: bool | str = False
    attributes: frozenset[str] = frozenset()

    def __str__(self) -> str:
        """Return the rule in the language's notation, for messages."""
        words = [repr(verb.value) for verb in sorted(self.verbs)]
        options = [f"everyone={self.everyone!r}"] if self.everyone else []
        options += [f"attributes={sorted(self.attributes)!r}"] if self.attributes else []
        return f"allow.{self.subject}.to({', '.join([*words, *options])})"

    def _notation(self) -> str:
        return str(self)

    def _advice(self, hints: Sequence[object]) -> Iterator[str]:
        """Yield what to write where callers are expected."""
        if Subject in hints:
            yield f"write allow.{self.subject}, without verbs"

    def __post_init__(self) -> None:
        """Refuse contradictory rules."""
        if self.everyone == "":
            raise ValueError(
                "everyone='' is not the name of a claim; write everyone=True or everyone='tenant', or omit it"
            )
        if self.everyone is True and self.subject.kind is SubjectKind.CLAIM:
            raise ValueError(
                f"allow.{self.subject} with everyone=True contradicts itself, because it applies to callers with the "
                f"same {self.subject.name}; write allow.authenticated.to(..., everyone=True) to open the data of "
                f"every {self.subject.name}"
            )
        if self.everyone and self.subject.kind in OWNERS:
            raise ValueError(
                f"allow.{self.subject.kind.name.lower()} with everyone=True contradicts itself, because an owner can "
                "access their own data only; write allow.authenticated.to(..., everyone=True) to open the data of "
                "every owner"
            )
        if self.attributes and (whole := sorted(self.verbs - _ON_ATTRIBUTES)):
            raise ValueError(
                f"a rule with attributes={', '.join(sorted(self.attributes))} cannot allow {self.subject} to "
                f"{whole[0]}, which applies to the whole row; remove {str(whole[0])!r}, or remove attributes="
            )
        if bad := sorted(name for name in self.attributes if not name or "${" in name):
            raise ValueError(
                f"attribute {bad[0]!r} cannot be compared by an IAM policy; write the attribute's name, without '${{'"
            )


def kept_by(placeholders: Sequence[str], rule: Rule) -> int:
    """Return the number of leading placeholders of a place that stay the caller's own under a rule.

    `everyone="tenant"` opens the part after `{tenant}`, so that IAM's `*` comes last.
    """
    if rule.everyone is True:
        return 0
    return placeholders.index(rule.everyone) + 1 if rule.everyone else len(placeholders)


def everyone_options(claims: Sequence[str]) -> str:
    """Return what a rule for others can say at a place with these claims, for messages."""
    return " or ".join([*(f"everyone={name!r}" for name in claims), "everyone=True"])


def caller_of(subjects: frozenset[Subject]) -> str:
    """Return the name of a role's callers in templates: their narrowest subject."""
    for kind in (SubjectKind.GROUP, SubjectKind.AUTHENTICATED, SubjectKind.GUEST):
        for subject in subjects:
            if subject.kind is kind:
                return f"{kind}:{subject.name}" if subject.name is not None else str(kind)
    raise ValueError(
        f"{subjects!r} cannot be callers that assume a role; name a caller such as allow.authenticated, allow.guest "
        "or allow.group('editors')"
    )


def check_key(key: str) -> None:
    """Refuse a claim's key that cannot be a placeholder and the key of a principal tag.

    Raises:
        ValueError: For other characters than lower-case letters, digits and `_` (IAM does not tell `Tenant` from
            `tenant`), or a reserved word.
    """
    if not _KEY.fullmatch(key) or key in {OWNER, "sub"}:
        raise ValueError(
            f"claim {key!r} is not a valid name; use up to 32 lower-case letters, digits and _, other than 'owner' "
            "and 'sub', such as 'department'"
        )


def parse_verbs(words: tuple[str, ...]) -> frozenset[Verb]:
    """Turn words into verbs; "read" is get and list.

    Raises:
        ValueError: For no word or an unknown one.
    """
    if not words:
        raise ValueError(f"verbs=() has no verb; add at least one of {WORDS}")
    verbs: set[Verb] = set()
    for word in words:
        if word == "read":
            verbs |= READ
        elif word in {verb.value for verb in Verb}:
            verbs.add(Verb(word))
        else:
            raise ValueError(f"{word!r} is not a verb; use {WORDS}")
    return frozenset(verbs)


@checked
class Allow:
    """The start of every rule: `allow.guest`, `allow.owner`, `allow.group("editors")`, ..."""

    guest: Final = Subject(kind=SubjectKind.GUEST)
    """Anyone who has not signed in. Needs `Auth(guests=True)`."""

    authenticated: Final = Subject(kind=SubjectKind.AUTHENTICATED)
    """Every signed-in user, members of groups included."""

    owner: Final = Subject(kind=SubjectKind.OWNER)
    """The signed-in user who owns the folder or row."""

    guest_owner: Final = Subject(kind=SubjectKind.GUEST_OWNER)
    """The guest who owns the folder or row, identified by the identity ID.

    A guest's identity ID works like a password, and may change when the guest signs in (AWS: "Using identity
    pools, external identities"): data kept under it can be orphaned.
    """

    tenant: Final = Subject(kind=SubjectKind.CLAIM, name=TENANT)
    """Every signed-in user of the tenant that owns the folder or row. Needs `Auth(tenant=...)` and `{tenant}` there."""

    if not TYPE_CHECKING:  # a type checker would accept any name

        def __getattr__(self, name: str) -> NoReturn:
            """Refuse an unknown name with those that exist."""
            if name == "anyone":
                raise AttributeError("allow has no anyone; import anyone from constructs_lib.access, for routes")
            known = ", ".join(each for each in vars(Allow) if not each.startswith("_"))
            raise AttributeError(f"allow has no {name}; use one of {known}")

    @staticmethod
    def claim(key: str) -> Subject:
        """Return the signed-in users who share a claim with the place, which must have `{KEY}` in it.

        Args:
            key: The claim's key in `Auth(claims={...})`; `claim("tenant")` is `allow.tenant`.

        Raises:
            ValueError: For a key that no placeholder can have.
        """
        check_key(key)
        return Subject(kind=SubjectKind.CLAIM, name=key)

    @staticmethod
    def group(name: str) -> Subject:
        """Return the members of a user-pool group.

        Raises:
            ValueError: For a name Cognito refuses, or a token that is resolved at deployment.
        """
        if is_token(name):
            raise ValueError(
                f"group name {name!r} is a token, and construct IDs are made from the name; write the literal name"
            )
        check_limits(
            "group name",
            name,
            "AWS::Cognito::UserPoolGroup",
            "GroupName",
            write="use 1 to 128 letters, digits, symbols or punctuation marks, and no white space",
        )
        return Subject(kind=SubjectKind.GROUP, name=name)

    @staticmethod
    def function(function: iam.IGrantable | HasFunction) -> Subject:
        """Return a Lambda function, which is trusted code: it acts on behalf of its callers.

        Args:
            function: A `PythonFunction`, or any L2 function or other grantable.
        """
        return Subject(kind=SubjectKind.FUNCTION, function=function_of(function))


def _forgotten(written: str, *_: object, **__: object) -> NoReturn:
    raise ValueError(f"allow.{written.partition('(')[0]} has no verbs; write allow.{written}.to(...)")


for _written in ("claim('department')", "group('editors')", "function(my_function)"):
    getattr(Allow, _written.partition("(")[0]).to = functools.partial(_forgotten, _written)

allow: Final = Allow()
"""The start of every rule."""
