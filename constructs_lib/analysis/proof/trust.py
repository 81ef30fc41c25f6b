"""Who can take the roles of identity pools: asked with concrete requests, which are few."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.iam.evaluator import Request, applies
from constructs_lib.analysis.model.callers import CallerKind
from constructs_lib.analysis.proof.findings import Finding, Question, Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.model.callers import Caller
    from constructs_lib.analysis.model.model import Model

_ASSUME: Final = "sts:AssumeRoleWithWebIdentity"
_SERVICE: Final = "cognito-identity.amazonaws.com"
_OTHER_POOL: Final = "us-east-1:ffffffff-ffff-4fff-8fff-ffffffffffff"


def trust_findings(model: Model) -> Iterator[Finding]:
    """Yield, for each role that identity pools give, whether anyone else can take it."""
    seen: set[tuple[str, bool]] = set()
    for caller in model.callers:
        if (caller.role.arn, caller.signed_in) not in seen:
            seen.add((caller.role.arn, caller.signed_in))
            yield from _of_role(caller)


def _of_role(caller: Caller) -> Iterator[Finding]:
    pool, trust = caller.pool.id, caller.role.trust
    mine = ("authenticated", "cognito-idp.us-east-1.amazonaws.com/us-east-1_x", "cognito-idp:CognitoSignIn:x")
    guest = ("unauthenticated",)
    tries = [
        (who, other, amr)
        for who, amr in (("a user of another identity pool", mine), ("a guest of another identity pool", guest))
        for other in _other_pools(trust.statements)
    ]
    if caller.signed_in:
        tries.append(("a guest", pool, guest))
    if caller.kind in {CallerKind.GROUP, CallerKind.RULE} and caller.pool.classic:
        # In the classic flow a user names the role, and the trust policy alone decides.
        tries.append((f"a signed-in user who is not {str(caller).removeprefix('a ')}", pool, mine))
    answers: dict[str, Finding] = {}
    for who, aud, amr in tries:
        context = {f"{_SERVICE}:aud": aud, f"{_SERVICE}:amr": amr, f"{_SERVICE}:sub": f"{_OTHER_POOL}-sub"}
        # The statement's own ARN conditions (aws:SourceIp and the like) are left to the attacker.
        request = Request(action=_ASSUME, resource="", context=context)
        through = _lets_through(trust.statements, request)
        if who not in answers or through is not None:
            answers[who] = _finding(who, caller, request, through)
    yield from answers.values()
    for statement in trust.possible:
        yield Finding(
            question=Question.TRUST,
            status=Status.UNDECIDED,
            caller="somebody",
            subject=f"role {caller.role.name}",
            because=(statement,),
            story=f"who can take the role {caller.role.name} hangs on what is not known: {statement.doubt}",
        )
    for statement in caller.role.trust.statements:
        if statement.allow:
            for kind, value in statement.principals:
                federated_elsewhere = kind == "Federated" and "cognito-identity" not in value
                if kind in {"AWS", "*"} or federated_elsewhere:
                    who = "anyone" if value == "*" else value
                    request = Request(action=statement.actions[0] if statement.actions else _ASSUME, resource="")
                    yield _finding(who, caller, request, statement)


def _other_pools(statements: tuple[Statement, ...]) -> list[str]:
    """Return IDs of pools elsewhere: a plain one, and one that fits each pattern of a trust policy."""
    values = [
        value
        for statement in statements
        for condition in statement.conditions
        if condition.key == f"{_SERVICE}:aud"
        for value in condition.values
    ]
    fitting = [value.replace("*", _OTHER_POOL).replace("?", "f") for value in values if set("*?") & set(value)]
    return [_OTHER_POOL, *fitting]


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
