"""IAM policy documents as values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

CURRENT: Final = "2012-10-17"
"""The version in which `${...}` is a variable; in an older one it is plain text."""

_OPERATOR: Final = re.compile(r"(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$", re.IGNORECASE)


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
    sid: str = ""
    source: str = ""

    def __str__(self) -> str:
        """Name it for a sentence."""
        name = f" {self.sid!r}" if self.sid else ""
        effect = "Allow" if self.allow else "Deny"
        what = ", ".join(self.actions) if self.actions else "all but " + ", ".join(self.not_actions)
        where = ", ".join(self.resources) if self.resources else "all but " + ", ".join(self.not_resources)
        return f"{effect}{name} {what} on {where} (in {self.source})"


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """A policy document.

    Args:
        source: The resource it stands in, for people.
        statements: Its statements, in order.
    """

    source: str
    statements: tuple[Statement, ...] = field(default_factory=tuple)


def parse_policy(document: Any, source: str) -> Policy:
    """Read a policy document, given as mapping or JSON text; what is no statement is left out."""
    if isinstance(document, str):
        try:
            document = json.loads(document)
        except ValueError:
            return Policy(source=source)
    if not isinstance(document, Mapping):
        return Policy(source=source)
    variables = document.get("Version") == CURRENT
    raw = document.get("Statement") or []
    raw = raw if isinstance(raw, list) else [raw]
    statements = tuple(_statement(each, source, variables=variables) for each in raw if isinstance(each, Mapping))
    return Policy(source=source, statements=statements)


def _statement(raw: Mapping[str, Any], source: str, *, variables: bool) -> Statement:
    principal = raw.get("Principal", raw.get("NotPrincipal"))
    return Statement(
        allow=raw.get("Effect") == "Allow",
        actions=_texts(raw.get("Action")),
        not_actions=_texts(raw.get("NotAction")),
        resources=tuple(map(normalise_arn, _texts(raw.get("Resource")))),
        not_resources=tuple(map(normalise_arn, _texts(raw.get("NotResource")))),
        principals=tuple(_principals(principal)),
        not_principals="NotPrincipal" in raw,
        conditions=tuple(_conditions(raw.get("Condition") or {})),
        variables=variables,
        sid=str(raw.get("Sid") or ""),
        source=source,
    )


def _texts(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(map(_text, value)) if isinstance(value, list) else (_text(value),)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def _principals(principal: Any) -> Iterable[tuple[str, str]]:
    if isinstance(principal, Mapping):
        for kind, values in principal.items():
            for value in _texts(values):
                yield ("*", "*") if kind == "AWS" and value == "*" else (str(kind), value)
    elif principal is not None:
        yield "*", str(principal)


def _conditions(block: Any) -> Iterable[Condition]:
    if not isinstance(block, Mapping):
        return
    for name, keys in block.items():
        match = _OPERATOR.match(str(name))
        if match is None or not isinstance(keys, Mapping):
            continue
        qualifier, operator, if_exists = match.groups()
        for key, values in keys.items():
            yield Condition(
                qualifier=(qualifier or "").lower(),
                operator=operator.lower(),
                if_exists=bool(if_exists),
                key=str(key).lower(),
                values=_texts(values),
            )


_REGION_AND_ACCOUNT: Final = re.compile(
    r"^(arn:)([\w-]+):([\w-]+):((?:[a-z]{2}(?:-[a-z]+)+-\d)|⟦AWS::Region⟧|):(\d{12}|⟦AWS::AccountId⟧|):"
)


def normalise_arn(arn: str) -> str:
    """Return an ARN with this deployment's partition, region and account in the words of the model.

    A template for a known environment spells them out in some places and refers to them in others. Literal ones are
    taken to be this deployment's own, which the report says.
    """
    match = _REGION_AND_ACCOUNT.match(arn)
    if match is None:
        return arn
    _, _, service, region, account = match.groups()
    place = f"{'⟦AWS::Region⟧' if region else ''}:{'⟦AWS::AccountId⟧' if account else ''}:"
    return f"arn:aws:{service}:{place}{arn[match.end() :]}"
