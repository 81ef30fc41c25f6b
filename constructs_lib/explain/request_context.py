"""Condition keys of a caller's requests, and example identities for the caller and another user."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.iam.ordinary_requests import sent_now
from constructs_lib.analysis.iam.pattern_elements import One
from constructs_lib.analysis.iam.policies import PRINCIPAL_TAG
from constructs_lib.analysis.model.callers import CallerKind
from constructs_lib.analysis.model.value_formats import POOL_IDENTITY, SESSION, SUB

if TYPE_CHECKING:
    from constructs_lib.analysis.iam.requests import Value
    from constructs_lib.analysis.model.callers import Caller
    from constructs_lib.analysis.model.value_formats import Form

IDENTITY: Final = "cognito-identity.amazonaws.com:sub"
AUDIENCE: Final = "cognito-identity.amazonaws.com:aud"
PROVIDERS: Final = "cognito-identity.amazonaws.com:amr"
MULTIPLE: Final = ("dynamodb:leadingkeys", "dynamodb:attributes", "aws:tagkeys", PROVIDERS)
"""Condition keys that have several values, in lower case."""
_OTHER_GUID: Final = "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb"
_OTHERS: Final = {POOL_IDENTITY.mark: f"us-east-1:{_OTHER_GUID}", SUB.mark: _OTHER_GUID}


def context_of(caller: Caller) -> dict[str, Value]:
    """Return the condition keys of a caller's requests, sent directly, over TLS 1.3, at the current time.

    A person's identity is the example value of its form.
    """
    context = sent_now()
    if not caller.principal:
        # "Where you can use policy variables" (IAM user guide): the ID of an anonymous caller.
        return {**context, "aws:userid": "anonymous"}
    context["aws:principalarn"] = caller.principal
    context["aws:userid"] = f"{caller.role.id}:{SESSION.example}"
    context |= {f"{PRINCIPAL_TAG}{name}": value for name, value in caller.role.tags.items()}
    if caller.kind is CallerKind.FUNCTION:
        return context
    context |= {f"{PRINCIPAL_TAG}{name}": tag.value or tag.form.example for name, tag in caller.tags.items()}
    return {**context, IDENTITY: POOL_IDENTITY.example, AUDIENCE: caller.pool.id, PROVIDERS: caller.amr}


def other_than(form: Form) -> str:
    """Return a value of a form other than its example, for another user."""
    if form.mark in _OTHERS:
        return _OTHERS[form.mark]
    sets = [sorted(token.of or "ab", key=_plainness) for token in form.texts if isinstance(token, One)]
    other = "".join(each[1] if len(each) > 1 else each[0] for each in sets)
    return other if other != form.example else f"{other}{other}"


def _plainness(symbol: str) -> tuple[bool, str]:
    return not symbol.islower(), symbol
