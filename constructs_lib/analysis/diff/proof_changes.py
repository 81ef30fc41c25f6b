"""Changes of other findings of the proof: roles that others can assume, and new access paths to owned data."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.diff.changes import Change
from constructs_lib.analysis.model.listeners import ANYONE, forwards
from constructs_lib.analysis.model.owned_places import ownerless
from constructs_lib.analysis.model.resources import as_list
from constructs_lib.analysis.proof.caller_questions import OPEN, CallerQuestions, in_doubt, key_of
from constructs_lib.analysis.proof.escalation import foreign
from constructs_lib.analysis.proof.findings import Finding, Question, Status
from constructs_lib.analysis.proof.outside_indexes import outside_index_findings
from constructs_lib.analysis.proof.prove import under_choice
from constructs_lib.analysis.proof.route_authorizers import owned_places

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from constructs_lib.analysis.model.model import Model
    from constructs_lib.analysis.model.places import Place

_OF_ROLES: Final = {"AWS::IAM::Policy": "Roles", "AWS::IAM::RolePolicy": "RoleName"}
_Key = tuple[str, str, str]


def changed_findings(old: Model, new: Model, sources: Mapping[str, str]) -> Iterator[Change | str]:
    """Yield the attacks of one version only, and descriptions of findings that only the new one leaves undecided.

    `sources` are the names of the templates by origin: findings of a template are equal in any location.
    """
    before, after = _by_key(_standing(old, new)), _by_key(_standing(new, old))
    for key, findings in after.items():
        known = before.get(key, [])
        for finding in findings:
            if finding.status is Status.COUNTEREXAMPLE and not _has(known, finding):
                yield _change(finding, gained=True)
            elif finding.status is Status.UNDECIDED and all(
                plain(each.story, sources) != plain(finding.story, sources) for each in known
            ):
                yield f"not known: {finding.story}"
    for key, findings in before.items():
        for finding in findings:
            if finding.status is Status.COUNTEREXAMPLE and not _has(after.get(key, []), finding):
                yield _change(finding, gained=False)
    if _access_path_inputs(old) != _access_path_inputs(new):
        yield from _under_choices(old, new, {key_of(each) for found in after.values() for each in found})
    yield from _balancers(old, new)


def _under_choices(old: Model, new: Model, known: Collection[tuple[Any, ...]]) -> Iterator[str]:
    """Yield what only the new version leaves undecided, because a text may be the name of a resource."""
    found = {key: each for key, each in _chosen(new).items() if key not in known}
    for key in found.keys() - _chosen(old).keys() if found else ():
        yield f"not known: {found[key].story}"


def _chosen(model: Model) -> dict[tuple[Any, ...], Finding]:
    return {
        key_of(each): under_choice(each, choice)
        for choice in model.under_choices()
        for each in _other_ways(choice, owned_places(choice))
        if each.status in OPEN
    }


def _other_ways(model: Model, places: Sequence[Place], changed: Sequence[Place] = ()) -> Iterator[Finding]:
    """Yield the answers of the proof about all but requests of callers, and rights to widen their own.

    Requests are included on copies of owned data and on the changed places: they may be the same, and reach more.
    """
    questions = CallerQuestions(model, places, None, ())
    for place in (*questions.external.replicas, *changed):
        yield from (in_doubt(each, place) for each in questions.isolation.findings(place))
    answered = list(questions.findings(direct=False))
    for each in (*answered, *questions.of_other_principals(answered)):
        if each.question is not Question.ESCALATION:
            yield each


def _balancers(old: Model, new: Model) -> Iterator[Change]:
    """Yield the load balancer rules that forward anonymous requests in one version only."""
    before, after = (
        dict.fromkeys(str(each) for each in forwards(model.resources) if each.who == ANYONE) for model in (old, new)
    )
    for name in before | after:
        if (name in before) is not (name in after):
            yield Change(
                gained=name in after,
                subjects=(ANYONE,),
                who=(ANYONE[:1].upper() + ANYONE[1:],),
                actions=(),
                does="send requests to the target of",
                resource=name,
                where="",
                place=name,
            )


def _standing(model: Model, other: Model) -> Iterator[Finding]:
    """Yield the findings of the proof in a version, except permissions and trust, which are compared separately."""
    places = owned_places(model)
    yield from foreign(model, places)
    if _access_path_inputs(model) != _access_path_inputs(other):
        known = {each.name for each in owned_places(other)}
        changed = [each for each in places if each.name not in known or not _is_same(each.holder, model, other)]
        yield from _other_ways(model, places, changed)
    else:
        yield from outside_index_findings(model, places)
    for subject in ownerless(model):
        yield _finding_of_change(subject, Status.COUNTEREXAMPLE, subject)
    for gap in model.gaps:
        yield _finding_of_change("the templates", Status.UNDECIDED, gap)


def _is_same(arn: str, model: Model, other: Model) -> bool:
    """Return whether a resource is the same apart from its policy, whose changes are compared by requests."""
    holder, was = model.holder(arn), other.holder(arn)
    return holder is None or was is None or replace(holder, policy=was.policy) == was


def _access_path_inputs(model: Model) -> dict[tuple[str, str], Mapping[str, Any]]:
    """Return the inputs of the access paths: all resources except callers' roles, with resource policies."""
    caller_roles = {caller.role.arn for caller in model.callers if caller.role is not None}
    names = {each.id for each in model.resources if each.arn in caller_roles}
    return {
        (each.type, each.id): each.properties
        for each in model.resources
        if each.arn not in caller_roles
        and not (each.type in _OF_ROLES and names.issuperset(map(str, as_list(each.get(_OF_ROLES[each.type], [None])))))
    }


def _finding_of_change(subject: str, status: Status, story: str) -> Finding:
    return Finding(
        question=Question.OTHERS_DATA, status=status, caller="an unknown caller", subject=subject, story=story
    )


def plain(story: str, sources: Mapping[str, str]) -> str:
    """Return a story with a template's name instead of its file.

    `sources` are the names of the templates by origin.
    """
    for source in sorted(sources, key=len, reverse=True):
        story = story.replace(source, sources[source])
    return story


def _by_key(findings: Iterable[Finding]) -> dict[_Key, list[Finding]]:
    found: dict[_Key, list[Finding]] = {}
    for finding in findings:
        found.setdefault((finding.question.value, finding.caller, finding.subject), []).append(finding)
    return found


def _has(known: Sequence[Finding], finding: Finding) -> bool:
    """Return whether the other version has an attack too, by each of its actions."""
    open_ones = [each for each in known if each.status is Status.COUNTEREXAMPLE]
    actions = {action for each in open_ones for action in each.actions}
    return bool(open_ones) and actions.issuperset(finding.actions)


def _change(finding: Finding, *, gained: bool) -> Change:
    return Change(
        gained=gained,
        subjects=(finding.caller,),
        who=(finding.caller[:1].upper() + finding.caller[1:],),
        actions=finding.actions,
        does="reach another user's data in" if finding.question is Question.OTHERS_DATA else "reach",
        resource=finding.subject,
        where="",
        place=finding.subject,
        others=finding.question.is_about_data,
        request=finding.request,
        because=finding.because,
        replayed=finding.request is not None,
        assumed=finding.assumed,
    )
