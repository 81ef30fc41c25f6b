"""The statements that decide a request, found by evaluating parts of the policies."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.iam.arns import atoms, is_unknown, widened_arn
from constructs_lib.analysis.iam.evaluator import evaluate
from constructs_lib.analysis.iam.policies import Policy
from constructs_lib.analysis.iam.principals import applies_to_principal
from constructs_lib.analysis.model.callers import A_PROVIDER, NOT_SIGNED_IN, SIGNED_IN
from constructs_lib.analysis.template.atoms import ATOM
from constructs_lib.explain.answer import Reason, Status
from constructs_lib.explain.request_context import PROVIDERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.analysis.iam.policies import Condition, Statement
    from constructs_lib.analysis.iam.requests import Request
    from constructs_lib.analysis.model.callers import Caller
    from constructs_lib.analysis.model.holder import Holder

_ALWAYS_THERE: Final = frozenset(
    {
        "aws:currenttime", "aws:epochtime", "aws:principalaccount", "aws:principaltype", "aws:requestedregion",
        "aws:resourceaccount", "aws:sourceip", "aws:tokenissuetime", "aws:useragent", "aws:userid",
        "aws:viaawsservice", "s3:authtype", "s3:resourceaccount", "s3:signatureversion", "s3:tlsversion",
    }
)  # fmt: skip
"""Condition keys that every real request has ("AWS global condition context keys", IAM user guide; "Condition keys for
Amazon S3", service authorization reference): absent from a question, they are unknown."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """The decision on one request.

    Args:
        status: The verdict.
        reason: The reason for the verdict.
        because: The statements that decide it; empty if no statement allows it.
        nearest: If no statement allows it, the statement that comes nearest; None if none names the action.
        failing: The conditions of that statement that do not hold. Empty: it names another resource.
        doubts: If the request is undecided, the unknown values. Empty: every value is known.
    """

    status: Status
    reason: Reason
    because: tuple[Statement, ...] = ()
    nearest: Statement | None = None
    failing: tuple[Condition, ...] = ()
    doubts: tuple[str, ...] = ()


def decide(caller: Caller, request: Request, holder: Holder | None) -> Decision:
    """Return the decision on a request, with the deciding statements.

    The resource is None if the templates do not contain it.
    """
    verdict = caller.verdict(request, holder)
    most, least = (_as_read(caller, request, holder, most=each) for each in (True, False))
    if most != least:
        doubts = tuple(dict.fromkeys(_doubts(caller, request, holder)))
        return Decision(status=Status.UNDECIDED, reason=Reason.UNKNOWN, because=verdict.because, doubts=doubts)
    if verdict.allowed:
        return Decision(status=Status.ALLOWED, reason=Reason.GRANTED, because=verdict.because)
    if verdict.because:
        return Decision(status=Status.REFUSED, reason=Reason.DENIED, because=verdict.because)
    return _not_allowed(caller, request, holder)


def allowing(caller: Caller, holder: Holder | None) -> Iterator[Statement]:
    """Yield every Allow that may apply to a caller: from their own policies, and from the resource's policy."""
    yield from (each for policy in caller.identity for each in policy.statements if each.allow)
    policy = caller.policy_of(holder)
    yield from (each for each in policy.statements if each.allow and applies_to_principal(each, caller.principal))


def names_action(statement: Statement, request: Request) -> bool:
    """Return whether an Allow names a request's action."""
    return _holds(replace(statement, resources=("*",), not_resources=(), conditions=()), request)


def names_resource(statement: Statement, request: Request) -> bool:
    """Return whether an Allow names a request's action and resource."""
    return _holds(replace(statement, conditions=()), request)


def failing_conditions(statement: Statement, request: Request) -> tuple[Condition, ...]:
    """Return the conditions of an Allow that a request does not meet."""
    bare = replace(statement, resources=("*",), not_resources=())
    return tuple(each for each in statement.conditions if not _holds(replace(bare, conditions=(each,)), request))


def _holds(statement: Statement, request: Request) -> bool:
    return evaluate(request, identity=[Policy(source="", statements=(statement,))]).allowed


def _not_allowed(caller: Caller, request: Request, holder: Holder | None) -> Decision:
    own = evaluate(replace(request, principal=caller.principal), identity=caller.identity)
    if own.allowed:
        boundary = caller.role.boundary
        within = boundary is None or evaluate(request, identity=[boundary]).allowed
        return Decision(
            status=Status.REFUSED,
            reason=Reason.GUEST_SESSION if within else Reason.BOUNDARY,
            because=own.because,
        )
    named = [each for each in allowing(caller, holder) if names_action(each, request)]
    if not named:
        reason = Reason.NO_ACTION if caller.principal else Reason.NO_CREDENTIALS
        return Decision(status=Status.REFUSED, reason=reason)
    here = [each for each in named if names_resource(each, request)]
    if here:
        nearest = min(here, key=lambda each: len(failing_conditions(each, request)))
        failing = failing_conditions(nearest, request)
        return Decision(status=Status.REFUSED, reason=Reason.CONDITION, nearest=nearest, failing=failing)
    nearest = max(named, key=lambda each: max((likeness(text, request.resource) for text in each.resources), default=0))
    return Decision(status=Status.REFUSED, reason=Reason.ELSEWHERE, nearest=nearest)


def likeness(pattern: str, resource: str) -> int:
    """Return the similarity of a pattern and a resource, compared by path segment; a wildcard segment counts half."""
    pairs = zip(pattern.split("/"), resource.split("/"), strict=False)
    return sum(2 if part == actual else 1 for part, actual in pairs if part == actual or set("$*?") & set(part))


def shared(one: Sequence[str], other: Sequence[str]) -> int:
    """Return the length of the common prefix of two texts, in characters, or of two paths, in segments."""
    pairs = zip(one, other, strict=False)
    return next((count for count, (left, right) in enumerate(pairs) if left != right), min(len(one), len(other)))


def _as_read(caller: Caller, request: Request, holder: Holder | None, *, most: bool) -> bool:
    """Return whether a request is allowed if every unknown value takes its most, or its least, permissive reading."""

    def read(policy: Policy) -> Policy:
        statements = policy.everything if most else policy.statements
        return replace(policy, statements=tuple(_read(statements, request, most=most)), possible=())

    return evaluate(
        replace(request, principal=caller.principal),
        identity=[read(each) for each in caller.identity],
        resource=read(caller.policy_of(holder)),
        limits=[read(each) for each in caller.limits],
    ).allowed


def _read(statements: Sequence[Statement], request: Request, *, most: bool) -> Iterator[Statement]:
    for each in statements:
        if not _is_unsure(each, request):
            yield each
        elif each.allow == most:
            yield _at_widest(each, request)
        else:
            yield from _at_narrowest(each, request)


def _is_unsure(statement: Statement, request: Request) -> bool:
    return bool(statement.doubt) or next(_unsure_parts(statement, request), None) is not None


def _unsure_parts(statement: Statement, request: Request) -> Iterator[str]:
    yield from filter(is_unknown, (*statement.actions, *statement.not_actions))
    yield from (each for each in (*statement.resources, *statement.not_resources) if _widened(each, request) != each)
    yield from (str(each) for each in statement.conditions if _is_open(each, request))


def _is_open(condition: Condition, request: Request) -> bool:
    """Return whether the result of a condition is unknown."""
    return _is_missing(condition, request) or any(map(is_unknown, condition.values))


def _is_missing(condition: Condition, request: Request) -> bool:
    """Return whether a condition compares a value that every real request has, and this one does not show."""
    if condition.key == PROVIDERS and A_PROVIDER in request.context.get(PROVIDERS, ()):
        return not {SIGNED_IN, NOT_SIGNED_IN}.issuperset(condition.values)
    return condition.key in _ALWAYS_THERE and condition.key not in request.context


def _widened(arn: str, request: Request) -> str:
    """Return the widest form of an ARN: an attribute of a resource may be any, but not that of another resource."""
    named = any(not each.startswith("⟦AWS::") for each in atoms(request.resource))
    return "*" if ATOM.fullmatch(arn) and not named else widened_arn(arn)


def _at_widest(statement: Statement, request: Request) -> Statement:
    return replace(
        statement,
        actions=tuple("*" if is_unknown(each) else each for each in statement.actions),
        not_actions=tuple(each for each in statement.not_actions if not is_unknown(each)) or statement.not_actions,
        resources=tuple(_widened(each, request) for each in statement.resources),
        not_resources=tuple("" if _widened(each, request) != each else each for each in statement.not_resources),
        conditions=tuple(each for each in statement.conditions if not _is_open(each, request)),
    )


def _at_narrowest(statement: Statement, request: Request) -> Iterator[Statement]:
    """Yield the certain part of a statement: nothing if a part that narrows it is unknown."""
    resources = tuple(each for each in statement.resources if _widened(each, request) == each)
    actions = tuple(each for each in statement.actions if not is_unknown(each))
    narrowing = (*statement.not_actions, *statement.not_resources)
    sure = not statement.doubt and not any(
        is_unknown(each) or _widened(each, request) == "*" != each for each in narrowing
    )
    lost = (statement.resources and not resources) or (statement.actions and not actions)
    if sure and not lost and not any(_is_open(each, request) for each in statement.conditions):
        yield replace(statement, resources=resources, actions=actions)


def _doubts(caller: Caller, request: Request, holder: Holder | None) -> Iterator[str]:
    """Yield the unknown values of the statements that may apply to a request."""
    policies = (*caller.identity, caller.policy_of(holder), *caller.limits)
    for each in (statement for policy in policies for statement in policy.everything):
        wide = _at_widest(each, request)
        if _is_unsure(each, request) and names_resource(replace(wide, allow=True), request):
            missing = [condition.key for condition in each.conditions if _is_missing(condition, request)]
            yield from (f"the request's {key}: pass --context {key}=VALUE" for key in missing)
            yield from [] if missing else [each.doubt or f"{next(_unsure_parts(each, request))} in {each.source}"]
