"""IAM policy documents as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

CURRENT: Final = "2012-10-17"
"""The version in which `${...}` is a variable; in an older one it is plain text."""
PRINCIPAL_TAG: Final = "aws:principaltag/"
"""What the condition key of a principal tag begins with, in lower case."""

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


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """One operator on one key.

    Args:
        qualifier: `forallvalues`, `foranyvalue`, or empty.
        operator: In lower case, without qualifier and suffix: `stringlike`, `null`, ...
        if_exists: Whether an absent key satisfies it.
        key: The condition key, in lower case.
        values: What it is compared with: any of them, or none of them for a negated operator.
    """

    qualifier: str
    operator: str
    if_exists: bool
    key: str
    values: tuple[str, ...]

    @property
    def negated(self) -> bool:
        """Whether it asks for a difference."""
        return "not" in self.operator

    def __str__(self) -> str:
        """Return it as a policy says it."""
        prefix = f"{self.qualifier}:" if self.qualifier else ""
        suffix = "ifexists" if self.if_exists else ""
        return f"{prefix}{self.operator}{suffix} {self.key} {list(self.values)}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """One statement of a policy.

    Args:
        allow: Whether it allows; False denies.
        actions: Patterns, or empty when `not_actions` speaks.
        not_actions: Patterns of what it does not speak of.
        resources: Patterns, or empty when `not_resources` speaks or the policy has none (a trust policy).
        not_resources: Patterns of what it does not speak of.
        principals: Kind (`AWS`, `Service`, `Federated`, `*`) and value of each principal, in a resource policy.
        not_principals: Whether the principals are those it does not speak of.
        conditions: All of them must hold.
        variables: Whether `${...}` is a variable.
        doubt: What of it the template does not say; empty when all is said. See `Policy`.
        sid: Its ID.
        source: The resource whose policy it is part of, for people.
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

    def __str__(self) -> str:
        """Name it for a sentence."""
        name = f" {self.sid!r}" if self.sid else ""
        effect = "Allow" if self.allow else "Deny"
        what = ", ".join(self.actions) if self.actions else "all but " + ", ".join(self.not_actions)
        where = " on " + ", ".join(self.resources) if self.resources else ""
        if self.not_resources:
            where = " on all but " + ", ".join(self.not_resources)
        return f"{effect}{name} {what}{where} (in {self.source})"


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """A policy document.

    Where a template does not say all of a policy, it is read twice: as it stands, and as widely as it may turn out.
    A proof must hold for both; an attack counts where it works as the policy stands.

    Args:
        source: The resource it stands in, for people.
        statements: Its statements, in order. A Deny with a `doubt` may turn out not to apply.
        possible: What it may allow besides, each with its `doubt`.
        alone: Whether it decides by itself, where requests are not signed and no policy of the caller's has a say.
    """

    source: str
    statements: tuple[Statement, ...] = field(default_factory=tuple)
    possible: tuple[Statement, ...] = field(default_factory=tuple)
    alone: bool = False


def unknown_policy(source: str, why: str) -> Policy:
    """Return a policy of which nothing is known: it may allow everything."""
    return Policy(source=source, possible=(anything(source, why),))


def anything(source: str, why: str) -> Statement:
    """Return a statement that may allow everything to everyone."""
    return Statement(allow=True, actions=("*",), resources=("*",), principals=(("AWS", "*"),), doubt=why, source=source)
