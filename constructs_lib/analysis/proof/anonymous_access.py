"""Access without credentials from the internet: public buckets, open routes and open functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.analysis.engine.obligations import Known, build_obligations
from constructs_lib.analysis.engine.policy_layers import Layers
from constructs_lib.analysis.iam.evaluator import evaluate
from constructs_lib.analysis.iam.principals import applies_to_principal
from constructs_lib.analysis.model.callers import ANYONE
from constructs_lib.analysis.model.holder import Unsigned
from constructs_lib.analysis.model.listeners import ANYONE as _ANYONE
from constructs_lib.analysis.model.listeners import forwards
from constructs_lib.analysis.proof.channel_access import channel_findings
from constructs_lib.analysis.proof.findings import Finding, Question, Status
from constructs_lib.analysis.proof.route_authorizers import route_findings
from constructs_lib.analysis.proof.verdicts import attack, decided

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.model.holder import Holder
    from constructs_lib.analysis.model.model import Model
    from constructs_lib.analysis.model.places import Place
    from constructs_lib.analysis.proof.verdicts import Engine


def anonymous_findings(place: Place, model: Model, second: Engine | None) -> Iterator[Finding]:
    """Yield findings about access to an owned place without credentials."""
    holder: Any = model.holder(place.holder)
    match holder.unsigned:
        case Unsigned.REFUSED:
            return
        case Unsigned.ROUTES:
            yield from route_findings(place, holder, model)
        case Unsigned.HANDLER:
            yield from channel_findings(place, holder)
        case Unsigned.POLICY:
            yield from _public(place, holder, second)
        case Unsigned.POLICY_IF_ANY:
            if holder.policy.statements or holder.policy.possible:
                yield from _public(place, holder, second)
        case _:
            story = f"whether {holder.name} answers requests about {place.name} without credentials is not known"
            yield _finding(place, Status.UNDECIDED, "evaluation", story)


def _public(place: Place, holder: Holder, second: Engine | None) -> Iterator[Finding]:
    for endpoint in holder.endpoints():
        if endpoint.auth == "none":
            story = (
                f"anyone can list {place.name}: {holder.name} has the {endpoint.where}, and public ACLs are not "
                "ignored (PublicAccessBlockConfiguration)"
            )
            yield _finding(place, Status.COUNTEREXAMPLE, "evaluation", story)
    if holder.refuses_anonymous_callers:
        yield _finding(place, Status.PROVED, "public access block")
        return
    layers = Layers(
        identity=(),
        resource=tuple(each for each in holder.policy.statements if applies_to_principal(each, "")),
        possible=tuple(
            each for each in holder.policy.possible if applies_to_principal(each, "") or each.actions == ("*",)
        ),
    )
    for obligation in build_obligations(_ANYONE, place, holder, layers, Known()):
        finding = decided(obligation, second, Question.INTERNET)
        if finding.request is not None:
            verdict = evaluate(finding.request, identity=(), resource=holder.policy)
            finding = attack(finding, finding.request, verdict, place, ANYONE)
        yield finding


def _finding(place: Place, status: Status, engine: str, story: str = "") -> Finding:
    return Finding(
        question=Question.INTERNET,
        status=status,
        caller=_ANYONE,
        subject=place.name,
        engines=(engine,),
        story=story,
    )


def open_to_anyone(model: Model) -> Iterator[str]:
    """Yield descriptions of the routes, functions and load balancer rules that anyone may call."""
    yield from (finding for holder in model.holders for finding in holder.open_to_anyone())
    yield from (str(each) for each in forwards(model.resources) if each.who == _ANYONE)
