"""Guests' identity IDs are bearer secrets: a client that has one gets the credentials of that guest.

Source: `GetCredentialsForIdentity` (Amazon Cognito identity pools API reference) requires only the ID if no login is
linked to it. A list that shows only the names of guests' folders or topics therefore discloses their content too.
"""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.automata_engine import Answer, decide
from constructs_lib.analysis.engine.obligations import Questions
from constructs_lib.analysis.engine.policy_layers import applies_to_action, layers_of
from constructs_lib.analysis.iam import catalogue
from constructs_lib.analysis.iam.arns import globs_meet, loosened
from constructs_lib.analysis.iam.escalations import Escalation, is_allowed, is_denied
from constructs_lib.analysis.model.callers import ANYONE, NO_POLICY, CallerKind
from constructs_lib.analysis.model.named_resources import Named
from constructs_lib.analysis.model.value_formats import POOL_IDENTITY
from constructs_lib.analysis.proof.findings import Finding, Question, Status
from constructs_lib.analysis.proof.indirect import IndirectPath, open_actions
from constructs_lib.analysis.proof.verdicts import AUTOMATA, decided

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.analysis.engine.obligations import Obligation
    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.model.callers import Caller
    from constructs_lib.analysis.model.model import Model
    from constructs_lib.analysis.model.places import Place
    from constructs_lib.analysis.proof.accepted_access import Accepted
    from constructs_lib.analysis.proof.verdicts import Engine


LISTING: Final = Escalation(
    action="cognito-identity:ListIdentities",
    on=("identitypool",),
    why="lists the identity IDs of guests too, each of which is enough for that guest's credentials",
    source="ListIdentities and GetCredentialsForIdentity (Amazon Cognito identity pools API reference)",
    needs=(),
    certain=True,
)


def exposed_guest_identity_ids(
    place: Place, model: Model, second: Engine | None, accepted: Sequence[Accepted]
) -> Iterator[Finding]:
    """Yield the callers who may list guests' identity IDs: those of the pool, or the names of guests' folders."""
    if place.owner is None or place.owner.form != POOL_IDENTITY:
        return
    if not any(_is_theirs(place, caller, model) for caller in model.callers if caller.kind is CallerKind.GUEST):
        return
    for finding in (*_who_lists_the_pool(place, model), *_who_lists_names(place, model)):
        is_accepted = any(each.covers_path(finding) for each in accepted)
        yield replace(finding, status=Status.ACCEPTED) if is_accepted else finding
    if not place.text.endswith("/*"):
        return
    # Without the final slash, a listing that shows only the name counts as showing the place.
    shown = replace(place, text=place.text.removesuffix("/*") + "*")
    for caller in (*model.callers, ANYONE):
        questions = Questions(caller, model)
        known = {each.actions for each in questions.about(place) if decide(each).answer is not Answer.PROVED}
        for obligation in questions.about(shown):
            if obligation.shape.listing and obligation.actions not in known:
                yield from _findings(obligation, caller, model, second, accepted)


def _who_lists_the_pool(place: Place, model: Model) -> Iterator[Finding]:
    for caller in model.callers:
        statement = listing_statement(caller)
        if statement is not None:
            sure = not statement.conditions and not statement.doubt
            yield Finding(
                question=Question.OTHERS_DATA,
                status=Status.COUNTEREXAMPLE if sure else Status.UNDECIDED,
                caller=str(caller),
                subject=place.name,
                actions=(LISTING.action,),
                engines=("evaluation",),
                because=(statement,),
                story=(
                    f"{caller} {'can' if sure else 'may'} call {LISTING.action}, which {LISTING.why}, and so reaches "
                    f"guests' {place.name}, because of {statement}"
                ),
            )


def _who_lists_names(place: Place, model: Model) -> Iterator[Finding]:
    for path in name_lists([place], model):
        for caller in model.callers:
            actions = tuple(open_actions(path, caller))
            if actions:
                yield Finding(
                    question=Question.OTHERS_DATA,
                    status=Status.UNDECIDED,
                    caller=str(caller),
                    subject=place.name,
                    actions=actions,
                    engines=(AUTOMATA,),
                    story=f"{caller} can call {actions[0]}: {path.why}",
                )


def name_lists(places: Sequence[Place], model: Model) -> Iterator[IndirectPath]:
    """Yield the lists of a service that may show the names of what guests own by their identity IDs."""
    for place in places:
        holder = model.holder(place.holder)
        if isinstance(holder, Named) and place.owner is not None and place.owner.form == POOL_IDENTITY:
            why = f"it may list the names of guests' {place.name}, and each ID in them is enough for its credentials"
            for service in holder.services:
                lists = _lists_of(service, loosened(place.before + place.text))
                if lists:
                    yield IndirectPath(
                        kind=place.kind, name=f"lists of {service}", service=service, actions=lists, why=why
                    )  # fmt: skip


@functools.cache
def _lists_of(service: str, where: str) -> frozenset[str]:
    """Return the actions that list names and that are not asked at a place, because they name nothing that fits it."""
    return frozenset(
        action.partition(":")[2]
        for action in catalogue.actions_of(service)
        if catalogue.access_level(action) == "List"
        and not any(
            globs_meet(arn, where)
            for kind in catalogue.resource_types(action)
            for arn in catalogue.arn_patterns(action, kind)
        )
    )


def listing_statement(caller: Caller) -> Statement | None:
    """Return the statement that allows a caller the list of a pool's identities; conditions are not evaluated."""
    layers = layers_of(caller, NO_POLICY)

    def gives_it(statements: Sequence[Statement]) -> list[Statement]:
        return [
            each
            for each in statements
            if each.allow and applies_to_action(each, LISTING.action) and is_allowed(LISTING, each)
        ]

    if not all(map(gives_it, layers.at_worst().limits)):
        return None
    denying = [each for each in layers.all() if not each.allow and applies_to_action(each, LISTING.action)]
    given = gives_it((*layers.identity, *layers.possible))
    return next((each for each in given if not any(is_denied(LISTING, deny, each) for deny in denying)), None)


def _is_theirs(place: Place, guest: Caller, model: Model) -> bool:
    own = Questions(guest, model).about(place, own=True)
    return any(decide(each).answer is not Answer.PROVED for each in own)


def _findings(
    obligation: Obligation, caller: Caller, model: Model, second: Engine | None, accepted: Sequence[Accepted]
) -> Iterator[Finding]:
    finding = decided(obligation, second, Question.OTHERS_DATA)
    if finding.status is Status.PROVED:
        return
    if all(any(each.covers(obligation, action) for each in accepted) for action in obligation.actions):
        yield replace(finding, status=Status.ACCEPTED, story=f"{caller} may list {obligation.place.name}")
        return
    if finding.request is None:
        yield finding
        return
    verdict = caller.verdict(finding.request, model.holder(obligation.place.holder))
    if not verdict.allowed:
        story = "the engine has an attack that the evaluator refuses: one of the two is wrong, please report it"
        yield replace(finding, status=Status.UNDECIDED, story=story)
        return
    by = "; ".join(map(str, verdict.because))
    story = (
        f"{caller} can list the names of the folders of {obligation.place.name}, which are the identity IDs of guests "
        f"too, and a holder of a guest's ID gets that guest's credentials, because of {by}"
    )
    yield replace(finding, because=verdict.because, story=story)
