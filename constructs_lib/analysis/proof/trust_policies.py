"""Checks of who can assume a role: the engines evaluate each trust policy like every other policy.

The checks cover the holders of a token of an identity pool: outsiders with their own pool, and guests and users of
the app's pools. Accounts and providers of a trust policy are found by name.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.known_context import KnownContext
from constructs_lib.analysis.engine.obligations import Known, Obligation
from constructs_lib.analysis.engine.policy_layers import Layers
from constructs_lib.analysis.iam.evaluator import evaluate
from constructs_lib.analysis.iam.policies import Policy
from constructs_lib.analysis.iam.relevance import Relevance
from constructs_lib.analysis.model.callers import CallerKind
from constructs_lib.analysis.model.holder import Shape
from constructs_lib.analysis.model.places import Place
from constructs_lib.analysis.model.writable_claims import CHOSEN
from constructs_lib.analysis.proof.findings import Finding, Question, Status
from constructs_lib.analysis.proof.role_callers import AMR, AUD, token_bearers
from constructs_lib.analysis.proof.trust_condition_keys import SET, absent_keys, as_far_as_known
from constructs_lib.analysis.proof.trust_external_principals import external_principals
from constructs_lib.analysis.proof.verdicts import decided

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.model.callers import Caller, Role
    from constructs_lib.analysis.model.model import Model
    from constructs_lib.analysis.proof.role_callers import TokenBearer
    from constructs_lib.analysis.proof.verdicts import Engine

ASSUME: Final = "sts:AssumeRoleWithWebIdentity"
_ANYONE: Final = (("*", "*"),)
_RANK: Final = (Status.COUNTEREXAMPLE, Status.UNDECIDED, Status.PROVED)


def trust_findings(
    model: Model, places: Sequence[Place] = (), second: Engine | None = None, *, told: Collection[str] = ()
) -> Iterator[Finding]:
    """Yield, for each role that users of identity pools get or could assume, whether any other principal can.

    A role that reaches one of the places is checked for other accounts and providers too. `told` are the ARNs of roles
    whose other principals another check reports.
    """
    given = {caller.role.arn for caller in model.callers}
    for role in model.roles.values():
        trust = _about_pools(as_far_as_known(role.trust))
        if role.arn in given or trust.can_allow:
            yield from _by_token(role, trust, model, second)
        if role.arn in given or (role.arn not in told and _reaches(role, places)):
            yield from external_principals(role, model)
    for caller in model.callers:
        if caller.kind is CallerKind.RULE and caller.claimed:
            yield from _by_claim(caller, model)


def _reaches(role: Role, places: Sequence[Place]) -> bool:
    """Return whether some policy of a role covers a resource with owned places."""
    said = Relevance(each for policy in role.policies for each in policy.everything if each.allow)
    return any(said.about(holder) for holder in {place.holder for place in places})


def _about_pools(trust: Policy) -> Layers:
    """Return the statements of a trust policy that apply to identity pools, with every principal in their place."""

    def applying(statements: Sequence[Statement]) -> tuple[Statement, ...]:
        return tuple(
            replace(each, principals=_ANYONE, not_principals=False) for each in statements if _names_pools(each)
        )

    said = applying(trust.statements)
    return Layers(
        identity=(),
        resource=said,
        unbound=tuple(each for each in said if each.allow),
        possible=applying(trust.possible),
    ).for_action(ASSUME)


def _names_pools(statement: Statement) -> bool:
    named = any(
        value == "*" or (kind == "Federated" and "cognito-identity" in value) for kind, value in statement.principals
    )
    # A Deny for all principals except some is not relied on.
    return (statement.allow and not named) if statement.not_principals else named


def _by_token(role: Role, trust: Layers, model: Model, second: Engine | None) -> Iterator[Finding]:
    """Yield whether a principal with a token can assume a role: the worst result for each kind of principal."""
    found: dict[str, Finding] = {}
    for bearer in token_bearers(role, tuple(trust.everything()), model):
        known = found.get(bearer.who)
        if known is None or known.status is not Status.COUNTEREXAMPLE:
            finding = _decide_assuming(role, trust, bearer, second)
            if known is None or _RANK.index(finding.status) < _RANK.index(known.status):
                found[bearer.who] = finding
    yield from found.values()


def _decide_assuming(role: Role, trust: Layers, bearer: TokenBearer, second: Engine | None) -> Finding:
    fixed = {**SET, **absent_keys(trust), AUD: (bearer.aud,)}
    if bearer.amr is not None:
        fixed[AMR] = bearer.amr
    obligation = Obligation(
        caller=bearer.who,
        place=Place(resource=f"role {role.name}"),
        actions=(ASSUME,),
        layers=_as_known(trust, fixed),
        shape=Shape(resource=role.arn),
        known=Known(fixed=fixed),
    )
    finding = decided(obligation, second, Question.TRUST)
    if finding.status is Status.UNDECIDED:
        return replace(finding, story=f"{bearer.who} may be able to take the role {role.name}: {finding.story}")
    if finding.request is None:
        return finding
    verdict = evaluate(finding.request, identity=(), resource=Policy(source=role.name, statements=trust.resource))
    if not verdict.allowed:
        story = "the engine has an attack that the evaluator refuses: one of the two is wrong, please report it"
        return replace(finding, status=Status.UNDECIDED, story=story)
    by = "; ".join(f"Allow in {each.source}" for each in verdict.because)
    shown = ", ".join(f"{key} {_text(finding.request.context.get(key))}" for key in (AUD, AMR))
    status = Status.UNDECIDED if bearer.doubt else Status.COUNTEREXAMPLE
    can = "may be able to" if bearer.doubt else "can"
    story = f"{bearer.who} {can} take the role {role.name} with a token whose {shown}, because of the {by}"
    return replace(
        finding,
        status=status,
        because=verdict.because,
        story=f"{story}: {bearer.doubt}"
        if bearer.doubt
        else f"{story}: it has to ask for this pool's ID and the login",
    )


def _as_known(trust: Layers, fixed: Mapping[str, tuple[str, ...]]) -> Layers:
    """Return a trust policy in which a literal ID may be that of the bearer's pool, or of the role's account."""
    context = KnownContext(values={key: texts[0] for key, texts in fixed.items() if len(texts) == 1})
    read = context.read(Policy(source="", statements=trust.resource, possible=trust.possible))
    unbound = tuple(each for each in read.statements if each.allow)
    return replace(trust, resource=read.statements, unbound=unbound, possible=read.possible)


def _text(value: object) -> str:
    return " and ".join(value) if isinstance(value, tuple) else str(value)


def _by_claim(caller: Caller, model: Model) -> Iterator[Finding]:
    """Yield that a user can get a role by writing a claim, unless every user gets it anyway."""
    everyones = {
        each.role.arn for each in model.callers if each.kind is CallerKind.AUTHENTICATED and each.pool == caller.pool
    }
    from_lists = "" if caller.claimed in CHOSEN else "take the attribute from every client's write list, or "
    if caller.role.arn not in everyones:
        yield Finding(
            question=Question.TRUST,
            status=Status.COUNTEREXAMPLE,
            caller="a signed-in user",
            subject=f"role {caller.role.name}",
            actions=("cognito-identity:GetCredentialsForIdentity",),
            engines=("evaluation",),
            story=f"any signed-in user can become {caller} and so get the role {caller.role.name}: users can write the "
            f"claim {caller.claimed!r}; {from_lists}give the role by a group",
        )
