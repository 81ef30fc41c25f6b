"""The questions that are asked of every caller: of the app's, of other principals, and of roles that services act with.

Whoever is asked is a caller of the same model, so that no question has a list of its own of who may do something.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.iam import catalogue
from constructs_lib.analysis.model.callers import Caller, CallerKind
from constructs_lib.analysis.proof.access_paths.external_access import external_access
from constructs_lib.analysis.proof.access_paths.powers import Power
from constructs_lib.analysis.proof.anonymous_access import anonymous_findings
from constructs_lib.analysis.proof.escalation import escalations
from constructs_lib.analysis.proof.findings import Status
from constructs_lib.analysis.proof.guest_identity_ids import exposed_guest_identity_ids
from constructs_lib.analysis.proof.indirect import indirect_access
from constructs_lib.analysis.proof.isolation import Isolation
from constructs_lib.analysis.proof.other_principals import other_principals
from constructs_lib.analysis.proof.outside_indexes import outside_index_findings
from constructs_lib.analysis.proof.rights_together import together

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from constructs_lib.analysis.model.callers import Role
    from constructs_lib.analysis.model.model import Model
    from constructs_lib.analysis.model.places import Place
    from constructs_lib.analysis.proof.accepted_access import Accepted
    from constructs_lib.analysis.proof.findings import Finding
    from constructs_lib.analysis.proof.verdicts import Engine

OPEN: Final = (Status.COUNTEREXAMPLE, Status.UNDECIDED)
_TOLD: Final = (*OPEN, Status.ACCEPTED)


class CallerQuestions:
    """The questions about the callers of one model.

    Args:
        model: The model.
        places: The owned places of the app's callers.
        second: The engine that repeats the proofs of the first; None for the first alone.
        accepted: Intended access to other owners' data.
        powers: What roles that services act with can do, see `external_access`. Default: they are asked.
    """

    def __init__(
        self,
        model: Model,
        places: Sequence[Place],
        second: Engine | None,
        accepted: Sequence[Accepted],
        powers: Mapping[str, Mapping[str, Power]] | None = None,
    ) -> None:
        """Follow every grant on owned data to its holders."""
        self._model = model
        self._places = places
        self._second = second
        self._accepted = accepted
        self.isolation = Isolation(model, second, accepted)
        self._powers = powers or {}
        self.external = external_access(model, places, accepts=bool(accepted), powers=self._powers)
        if powers is None and self.external.acting and places:
            self._powers = self._powers_of_roles()
            if self._powers:
                self.external = external_access(model, places, accepts=bool(accepted), powers=self._powers)

    def findings(self, *, direct: bool = True) -> Iterator[Finding]:
        """Yield the answers about each caller.

        Args:
            direct: Whether requests for owned places are included. Default: they are.
        """
        unproved: set[tuple[str, str]] = set()
        for place in (*self._places, *self.external.replicas):
            for finding in (in_doubt(each, place) for each in self.isolation.findings(place)) if direct else ():
                if finding.status in OPEN:
                    unproved.add((finding.caller, place.kind))
                yield finding
            yield from exposed_guest_identity_ids(place, self._model, self._second, self._accepted)
            for finding in anonymous_findings(place, self._model, self._second):
                yield self.accepted_or(in_doubt(finding, place))
        yield from escalations(self._model)
        yield from map(self.accepted_or, outside_index_findings(self._model, self._places))
        yield from map(self.accepted_or, self.external.findings)
        yield from indirect_access(self._model, self.external.paths, unproved, self._accepted)

    def of_other_principals(self, answered: Sequence[Finding]) -> Iterator[Finding]:
        """Yield what other principals may do.

        Args:
            answered: The answers about the callers, which are not repeated.
        """
        yield from together(self._about_others(answered))

    def _about_others(self, answered: Sequence[Finding]) -> Iterator[Finding]:
        others = other_principals(self._model, self.external.roles) if self._places else []
        known = {key_of(each) for each in answered if each.status in _TOLD}
        for finding in self._asked([each.caller for each in others]):
            if key_of(finding) not in known:
                # A path that names nobody, such as a route for whom policies permit, is open to each of them.
                named = [each for each in others if str(each.caller) == finding.caller]
                yield from (self.accepted_or(each.reported(finding)) for each in named or others)

    def _powers_of_roles(self) -> dict[str, dict[str, Power]]:
        """Return what the roles that services act with for others can do, by ARN and service of the actions."""
        asked = {caller.principal for caller in self._model.callers}
        # Roles of several stacks may have one name.
        roles: dict[str, list[Role]] = {}
        for role in self.external.acting:
            if role.arn not in asked:
                roles.setdefault(f"the role {role.name}", []).append(role)
        found: dict[str, dict[str, Power]] = {}
        callers = [
            Caller(kind=CallerKind.PRINCIPAL, group=name, role=role) for name, same in roles.items() for role in same
        ]
        # Requests for owned places, copies and what a role starts are followed as references to the role.
        for finding in (each for each in self._asked(callers, direct=False) if each.status in OPEN):
            for role in roles.get(finding.caller, ()) if finding.about not in self.external.followed else ():
                held = found.setdefault(role.arn, {})
                for service in _services(finding):
                    held.setdefault(service, _power(finding))
        return found

    def _asked(self, callers: Sequence[Caller], *, direct: bool = True) -> Iterator[Finding]:
        """Yield the open and the accepted answers of a model with further callers."""
        if callers:
            once = tuple(each for place, each in enumerate(callers) if each not in callers[:place])
            model = replace(self._model, callers=(*self._model.callers, *once))
            asked = CallerQuestions(model, self._places, None, self._accepted, self._powers)
            yield from (each for each in asked.findings(direct=direct) if each.status in _TOLD)

    def accepted_or(self, finding: Finding) -> Finding:
        """Return a finding, as accepted if it is intended access."""
        if finding.status is Status.PROVED or not any(each.covers_path(finding) for each in self._accepted):
            return finding
        return replace(finding, status=Status.ACCEPTED)


def _services(finding: Finding) -> Iterator[str]:
    """Yield the IAM prefixes of the actions of a finding; every prefix for actions that are not named."""
    actions = finding.actions or tuple(action for each in finding.because for action in each.actions)
    for prefix in {action.partition(":")[0].lower() for action in actions} or {"*"}:
        yield from catalogue.services() if set("*?") & set(prefix) else (prefix,)


def _power(finding: Finding) -> Power:
    told = finding.story.removeprefix(f"{finding.caller} ").removeprefix("can ").removeprefix("may ")
    told, _, _ = told.partition(", because of ")
    return Power(
        words=told or f"use {finding.subject}",
        certain=finding.status is Status.COUNTEREXAMPLE,
        statement=next(iter(finding.because), None),
        path=finding.subject,
    )


def key_of(finding: Finding) -> tuple[Any, ...]:
    """Return the parts of a finding that are its question: two with the same have one answer."""
    return finding.question, finding.caller, finding.subject, finding.actions


def in_doubt(finding: Finding, place: Place) -> Finding:
    """Return an attack on a place as undecided if its resource may be another one than a policy names."""
    if not place.doubt or finding.status is not Status.COUNTEREXAMPLE:
        return finding
    return replace(finding, status=Status.UNDECIDED, story=f"{finding.story}, if it is owned: {place.doubt}")


__all__ = ["OPEN", "CallerQuestions", "in_doubt", "key_of"]
