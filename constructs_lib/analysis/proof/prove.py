"""The proof: all checks, for every kind of caller and every owned place."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from constructs_lib.analysis.model.callers import ANYONE
from constructs_lib.analysis.model.kinds.channels import SIGNED
from constructs_lib.analysis.model.owned_places import ownerless
from constructs_lib.analysis.proof.accepted_access import Accepted, refuse_unknown, refuse_unused
from constructs_lib.analysis.proof.anonymous_access import open_to_anyone
from constructs_lib.analysis.proof.caller_questions import OPEN, CallerQuestions, key_of
from constructs_lib.analysis.proof.escalation import foreign
from constructs_lib.analysis.proof.expected_owners import missing_owners, open_parts, refuse_unknown_owned
from constructs_lib.analysis.proof.findings import Finding, Question, Report, Status
from constructs_lib.analysis.proof.indirect import INDIRECT_PATHS
from constructs_lib.analysis.proof.isolation import replay
from constructs_lib.analysis.proof.rights_together import RIGHTS
from constructs_lib.analysis.proof.route_authorizers import owned_places
from constructs_lib.analysis.proof.session_tags import untagged_sessions
from constructs_lib.analysis.proof.trust_policies import trust_findings
from constructs_lib.analysis.proof.verdicts import AUTOMATA, Engine

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from constructs_lib.analysis.model.model import Model


def prove(
    models: Sequence[Model],
    *,
    second: Engine | None = None,
    accepted: Sequence[Accepted] = (),
    owned: Sequence[str] = (),
    warn: bool = True,
) -> Report:
    """Run all checks on templates, for every combination of their conditions.

    Args:
        models: From `build_model`.
        second: The engine that repeats the proofs of the first; None for the first alone, which the report states.
        accepted: Intended access to other owners' data.
        owned: Names of resources or places that must have owners, as reports show them.
        warn: Whether to check, too, that some caller reaches their own data: a version that is only a baseline for
            comparison needs no warnings.

    Raises:
        ValueError: If an accepted place or caller does not exist, no caller has the accepted access, or a resource
            that must have owners does not exist.
    """
    refuse_unknown_owned(owned, models)
    proofs = [_ModelProof(model, second, accepted, owned) for model in models]
    under_choices = [_ModelProof(each, second, accepted) for model in models for each in model.under_choices()]
    findings = _findings(proofs, accepted, under_choices)
    held = {place.holder for each in proofs for place in each.places}
    return Report(
        findings=findings,
        owned=_once(
            f"{place.name} ({place.owner.placeholder}: {place.owner.form})"
            for each in proofs
            for place in each.places
            if place.owner is not None
        ),
        shared=_once(
            holder.name
            for each in proofs
            for holder in each.model.holders
            if holder.has_owners and holder.arn not in held
        )
        + _once(part.name for each in proofs for part in each.open_parts),
        trusted=_merged(each.external.trusted for each in proofs),
        drivers=_merged(each.external.drivers for each in proofs),
        open=_once(place for each in proofs for place in open_to_anyone(each.model)),
        warnings=_once(warning for each in proofs for warning in each.warnings()) if warn else (),
        engines=(AUTOMATA,) if second is None else (AUTOMATA, second.name),
    )


def open_findings(models: Sequence[Model], *, accepted: Sequence[Accepted] = ()) -> list[Finding]:
    """Return what the first engine alone does not prove, attacks first: the faster check that runs during synth.

    Args:
        models: From `build_model`.
        accepted: Intended access to other owners' data.

    Raises:
        ValueError: If an accepted place or caller does not exist, or no caller has the accepted access.
    """
    proofs = [_ModelProof(model, None, accepted) for model in models]
    return sorted((finding for finding in _findings(proofs, accepted) if finding.status in OPEN), key=_rank)


class _ModelProof:
    """One model, with its owned places."""

    def __init__(
        self, model: Model, second: Engine | None, accepted: Sequence[Accepted], owned: Sequence[str] = ()
    ) -> None:
        self.model = model
        self.places = owned_places(model)
        self._second = second
        self._owned = owned
        self.open_parts = tuple(open_parts(owned, model, self.places))
        self._questions = CallerQuestions(model, self.places, second, accepted)
        self.external = self._questions.external

    def findings(self) -> Iterator[Finding]:
        model = self.model
        answered = list(self._questions.findings())
        yield from answered
        yield from self._questions.of_other_principals(answered)
        yield from missing_owners(self._owned, model, self.places)
        yield from (found for each in self.open_parts if (found := each.finding()) is not None)
        yield from trust_findings(model, self.places, self._second, told=self.external.roles)
        yield from untagged_sessions(model)
        yield from foreign(model, self.places)
        for subject in ownerless(model):
            yield Finding(
                question=Question.OTHERS_DATA,
                status=Status.COUNTEREXAMPLE,
                caller="an unknown caller",
                subject=subject,
                story=f"{subject} was made for owners, and nothing says whose it is: no policy variable is in it",
            )
        for gap in model.gaps:
            yield Finding(
                question=Question.OTHERS_DATA,
                status=Status.UNDECIDED,
                caller="an unknown caller",
                subject="the templates",
                story=gap,
            )

    def warnings(self) -> Iterator[str]:
        yield from self.model.notes
        for place in self.places:
            # Callers who use channels with tokens are not the ones who sign requests.
            if (
                not place.implied
                and not place.resource.endswith(SIGNED)
                and not self._questions.isolation.has_reachable_owner(place)
            ):
                yield (
                    f"no caller reaches their own {place.name}: the isolation holds because the policies grant nothing "
                    "there (a policy whose Version is not 2012-10-17 has no variables)"
                )
        for caller in self.model.callers:
            if caller.pool.classic and caller.pool.guests:
                yield f"{caller.pool.path} allows the classic flow: guests escape Cognito's session policy"


def _findings(
    proofs: Sequence[_ModelProof], accepted: Sequence[Accepted], under_choices: Sequence[_ModelProof] = ()
) -> tuple[Finding, ...]:
    """Return each finding once, with the worst result over all combinations of the templates' conditions.

    `under_choices` are the proofs for values with which texts are names: what they find is undecided.

    Raises:
        ValueError: If an accepted place or caller does not exist, or no caller has the accepted access.
    """
    findings: dict[tuple[Any, ...], Finding] = {}
    for each in proofs:
        for finding in each.findings():
            key = key_of(finding)
            known = findings.get(key)
            if known is None or _rank(finding) < _rank(known):
                findings[key] = replace(finding, assumed=each.model.assumed) if len(proofs) > 1 else finding
    for each in under_choices:
        for finding in each.findings():
            key = key_of(finding)
            if finding.status in OPEN and (key not in findings or findings[key].status not in OPEN):
                findings[key] = under_choice(finding, each.model)
    proofs = (*proofs, *under_choices)
    places = {place.name for each in proofs for place in each.places} | {path.name for path in INDIRECT_PATHS}
    places |= {finding.subject for each in proofs for finding in each.external.findings}
    places |= {place.name for each in proofs for place in each.external.replicas}
    for finding in findings.values():
        if finding.question is Question.ANOTHER_WAY:
            places |= {*finding.actions} if finding.subject == RIGHTS else {finding.subject}
    callers = {str(caller) for each in proofs for caller in (*each.model.callers, ANYONE)}
    callers |= {finding.caller for finding in findings.values() if finding.question is Question.ANOTHER_WAY}
    refuse_unknown(accepted, places, callers)
    # Attacks come first.
    if not any(each.status is Status.COUNTEREXAMPLE for each in findings.values()):
        refuse_unused(accepted)
    return tuple(findings.values())


def under_choice(finding: Finding, model: Model) -> Finding:
    """Return what a model of `Model.under_choices` has found, as undecided."""
    choice = " and ".join(f"{name} is {value}" for name, value in model.assumed.items() if isinstance(value, str))
    story = f"{finding.story}, if {choice}: use Ref or Fn::GetAtt for resources, so that the templates determine it"
    return replace(finding, status=Status.UNDECIDED, story=story, assumed=model.assumed)


def _rank(finding: Finding) -> int:
    order = (Status.COUNTEREXAMPLE, Status.UNDECIDED, Status.ACCEPTED, Status.PROVED)
    return order.index(finding.status)


def _once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))


def _merged(maps: Iterable[Mapping[str, tuple[str, ...]]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for each in maps:
        for name, values in each.items():
            found[name] = _once((*found.get(name, ()), *values))
    return found


__all__ = ["Accepted", "Engine", "open_findings", "prove", "replay", "under_choice"]
