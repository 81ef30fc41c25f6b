"""IAM policy documents as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

CURRENT: Final = "2012-10-17"
"""The version in which `${...}` is a variable; in an older one it is plain text."""
PRINCIPAL_TAG: Final = "aws:principaltag/"
"""The prefix of the condition key of a principal tag, in lower case."""

OPERATORS: Final = frozenset(
    {
        "stringequals", "stringnotequals", "stringequalsignorecase", "stringnotequalsignorecase", "stringlike",
        "stringnotlike", "arnequals", "arnlike", "arnnotequals", "arnnotlike", "numericequals", "numericnotequals",
        "numericlessthan", "numericlessthanequals", "numericgreaterthan", "numericgreaterthanequals", "dateequals",
        "datenotequals", "datelessthan", "datelessthanequals", "dategreaterthan", "dategreaterthanequals", "bool",
        "binaryequals", "ipaddress", "notipaddress", "null",
    }
)  # fmt: skip
"""Every condition operator, in lower case and without set qualifier and `IfExists`."""


_MANY: Final = 8
"""The most actions or resources that a sentence names."""
_SHOWN: Final = 3
"""The number that it names of more."""

Written: TypeAlias = tuple[str, str, str]
"""The service, region and account of an ARN as a template writes them: pseudo parameters, literals or patterns."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """A condition: one operator on one key.

    Args:
        qualifier: `forallvalues`, `foranyvalue`, or empty.
        operator: In lower case, without qualifier and suffix: `stringlike`, `null`, ...
        if_exists: Whether an absent key satisfies it.
        key: The condition key, in lower case.
        values: The values to compare with: any must match, or none for a negated operator.
    """

    qualifier: str
    operator: str
    if_exists: bool
    key: str
    values: tuple[str, ...]

    @property
    def negated(self) -> bool:
        """Whether its operator is negated."""
        return "not" in self.operator

    def __str__(self) -> str:
        """Return it in policy notation."""
        prefix = f"{self.qualifier}:" if self.qualifier else ""
        suffix = "ifexists" if self.if_exists else ""
        return f"{prefix}{self.operator}{suffix} {self.key} {list(self.values)}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """One statement of a policy.

    Args:
        allow: Whether it allows; False denies.
        actions: Patterns; empty if `not_actions` applies.
        not_actions: Patterns of the actions it excludes.
        resources: Patterns; empty if `not_resources` applies or the policy has none (a trust policy).
        not_resources: Patterns of the resources it excludes.
        principals: Kind (`AWS`, `Service`, `Federated`, `*`) and value of each principal, in a resource policy.
        not_principals: Whether the principals are those it excludes.
        conditions: All of them must match.
        variables: Whether `${...}` is a variable.
        doubt: The part of it that the template does not determine; empty if there is none. See `Policy`.
        sid: Its ID.
        source: The resource whose policy it is part of, for reports.
        written: The services, regions and accounts of its resources, or of those that it excludes, as written; empty
            if they are not known.
    """

    allow: bool
    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    not_resources: tuple[str, ...] = ()
    principals: tuple[tuple[str, str], ...] = ()
    not_principals: bool = False
    conditions: tuple[Condition, ...] = ()
    variables: bool = True
    doubt: str = ""
    sid: str = ""
    source: str = ""
    written: frozenset[Written] = frozenset()

    def __str__(self) -> str:
        """Return its name in a sentence, with the first of many actions and resources."""
        return self._told(_few)

    @property
    def whole(self) -> str:
        """The statement with all of its actions and resources."""
        return self._told(", ".join)

    def _told(self, joined: Callable[[Sequence[str]], str]) -> str:
        name = f" {self.sid!r}" if self.sid else ""
        effect = "Allow" if self.allow else "Deny"
        what = joined(self.actions) if self.actions else "all but " + joined(self.not_actions)
        where = " on " + joined(self.resources) if self.resources else ""
        if self.not_resources:
            where = " on all but " + joined(self.not_resources)
        return f"{effect}{name} {what}{where} (in {self.source})"


def _few(names: Sequence[str]) -> str:
    """Return names in a sentence; the first of many, which alone would fill a page."""
    more = len(names) - _SHOWN
    return ", ".join(names) if len(names) <= _MANY else f"{', '.join(names[:_SHOWN])} and {more} more"


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """A policy document.

    If a template determines a policy only in part, it has two readings: as written, and the widest possible one. A
    proof must hold for both; an attack counts if it works on the policy as written.

    Args:
        source: The resource that contains it, for reports.
        statements: Its statements, in order. A Deny with a `doubt` may not apply.
        possible: Statements that it may also allow, each with its `doubt`.
        alone: Whether it decides alone, because requests are not signed and no policy of the caller applies.
    """

    source: str
    statements: tuple[Statement, ...] = field(default_factory=tuple)
    possible: tuple[Statement, ...] = field(default_factory=tuple)
    alone: bool = False

    @property
    def everything(self) -> tuple[Statement, ...]:
        """Its statements, and those that it may also allow."""
        return (*self.statements, *self.possible)


def joined(source: str, policies: Iterable[Policy]) -> Policy:
    """Return one policy with the statements of several."""
    every = tuple(policies)
    return Policy(
        source=source,
        statements=tuple(each for policy in every for each in policy.statements),
        possible=tuple(each for policy in every for each in policy.possible),
    )


def unknown_policy(source: str, why: str) -> Policy:
    """Return a policy with unknown content: it may allow everything."""
    return Policy(source=source, possible=(anything(source, why),))


def anything(source: str, why: str) -> Statement:
    """Return a statement that may allow everything to everyone."""
    return Statement(allow=True, actions=("*",), resources=("*",), principals=(("*", "*"),), doubt=why, source=source)
