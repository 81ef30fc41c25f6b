"""Who can take the roles of identity pools: asked with concrete requests, which are few."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.evaluator import Request, applies
from constructs_lib.analysis.findings import Finding, Question, Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.model import Caller, Model
    from constructs_lib.analysis.policies import Statement

_ASSUME: Final = "sts:AssumeRoleWithWebIdentity"
_SERVICES: Final = ("cognito-identity.amazonaws.com", "cognito-identity-us-gov.amazonaws.com")
_OTHER_POOL: Final = "us-east-1:ffffffff-ffff-4fff-8fff-ffffffffffff"


def trust_findings(model: Model) -> Iterator[Finding]:
    """Yield, for each role that identity pools give, whether anyone else can take it."""
    seen: set[tuple[str, bool]] = set()
    for caller in model.callers:
        if (caller.role.arn, caller.signed_in) not in seen:
            seen.add((caller.role.arn, caller.signed_in))
            yield from _of_role(caller)


def _of_role(caller: Caller) -> Iterator[Finding]:
    pool = caller.pool.id
    mine = ("authenticated", "cognito-idp.us-east-1.amazonaws.com/us-east-1_x", "cognito-idp:CognitoSignIn:x")
    guest = ("unauthenticated",)
    tries = [
        ("a user of another identity pool", _OTHER_POOL, mine),
        ("a guest of another identity pool", _OTHER_POOL, guest),
    ]
    if caller.signed_in:
        tries.append(("a guest", pool, guest))
    for who, aud, amr in tries:
        context = {f"{service}:{key}": value for service in _SERVICES for key, value in (("aud", aud), ("amr", amr))}
        # The statement's own ARN conditions (aws:SourceIp and the like) are left to the attacker.
        request = Request(action=_ASSUME, resource="", context={**context, f"{_SERVICES[0]}:sub": f"{aud}-sub"})
        through = _lets_through(caller.role.trust.statements, request)
        yield _finding(who, caller, request, through)
    for statement in caller.role.trust.statements:
        if statement.allow:
            for kind, value in statement.principals:
                federated_elsewhere = kind == "Federated" and "cognito-identity" not in value
                if kind in {"AWS", "*"} or federated_elsewhere:
                    who = "anyone" if value == "*" else value
                    request = Request(action=statement.actions[0] if statement.actions else _ASSUME, resource="")
                    yield _finding(who, caller, request, statement)


def _lets_through(statements: tuple[Statement, ...], request: Request) -> Statement | None:
    federated = [each for each in statements if any(_is_cognito(kind, value) for kind, value in each.principals)]
    if any(not each.allow and applies(each, request) for each in federated):
        return None
    return next((each for each in federated if each.allow and applies(each, request)), None)


def _is_cognito(kind: str, value: str) -> bool:
    return kind == "*" or (kind == "Federated" and "cognito-identity" in value)


def _finding(who: str, caller: Caller, request: Request, through: Statement | None) -> Finding:
    subject = f"role {caller.role.name}"
    if through is None:
        return Finding(
            question=Question.TRUST, status=Status.PROVED, caller=who, subject=subject, engines=("evaluation",)
        )
    return Finding(
        question=Question.TRUST,
        status=Status.COUNTEREXAMPLE,
        caller=who,
        subject=subject,
        actions=(request.action,),
        engines=("evaluation",),
        request=request,
        because=(through,),
        story=f"{who} can take the role {caller.role.name} of {caller}: its trust policy does not ask for this pool's "
        "ID (aud) and for the kind of login (amr), or names others",
    )
