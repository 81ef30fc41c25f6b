"""The proof: every question, for every kind of caller and every owned space."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Protocol

from constructs_lib.actions import DYNAMODB_BATCH_WRITE, DYNAMODB_VERBS, S3_VERBS
from constructs_lib.analysis import catalogue
from constructs_lib.analysis.engine.obligations import Layers, Obligation, build_obligations, obligations
from constructs_lib.analysis.engine.solve import Answer, Decision, decide
from constructs_lib.analysis.evaluator import Request, Verdict, evaluate, speaks_of
from constructs_lib.analysis.findings import Finding, Question, Report, Status
from constructs_lib.analysis.guest_session import GUEST_SESSION
from constructs_lib.analysis.spaces import Space, find_spaces
from constructs_lib.analysis.surroundings import escalations, foreign, open_route, open_to_anyone
from constructs_lib.analysis.trust import trust_findings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from constructs_lib.analysis.model import Caller, Model, Role
    from constructs_lib.analysis.policies import Policy

AUTOMATA: Final = "automata"
_VERBS: Final = {
    action: verb.value for verbs in (S3_VERBS, DYNAMODB_VERBS) for verb, actions in verbs.items() for action in actions
} | {DYNAMODB_BATCH_WRITE: "write"}


class Engine(Protocol):
    """A second engine."""

    name: str

    def decide(self, obligation: Obligation) -> Decision:
        """Decide one obligation by its own means."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Accepted:
    """Access to others' data that is meant, so that it is no counterexample.

    Args:
        space: A part of the space's name, such as `protected/{owner}`.
        verbs: Of get, list, write, delete and other.
        caller: A part of the caller's name; empty for all.
    """

    space: str
    verbs: frozenset[str]
    caller: str = ""

    @classmethod
    def parse(cls, text: str) -> Accepted:
        """Read `SPACE:VERBS` or `SPACE:VERBS:CALLER`, verbs with commas between them.

        Raises:
            ValueError: For another shape or an unknown verb.
        """
        space, _, rest = text.partition(":")
        words, _, caller = rest.partition(":")
        verbs = frozenset(word.strip() for word in words.split(",") if word.strip())
        known = {"get", "list", "write", "delete", "other"}
        if not space or not verbs or not verbs <= known:
            raise ValueError(f"{text!r} is not SPACE:VERBS[:CALLER], such as 'protected/{{owner}}:get,list'")
        return cls(space=space, verbs=verbs, caller=caller)

    def covers(self, obligation: Obligation, action: str) -> bool:
        """Whether it speaks of an action of an obligation."""
        verb = _VERBS.get(action, "other")
        return self.space in obligation.space.name and verb in self.verbs and self.caller in obligation.caller


def prove(models: Sequence[Model], *, second: Engine | None = None, accepted: Sequence[Accepted] = ()) -> Report:
    """Answer every question about templates, under every choice of their conditions.

    Args:
        models: From `build_model`.
        second: The engine that proves again what the first has proved; None: the first alone, which the report says.
        accepted: Access to others' data that is meant.
    """
    findings: dict[tuple[Any, ...], Finding] = {}
    for model in models:
        for finding in _findings(model, second, accepted):
            key = (finding.question, finding.caller, finding.subject, finding.actions)
            known = findings.get(key)
            if known is None or _rank(finding) < _rank(known):
                findings[key] = replace(finding, assumed=model.assumed if len(models) > 1 else {})
    by_model = [(model, find_spaces(model)) for model in models]
    held = {space.holder for _, spaces in by_model for space in spaces}
    trusted: dict[str, tuple[str, ...]] = {}
    for model, spaces in by_model:
        for name, reached in _trusted(model, spaces).items():
            trusted[name] = tuple(dict.fromkeys((*trusted.get(name, ()), *reached)))
    return Report(
        findings=tuple(findings.values()),
        owned=tuple(
            dict.fromkeys(f"{space.name} (owner: {space.identity})" for _, spaces in by_model for space in spaces)
        ),
        shared=tuple(
            dict.fromkeys(each.name for model, _ in by_model for each in model.holders if each.arn not in held)
        ),
        trusted=trusted,
        open=tuple(dict.fromkeys(each for model, _ in by_model for each in open_to_anyone(model))),
        warnings=tuple(dict.fromkeys(warning for model in models for warning in _warnings(model))),
        assumptions=_assumptions(second),
    )


