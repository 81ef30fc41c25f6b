"""Actions of callers that no review covers: nobody has determined whether they show what belongs to another.

A service may hold copies of owned data, or change who may reach it, without a resource in the templates that says so: a
transcript, a search index, an API key. A right that is tied to the caller, by a name or a tag, is decided as access to
an owned place, and so are rights on other types of a service with owned names (`related_types`).
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.policy_layers import applies_to_action, layers_of
from constructs_lib.analysis.iam import catalogue
from constructs_lib.analysis.iam.arns import globs_meet, loosened
from constructs_lib.analysis.iam.matching import glob_match
from constructs_lib.analysis.iam.parsing import is_of_unlisted
from constructs_lib.analysis.iam.reviewed_actions import UNOWNED, unreviewed
from constructs_lib.analysis.model.callers import NO_POLICY, Caller, CallerKind
from constructs_lib.analysis.model.owned_places import is_tied, says_whose, ties
from constructs_lib.analysis.model.places import VARIABLE
from constructs_lib.analysis.proof.access_paths.findings import undecided
from constructs_lib.analysis.proof.access_paths.powers import Power
from constructs_lib.analysis.proof.access_paths.related_types import has_owners, is_decided
from constructs_lib.analysis.proof.access_paths.resource_references import literal_names
from constructs_lib.analysis.proof.principal_rights import allows_of
from constructs_lib.analysis.template.atoms import ATOM, is_unknown, split_around_atoms

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from constructs_lib.analysis.engine.policy_layers import Layers
    from constructs_lib.analysis.iam.policies import Condition, Statement
    from constructs_lib.analysis.model.callers import Role
    from constructs_lib.analysis.model.model import Model
    from constructs_lib.analysis.proof.access_paths.reachable_resources import ReachableResources
    from constructs_lib.analysis.proof.findings import Finding

UNREVIEWED: Final = "rights without a review on "
"""The beginning of the path of a power that no review covers, before the service."""
REMEDY: Final = "remove the right, or tie it to the caller by name or by tag"
_EVERY_OTHER: Final = "every other action"
"""The name in reports of what a statement with `NotAction` allows."""
_LOGS: Final = "logs"
"""The logs of functions may show the data of buckets and tables, too, which the indirect path of APIs does not ask."""
_PUT: Final = "ssm:PutParameter"
_SHOWN: Final = ("Address", "Arn", "ARN", "Domain", "Endpoint", "Id", "Name", "Port", "Region", "Uri", "Url", "URL")
"""Endings of the attributes that are no credentials."""
_S3: Final = "s3:"
_HEAD: Final = 5
"""The number of ARN fields before the resource."""
_NAMED: Final = 3
"""The number of actions that a report names."""


def unreviewed_findings(reachable: ReachableResources) -> Iterator[Finding]:
    """Yield each caller's action patterns with actions that no review covers."""
    for caller in reachable.model.callers:
        told = set[str]()
        for name, found, statement in unreviewed_rights(caller, reachable):
            if name not in told:
                told.add(name)
                story = (
                    f"{caller} may call {found}: no review says whether that shows or changes what belongs to another, "
                    f"because of {statement}; {REMEDY}"
                )
                yield undecided(str(caller), name, story, statement)


def unreviewed_powers(role: Role, reachable: ReachableResources) -> Iterator[tuple[str, Power]]:
    """Yield the rights of a role that no review covers, each with the service of its actions."""
    holder = Caller(kind=CallerKind.FUNCTION, group=role.name, role=role)
    for _, found, statement in unreviewed_rights(holder, reachable):
        words = f"call {found}: no review says whether that shows or changes what belongs to another"
        service = found.partition(":")[0]
        yield service, Power(words=words, statement=statement, path=f"{UNREVIEWED}{service}")


def unreviewed_rights(caller: Caller, reachable: ReachableResources) -> Iterator[tuple[str, str, Statement]]:
    """Yield a caller's action patterns with actions that no review covers, those actions in words, and the statement.

    The caller may be a service with its role.
    """
    model = reachable.model
    shown = _shown_parameters(model)
    layers = layers_of(caller, NO_POLICY).at_worst()
    for statement in layers.identity:
        # An action that the data does not have is asked by its name.
        if statement.allow and not is_of_unlisted(statement) and not is_tied_statement(statement, caller):
            # The other checks do not see whether an ARN that is not known, or a resource without a tag, has an owner.
            loose = any(ties(each) and _is_loose(each, statement) for each in statement.conditions)
            known = not loose and all(each.startswith(("arn:", "*")) for each in statement.resources)
            of = _what(statement.resources, shown)
            for pattern in ("*",) if statement.not_actions else statement.actions:
                what = of if has_owners(pattern, reachable) else of | UNOWNED
                allowed = (each for each in unreviewed(pattern, what) if _is_allowed(each, statement, layers, caller))
                asked = (each for each in allowed if not (known and is_decided(each, statement.resources, reachable)))
                found = list(islice((each for each in asked if not is_indirect(each, reachable)), _NAMED + 1))
                if found:
                    yield _EVERY_OTHER if statement.not_actions else pattern, in_words(found), statement


