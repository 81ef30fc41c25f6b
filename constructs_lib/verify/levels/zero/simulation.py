"""Comparison of IAM's policy simulator with the proof's evaluator, on the proof's requests."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.model.callers import CallerKind
from constructs_lib.verify.checks import Check
from constructs_lib.verify.finding import Finding, Outcome, agrees, differs, not_checked
from constructs_lib.verify.proof_models import models_of
from constructs_lib.verify.proof_requests import Undistinguished, answer, questions
from constructs_lib.verify.simulator import ALLOWED, NoAnswerError, Simulation, UnanswerableError, kinds_of, simulate
from constructs_lib.verify.template_policies import Names, boundary_document, identity_documents

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.model.callers import Caller
    from constructs_lib.analysis.model.model import Model
    from constructs_lib.verify.context import Context
    from constructs_lib.verify.proof_requests import Question

_NOT_OF_ROLES: Final = "simulation of resource-based policies isn't supported for IAM roles (SimulateCustomPolicy)"
_NO_SESSION: Final = (
    "the simulator accepts no scope-down policies (SimulateCustomPolicy); level 1 tests guests' requests"
)


def run(context: Context) -> Iterator[Finding]:
    """Simulate every request about every model of the templates."""
    iam: Any = context.session.client("iam")
    for model in models_of(context):
        asking = _Simulations(iam, model, Names(context.run))
        for question in questions(model):
            if isinstance(question, Undistinguished):
                yield not_checked(question.what, question.why)
            else:
                yield from asking.ask(question)
        yield from asking.findings()
        yield from _left_out(model)


class _Simulations:
    """The simulations for one model, and the number of equal decisions."""

    def __init__(self, iam: Any, model: Model, names: Names) -> None:
        self._iam, self._model, self._names = iam, model, names
        self._policies: dict[str, tuple[tuple[str, ...], str] | None] = {}
        self._agreed: dict[tuple[str, str], int] = {}
        self.unknown: dict[str, str] = {}

    def ask(self, question: Question) -> Iterator[Finding]:
        """Yield the requests that the simulator decides differently; equal decisions are counted."""
        simulation = self._simulation(question)
        if simulation is None:
            return
        about = (str(question.caller), question.holder.name)
        self._agreed.setdefault(about, 0)
        try:
            for action, decision in simulate(self._iam, simulation, question.actions):
                ours = answer(question, action)
                if (decision == ALLOWED) == ours:
                    self._agreed[about] += 1
                else:
                    yield _difference(about, action, simulation, decision, ours=ours)
        except UnanswerableError as error:
            yield not_checked(f"{about[0]} on {about[1]}: {', '.join(question.actions)}", str(error))
        except NoAnswerError as error:
            what = f"{about[0]} on {about[1]}: {', '.join(question.actions)} was not decided"
            yield Finding(outcome=Outcome.FAILED, what=what, detail=str(error))

    def findings(self) -> Iterator[Finding]:
        """Yield the number of equal decisions, and the callers whose policies are unknown."""
        for (caller, holder), count in self._agreed.items():
            if count:
                what = f"{caller} on {holder}: {count} requests have equal decisions"
                yield agrees(what)
        for caller, why in self.unknown.items():
            yield not_checked(f"the requests of {caller}", why)

    def _simulation(self, question: Question) -> Simulation | None:
        caller = question.caller
        if caller.id not in self._policies:
            self._policies[caller.id] = self._read(caller)
        known = self._policies[caller.id]
        if known is None:
            return None
        boundary = () if caller.role.boundary is None else (caller.role.boundary,)
        text = self._names.text
        return Simulation(
            policies=known[0],
            boundary=known[1],
            resource=text(question.resource),
            context={
                key: tuple(map(text, value)) if isinstance(value, tuple) else text(value)
                for key, value in question.context.items()
            },
            kinds=kinds_of((*caller.identity, *boundary)),
        )

    def _read(self, caller: Caller) -> tuple[tuple[str, ...], str] | None:
        """Return a caller's policies and boundary as JSON; None if the templates do not contain them."""
        doubts = [each.doubt for policy in caller.identity for each in (*policy.possible, *policy.statements)]
        if any(doubts):
            self.unknown[str(caller)] = next(filter(None, doubts))
            return None
        try:
            found = identity_documents(caller.role, self._model)
            boundary = boundary_document(caller.role, self._model)
        except LookupError as error:
            self.unknown[str(caller)] = str(error)
            return None
        return tuple(map(self._json, found)), "" if boundary is None else self._json(boundary)

    def _json(self, document: object) -> str:
        return json.dumps(self._names.value(document), separators=(",", ":"))


def _difference(about: tuple[str, str], action: str, simulation: Simulation, decision: str, *, ours: bool) -> Finding:
    again = json.dumps(simulation.input([action]))
    expected = "allowed" if ours else "refused"
    return differs(
        f"{about[0]}: {action} on {about[1]} is {decision}; the evaluator's decision is {expected}",
        f"the input of iam:SimulateCustomPolicy: {again}",
        remedy="repeat it with `aws iam simulate-custom-policy --cli-input-json` and this input, and please report it",
    )


def _left_out(model: Model) -> Iterator[Finding]:
    """Yield the policies that the simulator does not support: resource policies, and Cognito's session policy."""
    for holder in model.holders:
        if holder.policy.statements or holder.policy.possible:
            yield not_checked(f"the resource policy of {holder.name}, and its anonymous access", _NOT_OF_ROLES)
    if any(each.kind is CallerKind.GUEST for each in model.callers):
        yield not_checked("the session policy that limits guests in the enhanced flow", _NO_SESSION)


CHECKS: Final = (
    Check(
        name="simulated-policies",
        level=0,
        title="IAM's policy simulator decides the proof's requests as the proof's evaluator does",
        assumption=(
            "the evaluator reads policies as IAM does: a variable without a value matches nothing, ForAllValues holds "
            'for an absent key, a star spans slashes ("IAM JSON policy elements", IAM user guide)'
        ),
        run=run,
    ),
)
