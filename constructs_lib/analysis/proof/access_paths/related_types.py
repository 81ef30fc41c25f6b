"""Resources of other types of a service with owned names, whose ARNs do not contain the name of what they belong to.

A recovery point is in a backup vault, and an endpoint is of a user: neither ARN says so. Sources: the ARN formats of
each service (Service Authorization Reference), "Identity and Access Management in Amazon OpenSearch Service".
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.policy_layers import applies_to_action
from constructs_lib.analysis.iam import catalogue
from constructs_lib.analysis.iam.arns import globs_meet, loosened
from constructs_lib.analysis.iam.matching import glob_match
from constructs_lib.analysis.model.named_resources import Named
from constructs_lib.analysis.model.owned_places import is_tied, ties
from constructs_lib.analysis.proof.access_paths.findings import undecided
from constructs_lib.analysis.proof.access_paths.reachable_resources import as_glob
from constructs_lib.analysis.proof.access_paths.reviewed_types import Kind
from constructs_lib.analysis.template.atoms import split_around_atoms

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from constructs_lib.analysis.iam.policies import Policy, Statement
    from constructs_lib.analysis.model.callers import Caller
    from constructs_lib.analysis.proof.access_paths.reachable_resources import Node, ReachableResources
    from constructs_lib.analysis.proof.findings import Finding

_SERVICE: Final = 2
"""The index of the service in an ARN."""
APART: Final[Mapping[str, frozenset[str]]] = {
    # A channel admits its members alone, and each request names the user who makes it.
    "chime": frozenset({"app-instance", "app-instance-bot", "channel", "channel-flow"}),
    "geo": frozenset({"geofence-collection", "map", "place-index", "route-calculator"}),
    # A right to publish or receive is asked for each message. A thing is owned if a policy ties things.
    "iot": frozenset({"thing", "topicfilter"}),
    "kafka": frozenset({"cluster", "group", "transactional-id"}),
}
"""Reviewed types, by service, that hold nothing of another type of their service."""
_LIST: Final = "List"
"""The access level of actions that list."""
_CONNECT: Final = "iot:Connect"
"""A client connects and subscribes; other actions send it messages, or show its topics."""
_SEARCH: Final = "es"
_INDEX: Final = 2
"""The index of the part with the index in `domain/NAME/INDEX/...`."""


def related_findings(reachable: ReachableResources) -> Iterator[Finding]:
    """Yield the callers who may use resources that may belong to owned ones, or name these in the body of a request."""
    for node in _named(reachable):
        if node.service not in catalogue.SERVICES:
            for caller in reachable.model.callers:
                yield from _of_types(caller, node)
                if node.service == _SEARCH:
                    yield from _of_indexes(caller, node)


def is_decided(action: str, resources: Sequence[str], reachable: ReachableResources) -> bool:
    """Return whether other checks decide a right on a service with owned names.

    They decide the owned names themselves, and the types that may belong to them. A list shows more, and so does
    another name of an owned type: the team's secret beside the secrets of users.
    """
    kinds = catalogue.resource_types(action)
    if not resources or catalogue.access_level(action) == _LIST:
        return False
    service = action.partition(":")[0]
    return any(
        bool(kinds - APART.get(node.service, frozenset()))
        and all(as_glob(each) in node.globs or _is_related(each, action, node) for each in resources)
        for node in _named(reachable)
        if service in catalogue.services_on(node.service)
    )


def has_owners(pattern: str, reachable: ReachableResources) -> bool:
    """Return whether something that the actions of a pattern may describe has an owner, by name or by tag."""
    service = pattern.partition(":")[0].lower()
    return any(
        service not in catalogue.services()
        or service in catalogue.services_on(node.service)
        or node.service in catalogue.services_on(service)
        for node in _named(reachable)
    )


def _named(reachable: ReachableResources) -> Iterator[Node]:
    return (each for each in reachable.of(Kind.DATA) if isinstance(reachable.model.holder(each.arn), Named))


def _is_related(resource: str, action: str, node: Node) -> bool:
    """Return whether an action's resource is of types other than those of a node's owned names."""
    kinds = {arn: kind for kind in catalogue.resource_types(action) for arn in catalogue.arn_patterns(action, kind)}
    met = set(_types_of(loosened(resource), frozenset(kinds)))
    apart = {arn for arn in met if kinds[arn] in APART.get(node.service, ())}
    return bool(met) and met <= apart | {arn for _, arn, _ in _related(node.arn, node.globs)}


def _of_types(caller: Caller, node: Node) -> Iterator[Finding]:
    found: dict[str, tuple[str, Statement]] = {}
    for kind, arn, action in _related(node.arn, node.globs):
        statement = None if kind in found else _allowing(caller, action, arn)
        if statement is not None:
            found[kind] = action, statement
    for kind, (action, statement) in found.items():
        name = f"{node.service} {kind}"
        story = (
            f"{caller} may call {action}: no ARN says which {kind} belongs to {node.owned} of another, "
            f"because of {statement}; tie them to the caller by name or by tag"
        )
        yield undecided(str(caller), name, story, statement)


@functools.cache
def _related(holder: str, globs: tuple[str, ...]) -> tuple[tuple[str, str, str], ...]:
    """Return the types beside those of owned names, as name, pattern of their ARNs, and an action that uses them."""
    own = _own_types(holder, globs)
    return tuple(
        each for each in sorted(_types(holder)) if each[1] not in own and catalogue.access_level(each[2]) != _LIST
        and each[2] not in catalogue.HARMLESS
    )  # fmt: skip


def _own_types(holder: str, globs: tuple[str, ...]) -> frozenset[str]:
    """Return the ARN patterns of the types of owned names."""
    service = holder.split(":")[_SERVICE]
    named = frozenset(arn for _, arn, _ in _types(holder) if arn.split(":")[_SERVICE] == service)
    return frozenset(arn for each in globs for arn in _types_of(each, named))


@functools.cache
def _types(holder: str) -> frozenset[tuple[str, str, str]]:
    """Return the types of a service, as name, pattern of their ARNs, and an action that uses them."""
    service, whole = holder.split(":")[_SERVICE], f"{holder}:*"
    return frozenset(
        (kind, arn, action)
        for each in catalogue.services_on(service)
        for action in catalogue.actions_of(each)
        for kind in catalogue.resource_types(action)
        for arn in catalogue.arn_patterns(action, kind)
        if globs_meet(arn, whole) and kind not in APART.get(service, ()) and action != _CONNECT
    )


def _types_of(glob: str, patterns: frozenset[str]) -> Iterator[str]:
    """Yield the patterns of the types that an owned name is of, or what is below it; of all it may be of if unsure."""
    whole = [each for each in patterns if glob_match(each, glob)]
    narrowest = [each for each in whole if not any(other != each and glob_match(each, other) for other in whole)]
    if narrowest:
        yield from (each for each in patterns if any(glob_match(one, each) for one in narrowest))
    else:
        yield from (each for each in patterns if globs_meet(each, glob))


def _of_indexes(caller: Caller, node: Node) -> Iterator[Finding]:
    """Yield the rights to search a domain whose indexes have owners: a request names indexes in its body, too."""
    # The name of an owned domain is followed by anything, an owner's index by the star of its variable and anything.
    parts = [split_around_atoms(each.removeprefix(node.arn), "/", _INDEX)[_INDEX:] for each in node.globs]
    if not any(each and each[0] != "*" for each in parts):
        return
    for action in catalogue.actions_of(_SEARCH):
        statement = _allowing(caller, action, f"{node.arn}:domain/*/*", tied=True) if "ESHttp" in action else None
        if statement is not None:
            story = (
                f"{caller} may call {action}, and the body of a request may name the index of another (_msearch, "
                f"_mget, _bulk, lookups), where {node.owned} is, because of {statement}; give each owner a "
                "domain, or have a function search with its own role"
            )
            yield undecided(str(caller), f"{node.service} index", story, statement)
            return


def _allowing(caller: Caller, action: str, arn: str, *, tied: bool = False) -> Statement | None:
    """Return a statement that may allow an action on an ARN; conditions that tie nothing to the caller are ignored.

    With `tied`, resources that are tied to the caller count as well.
    """

    def of(policy: Policy) -> Iterator[Statement]:
        for each in policy.everything:
            if each.allow and applies_to_action(each, action) and (tied or not any(map(ties, each.conditions))):
                texts = each.resources or ("*",)
                if any(globs_meet(loosened(text), arn) and (tied or not is_tied(text, caller)) for text in texts):
                    yield each

    within = all(any(True for _ in of(limit)) for limit in caller.limits)
    return next((each for policy in caller.identity for each in of(policy)), None) if within else None