def in_words(actions: Sequence[str]) -> str:
    """Return the names of some actions."""
    return ", ".join(actions[:_NAMED]) + (" and more" if len(actions) > _NAMED else "")


def is_tied_statement(statement: Statement, caller: Caller) -> bool:
    """Return whether every resource of a statement is the caller's own."""
    by_name = bool(statement.resources) and all(is_tied(each, caller) for each in statement.resources)
    return by_name or any(
        ties(each) and says_whose(each.key) and not _is_loose(each, statement) for each in statement.conditions
    )


def _is_loose(condition: Condition, statement: Statement) -> bool:
    """Return whether a tie by a tag also holds for resources without the tag, or of a common value.

    By other keys, requests that lack the key are decided as access to owned places.
    """
    holds_without = condition.if_exists or condition.negated or condition.qualifier == "forallvalues"
    nulls = [each.values for each in statement.conditions if each.operator == "null" and each.key == condition.key]
    present = ("false",) in nulls
    common = not all(map(VARIABLE.search, condition.values))
    return "tag/" in condition.key and (common or (holds_without and not present))


def _is_allowed(action: str, statement: Statement, layers: Layers, caller: Caller) -> bool:
    """Return whether a statement's action is neither denied everywhere nor missing in a limit."""
    if not applies_to_action(statement, action) or not may_name_type(action, statement.resources):
        return False
    limited = all(any(each.allow and applies_to_action(each, action) for each in limit) for limit in layers.limits)
    denies = (each for each in layers.all() if not each.allow and not each.conditions and not each.doubt)
    return limited and not any(applies_to_action(each, action) and _is_whole(each, action, caller) for each in denies)


def _is_whole(deny: Statement, action: str, caller: Caller) -> bool:
    """Return whether a Deny leaves nothing of an action's resources but the caller's own."""
    patterns = [arn for kind in catalogue.resource_types(action) for arn in catalogue.arn_patterns(action, kind)]
    if deny.not_resources:
        return all(is_tied(each, caller) or not may_name_type(action, (each,)) for each in deny.not_resources)
    # A question mark or a variable stands for less than the star of a pattern.
    whole = [each for each in deny.resources if "?" not in each and "${" not in each]
    return "*" in whole or (bool(patterns) and all(any(glob_match(each, arn) for each in whole) for arn in patterns))


def may_name_type(action: str, resources: Sequence[str]) -> bool:
    """Return whether resources may be of the types of an action: a bucket is no dashboard of S3."""
    if not action.startswith(_S3) or not resources:
        return True
    patterns = [arn for kind in catalogue.resource_types(action) for arn in catalogue.arn_patterns(action, kind)]
    return any(globs_meet(loosened(each), arn) for each in resources for arn in patterns)


def is_indirect(action: str, reachable: ReachableResources) -> bool:
    """Return whether an action is one of an indirect path to what has owners: `indirect.py` asks who may use it."""
    service = action.partition(":")[0]
    return service != _LOGS and any(path.service == service and path.uses(action) for path in reachable.paths)


def _what(resources: Sequence[str], shown: Collection[str]) -> frozenset[str]:
    """Return what the resources of a right are, in the words of the table of reviewed actions."""
    named = bool(resources) and all(map(_is_named, resources))
    own = bool(resources) and all(each.partition(":parameter")[2].strip("/") in shown for each in resources)
    return frozenset(name for name, holds in (("named", named), ("own", own)) if holds)


def _shown_parameters(model: Model) -> frozenset[str]:
    """Return the names of the parameters of the Parameter Store whose values the templates show and no role changes."""
    allows = [each for role in model.roles.values() for each in allows_of(role, model) if applies_to_action(each, _PUT)]
    written = [text for each in allows for text in each.resources or ("*",)]
    names = {
        name.strip("/")
        for each in model.resources
        if each.type == "AWS::SSM::Parameter" and _is_shown(str(each.get("Value")))
        for name in (each.id, *literal_names(each))
    }
    return frozenset(
        each for each in names if not any(globs_meet(loosened(text), f"arn:*:parameter/{each}") for text in written)
    )


def _is_shown(value: str) -> bool:
    """Return whether a template shows a value: it has no attribute of a resource but names, IDs and addresses."""
    attributes = (each.strip("⟦⟧").rpartition(".")[2] for each in ATOM.findall(value) if "." in each)
    return not is_unknown(value) and all(each.endswith(_SHOWN) for each in attributes)


def _is_named(resource: str) -> bool:
    """Return whether a policy's ARN names a resource or the beginning of its name: `topic/chat/*`, not `topic/*`."""
    parts = split_around_atoms(resource, ":", _HEAD)
    kind, slash, name = parts[_HEAD].partition("/") if len(parts) > _HEAD else ("", "", "")
    return bool(kind) and (name if slash else kind)[:1] not in {"", "*", "?", "$"}