def _rank(finding: Finding) -> int:
    order = (Status.COUNTEREXAMPLE, Status.UNDECIDED, Status.ACCEPTED, Status.PROVED)
    return order.index(finding.status)


def _findings(model: Model, second: Engine | None, accepted: Sequence[Accepted]) -> Iterator[Finding]:
    for space in find_spaces(model):
        for caller in model.callers:
            for obligation in obligations(caller, space, model):
                yield _isolation(obligation, caller, model, second, accepted)
            if space.claim and caller.signed_in and caller.pool.tags.get(space.key.partition("/")[2]) == space.claim:
                yield _forged(space, caller)
        yield from _without_credentials(space, model, second)
    yield from trust_findings(model)
    yield from escalations(model)
    yield from foreign(model, find_spaces(model))
    for gap in model.gaps:
        yield Finding(
            question=Question.OTHERS_DATA,
            status=Status.UNDECIDED,
            caller="somebody",
            subject="the templates",
            story=gap,
        )


def _isolation(
    obligation: Obligation, caller: Caller, model: Model, second: Engine | None, accepted: Sequence[Accepted]
) -> Finding:
    meant = [action for action in obligation.actions if any(each.covers(obligation, action) for each in accepted)]
    finding = _decided(obligation, second, Question.OTHERS_DATA)
    if finding.request is None:
        if finding.status is Status.PROVED and obligation.space.doubt:
            return replace(finding, status=Status.UNDECIDED, story=obligation.space.doubt)
        return finding
    unmeant = tuple(action for action in obligation.actions if action not in meant)
    if not unmeant:
        return replace(
            finding, status=Status.ACCEPTED, story=f"accepted: {caller} may do this on {obligation.space.name}"
        )
    request = replace(finding.request, action=unmeant[0])
    verdict = replay(request, caller, model)
    if not verdict.allowed:
        story = (
            "the engine sees an attack that could not be written as one request: a value that the caller chooses "
            "stands in several places, or an address fits no list"
        )
        return replace(finding, status=Status.UNDECIDED, request=request, story=story)
    return replace(
        finding,
        actions=unmeant,
        request=request,
        because=verdict.because,
        story=_story(str(caller), request, verdict, obligation.space),
    )


def _decided(obligation: Obligation, second: Engine | None, question: Question) -> Finding:
    decision = decide(obligation)
    finding = Finding(
        question=question,
        status=Status(decision.answer.value),
        caller=obligation.caller,
        subject=obligation.space.name,
        actions=obligation.actions,
        engines=(AUTOMATA,),
        request=decision.request,
        story=decision.reason,
    )
    if second is None or decision.answer is Answer.COUNTEREXAMPLE:
        return finding
    other = second.decide(obligation)
    if other.answer is Answer.COUNTEREXAMPLE:
        story = f"{AUTOMATA} says {decision.answer}, {second.name} has a counterexample: {other.reason}"
        return replace(finding, status=Status.UNDECIDED, story=story)
    if other.answer is Answer.UNDECIDED:
        return replace(finding, story=f"{second.name}: {other.reason}")
    if decision.answer is Answer.UNDECIDED:
        return replace(finding, status=Status.PROVED, engines=(second.name,))
    return replace(finding, engines=(AUTOMATA, second.name))


def replay(request: Request, caller: Caller, model: Model) -> Verdict:
    """Decide a caller's concrete request with the evaluator, which shares no code with the engines' matching."""
    return evaluate(
        replace(request, principal=caller.role.arn),
        identity=caller.role.policies,
        resource=policy_on(request.resource, model),
        boundary=caller.role.boundary,
        session=None if caller.signed_in or caller.pool.classic else GUEST_SESSION,
    )


def policy_on(resource: str, model: Model) -> Policy | None:
    """Return the resource policy that decides on a resource, or None."""
    for holder in (*model.holders, *model.apis):
        if resource == holder.arn or resource.startswith(f"{holder.arn}/"):
            return holder.policy
    return None


def _story(who: str, request: Request, verdict: Verdict, space: Space) -> str:
    details = {key: value for key, value in request.context.items() if key.startswith(("s3:", "dynamodb:"))}
    given = "".join(
        f", with {key} {value if isinstance(value, str) else list(value)}" for key, value in details.items()
    )
    by = "; ".join(str(statement) for statement in verdict.because)
    me = request.context.get("cognito-identity.amazonaws.com:sub", "")
    return (
        f"{who} whose identity ID is {me} can call {request.action} on {request.resource}{given}, "
        f"which is another's {space.name}, because of {by}"
    )


