"""Sentences about requests, statements and answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.iam.arns import readable
from constructs_lib.analysis.model.callers import CallerKind
from constructs_lib.analysis.model.owned_places import find_places
from constructs_lib.analysis.model.places import PERSON, VARIABLE
from constructs_lib.explain.answer import Reason, Status
from constructs_lib.explain.deciding_statements import likeness
from constructs_lib.explain.request_context import IDENTITY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.analysis.iam.policies import Condition, Statement
    from constructs_lib.analysis.iam.requests import Request, Value
    from constructs_lib.analysis.model.callers import Caller
    from constructs_lib.analysis.model.model import Model
    from constructs_lib.explain.deciding_statements import Decision

SHOWN: Final = ("s3:prefix", "s3:delimiter", "dynamodb:leadingkeys")
"""Condition keys that identify the requested resource."""
_SPELT: Final = {"dynamodb:leadingkeys": "dynamodb:LeadingKeys", "aws:securetransport": "aws:SecureTransport"}
_LONG: Final = 20
_PARTS: Final = re.compile(r"([/#])")
_UNREADABLE: Final = "\x00unknown"
"""The local cloud's placeholder for an unreadable key."""
_SIGNS: Final = {
    "stringequals": "is", "stringlike": "is like", "stringnotequals": "is not", "stringnotlike": "is not like",
    "arnequals": "is", "arnlike": "is like", "bool": "is", "ipaddress": "is in", "notipaddress": "is not in",
}  # fmt: skip
_SETS: Final = {"forallvalues": "every ", "foranyvalue": "some "}


def subject_of(caller: Caller, status: Status) -> str:
    """Return the caller at the start of a sentence: "Anyone ... cannot call" would leave open whether someone can."""
    refused_to_all = status is Status.REFUSED and caller.kind is CallerKind.INTERNET
    return "An anonymous caller" if refused_to_all else caller.words


class SentenceFormatter:
    """Formats requests, statements and decisions of one model as sentences.

    Args:
        model: The model, whose resources have names.
        labels: The display text of each identity. Empty: identities are shown unchanged.
    """

    def __init__(self, model: Model, labels: Mapping[str, str] | None = None) -> None:
        """Prepare the names."""
        self._names = {each.arn: each.name for each in model.holders}
        self._labels = labels or {}

    def resource(self, arn: str) -> str:
        """Return the display text of a request's resource: its name in the templates, and the part."""
        for known, name in sorted(self._names.items(), key=lambda each: -len(each[0])):
            if arn == known:
                return name
            if arn.startswith((f"{known}/", f"{known}:")):
                return f"{name} {self.text(arn[len(known) + 1 :])}"
        return self.text(arn)

    def text(self, text: str) -> str:
        """Return a text with display names of users and resources."""
        for identity, word in self._labels.items():
            # A short value may be part of any word.
            text = text.replace(identity, word) if len(identity) >= _LONG else _in_path(text, identity, word)
        for arn, name in self._names.items():
            text = text.replace(arn, name)
        return readable(text.replace(_UNREADABLE, "(a key that cannot be read)"))

    def request(self, request: Request) -> str:
        """Return a request for a sentence."""
        details = " and ".join(self.detail(key, request.context[key]) for key in SHOWN if key in request.context)
        return f"{request.action} on {self.resource(request.resource)}" + (f" with {details}" if details else "")

    def detail(self, key: str, value: Value) -> str:
        """Return a condition key and its value."""
        values = (value,) if isinstance(value, str) else value
        return f"{_SPELT.get(key, key)} {', '.join(repr(self.text(each)) for each in values)}"

    def condition(self, condition: Condition) -> str:
        """Return a condition for a sentence."""
        key = _SPELT.get(condition.key, condition.key)
        if condition.operator == "null":
            return f"{key} is {'absent' if condition.values == ('true',) else 'there'}"
        sign = _SIGNS.get(condition.operator, condition.operator)
        values = " or ".join(repr(self.text(each)) for each in condition.values)
        return f"{_SETS.get(condition.qualifier, '')}{key} {sign} {values}" + (
            ", or absent" if condition.if_exists else ""
        )

    def statement(self, statement: Statement) -> str:
        """Return a statement on one line."""
        conditions = " and ".join(map(self.condition, statement.conditions))
        text = self.text(str(statement)).rpartition(" (in ")[0]
        return f"{text}{f' if {conditions}' if conditions else ''}"

    def decision(self, caller: Caller, request: Request, decision: Decision) -> str:
        """Return a decision in one sentence."""
        why = self.why(caller, request, decision)
        return f"{subject_of(caller, decision.status)} {_CAN[decision.status.value]} {self.request(request)}: {why}."

    def why(self, caller: Caller, request: Request, decision: Decision) -> str:
        """Return the reason for a decision."""
        where = ", ".join(dict.fromkeys(readable(each.source) for each in decision.because))
        if decision.reason is Reason.ELSEWHERE:
            texts = () if decision.nearest is None else decision.nearest.resources
            near = max(texts, key=lambda each: likeness(each, request.resource), default="other resources")
            return f"the nearest statement with this action is about {friendly(self.resource(near))}"
        if decision.reason is Reason.CONDITION:
            unmet = " and ".join(f"that {friendly(self.condition(each))}" for each in decision.failing)
            return f"the statement that names it requires {unmet}" if unmet else "no statement allows it"
        if decision.reason is Reason.NO_ACTION:
            return f"no statement names this action for the role {readable(caller.role.name)}"
        if decision.reason is Reason.UNKNOWN:
            return f"it depends on unknown values: {self.text('; '.join(decision.doubts))}"
        return _WHY[decision.reason].format(where=where)


_WHY: Final = {
    Reason.GRANTED: "a statement of {where} allows it",
    Reason.DENIED: "a Deny of {where} applies to it",
    Reason.BOUNDARY: "{where} allows it, but the role's permissions boundary does not",
    Reason.GUEST_SESSION: "{where} allows it, but Cognito's session policy for guests does not",
    Reason.NO_CREDENTIALS: "the request is not signed, and no policy of the resource allows anonymous requests",
}
_CAN: Final = {"allowed": "can call", "refused": "cannot call", "undecided": "may be able to call"}


def _in_path(text: str, identity: str, word: str) -> str:
    """Return a path, or a composed key, with a word in place of the parts that equal an identity."""
    return "".join(word if part == identity else part for part in _PARTS.split(text))


def friendly(text: str) -> str:
    """Return a text with `{owner}` and `{tenant}` in place of policy variables."""

    def word(match: re.Match[str]) -> str:
        name = match.group(1).rpartition("/")[2].rpartition(":")[2]
        return "{owner}" if name.lower() == "sub" else "{" + name + "}"

    return VARIABLE.sub(word, text)


def identity_labels(context: Mapping[str, Value], model: Model) -> dict[str, str]:
    """Return the display text of the identities of a request's caller."""
    owners = {each.owner.key: each.owner.placeholder for each in find_places(model) if each.owner is not None}
    values = {key: context.get(key) for key in {**owners, IDENTITY: PERSON}}
    return {value: "{" + owners.get(key, PERSON) + "}" for key, value in values.items() if isinstance(value, str)}
