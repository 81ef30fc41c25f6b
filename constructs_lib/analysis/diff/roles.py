"""Roles whose trust policy or tags change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.analysis.diff.changes import Change
from constructs_lib.analysis.iam.policies import PRINCIPAL_TAG
from constructs_lib.analysis.model.model import all_callers
from constructs_lib.analysis.model.owned_places import find_places
from constructs_lib.analysis.proof.findings import Status
from constructs_lib.analysis.proof.trust_policies import trust_findings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.iam.policies import Policy
    from constructs_lib.analysis.model.model import Model
    from constructs_lib.analysis.proof.findings import Finding


def changed_trust(old: Model, new: Model) -> Iterator[Change | str]:
    """Yield the principals who can assume a role in one version only, and descriptions of unknown cases."""
    if _trusts(old) == _trusts(new):
        return
    was, now = _takers(old), _takers(new)
    for key in dict.fromkeys((*now, *was)):
        before, after = was.get(key), now.get(key)
        can, could = (each is not None and each.status is Status.COUNTEREXAMPLE for each in (after, before))
        if after is not None and after.status is Status.UNDECIDED:
            if before is None or before.story != after.story:
                yield after.story
        elif after is not None and can and not could:
            yield _change(after, gained=True)
        elif before is not None and could and not can:
            yield _change(before, gained=False)


def changed_role_tags(old: Model, new: Model) -> Iterator[str]:
    """Yield the callers whose role has other tags of its own that some policy compares, in sentences.

    Both versions are asked with the context of the newer one, so that requests do not show the difference.
    """
    before, after = all_callers(old), all_callers(new)
    for name in (each for each in after if each in before):
        caller, was, now = after[name], before[name].role, after[name].role
        if (was.tags, was.tags_doubt) == (now.tags, now.tags_doubt):
            continue
        names = {key for key in {*was.tags, *now.tags} if was.tags.get(key) != now.tags.get(key)}
        text = policy_text(old) + policy_text(new)
        if was.tags_doubt != now.tags_doubt and PRINCIPAL_TAG in text:
            yield f"{caller.words}: {now.tags_doubt or was.tags_doubt}, and policies compare tags: not compared"
        for key in sorted(key for key in names if f"{PRINCIPAL_TAG}{key}" in text):
            yield f"{caller.words}: the role {now.name} changes its tag {key}, which policies compare: not compared"


def policy_text(model: Model) -> str:
    """Return all policies of callers and resources as one text in lower case."""
    callers = [(each.identity, each.limits) for each in all_callers(model).values()]
    return repr((callers, [each.policy for each in model.holders])).lower()


def _trusts(model: Model) -> tuple[dict[str, Policy], set[tuple[object, ...]]]:
    """Return the inputs that determine who can assume a role."""
    callers: set[tuple[object, ...]] = {
        (str(each), each.pool.id, each.pool.guests, each.pool.classic, each.role.arn, each.claimed)
        for each in model.callers
    }
    return {arn: role.trust for arn, role in model.roles.items()}, callers


def _takers(model: Model) -> dict[tuple[str, str], Finding]:
    return {(each.caller, each.subject): each for each in trust_findings(model, find_places(model))}


def _change(finding: Finding, *, gained: bool) -> Change:
    return Change(
        gained=gained,
        subjects=("internet",),
        who=(finding.caller[0].upper() + finding.caller[1:],),
        actions=finding.actions,
        does="take",
        resource=finding.subject,
        where="*",
        place=f"the {finding.subject}",
        request=finding.request,
        because=finding.because,
        replayed=True,
    )