def _forged(space: Space, caller: Caller) -> Finding:
    return Finding(
        question=Question.OTHERS_DATA,
        status=Status.COUNTEREXAMPLE,
        caller=str(caller),
        subject=space.name,
        engines=(AUTOMATA,),
        story=f"{caller} can become the owner of any {space.name}: the principal tag {space.key!r} comes from the "
        f"claim {space.claim!r}, which users can write; map the tag to 'sub', or take the attribute from every "
        "client's write list",
    )


def _without_credentials(space: Space, model: Model, second: Engine | None) -> Iterator[Finding]:
    bucket = next((each for each in model.buckets if each.arn == space.holder), None)
    if bucket is None:
        yield from open_route(space, model)
        return
    if bucket.public_acl:
        yield Finding(
            question=Question.INTERNET,
            status=Status.COUNTEREXAMPLE,
            caller="anyone on the internet",
            subject=space.name,
            engines=("evaluation",),
            story=f"anyone can list {space.name}: the bucket has the ACL {bucket.public_acl} and public ACLs are not "
            "ignored (PublicAccessBlockConfiguration)",
        )
    if bucket.blocks_public_policy:
        yield Finding(
            question=Question.INTERNET,
            status=Status.PROVED,
            caller="anyone on the internet",
            subject=space.name,
            engines=("public access block",),
        )
        return
    statements = tuple(each for each in bucket.policy.statements if speaks_of(each, ""))
    possible = tuple(each for each in bucket.policy.possible if speaks_of(each, "") or each.actions == ("*",))
    layers = Layers(identity=(), resource=statements, possible=possible)
    for obligation in build_obligations("anyone on the internet", space, layers, model, fixed={}, tags={}):
        finding = _decided(obligation, second, Question.INTERNET)
        if finding.request is not None:
            verdict = evaluate(finding.request, identity=(), resource=bucket.policy)
            finding = replace(
                finding,
                because=verdict.because,
                story=_story("anyone on the internet", finding.request, verdict, space),
            )
        yield finding


def _trusted(model: Model, spaces: Iterable[Space]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for function in model.functions:
        role = model.roles.get(function.role_arn)
        if role is not None:
            reached = tuple(space.name for space in spaces if _function_reaches(role, space, model))
            if reached:
                found[function.name] = reached
    return found


def _function_reaches(role: Role, space: Space, model: Model) -> bool:
    statements = tuple(each for policy in role.policies for each in policy.statements)
    layers = Layers(identity=statements)
    built = build_obligations(role.name, space, layers, model, fixed={}, tags={})
    return any(decide(each).answer is not Answer.PROVED for each in built)


def _warnings(model: Model) -> Iterator[str]:
    yield from model.notes
    for space in find_spaces(model):
        reaching = [
            caller
            for caller in model.callers
            if any(decide(each).answer is Answer.COUNTEREXAMPLE for each in obligations(caller, space, model, own=True))
        ]
        if not reaching:
            yield (
                f"nobody reaches their own {space.name}: the isolation holds because the policies give nothing there "
                "(a policy whose Version is not 2012-10-17 knows no variables)"
            )
    for pool in {caller.pool for caller in model.callers if caller.pool.classic and caller.pool.guests}:
        yield f"{pool.path} allows the classic flow: guests escape Cognito's session policy"


def _assumptions(second: Engine | None) -> tuple[str, ...]:
    engines = f"{AUTOMATA} and {second.name}" if second is not None else f"{AUTOMATA} alone"
    return (
        f"Engines: {engines}. A proof is of a model of IAM, not of AWS itself.",
        "Identity IDs have the format REGION:GUID and a user pool's sub is a UUID (AWS documentation).",
        f"Actions, resource types and condition keys: AWS service authorization data of {catalogue.data_date()}.",
        (
            "Literal regions and account IDs in ARNs are this deployment's own; a bucket, table or role whose name is "
            "a parameter or import is none of those in the templates."
        ),
        (
            "Outside the templates, and not seen: service control policies, other stacks' policies on these roles, "
            "resources made by hand, and what functions do with their own rights."
        ),
        "Owned is what some policy ties to the caller's identity; everything else is listed as shared.",
    )


__all__ = ["AUTOMATA", "Accepted", "Engine", "policy_on", "prove", "replay"]
