"""The powers of a role, or of a user, by its policies: what these allow besides reaching owned places.

Whoever makes a service act with a role is asked what callers are asked: the table `escalations.json`, the paths of
`indirect.py`, the list of guests' identity IDs, the keys that sign URLs, and the code that `code_targets.py` finds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.policy_layers import layers_of
from constructs_lib.analysis.iam.principals import applies_to_principal
from constructs_lib.analysis.model.callers import NO_POLICY, Caller, CallerKind
from constructs_lib.analysis.proof.access_paths.powers import Power
from constructs_lib.analysis.proof.access_paths.reviewed_types import Kind
from constructs_lib.analysis.proof.access_paths.signed_urls import showing_statements
from constructs_lib.analysis.proof.escalation import open_escalations, taken_roles
from constructs_lib.analysis.proof.guest_identity_ids import LISTING, listing_statement, name_lists
from constructs_lib.analysis.proof.indirect import open_paths
from constructs_lib.analysis.proof.principal_rights import allows_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.model.callers import Role
    from constructs_lib.analysis.proof.access_paths.reachable_resources import ReachableResources

_DISTRIBUTION: Final = "AWS::CloudFront::Distribution"
_SIGNED: Final = ("TrustedKeyGroups", "TrustedSigners")


def policy_powers(role: Role, reachable: ReachableResources) -> dict[str, Power]:
    """Return what the policies of a role, or of a user, allow, by the service of the actions; certain ones first."""
    found: dict[str, Power] = {}
    for service, power in _powers(role, reachable):
        if service not in found or (power.certain and not found[service].certain):
            found[service] = power
    return found


def _powers(role: Role, reachable: ReachableResources) -> Iterator[tuple[str, Power]]:
    holder = Caller(kind=CallerKind.FUNCTION, group=role.name, role=role)
    for taken in taken_roles(holder, reachable.model):
        yield "sts", Power(words=f"take the {taken.subject}, whose trust policy names it")
    sure, possible = open_escalations(holder, layers_of(holder, NO_POLICY), reachable.model)
    for escalation, statement in (possible | sure).items():
        certain = escalation in sure and escalation.certain
        words = f"call {escalation.action}, and so {escalation.why}"
        yield escalation.action.partition(":")[0], Power(words=words, certain=certain, statement=statement)
    has_guests = reachable.has_guests
    listing = listing_statement(holder) if has_guests else None
    if listing is not None:
        words = f"call {LISTING.action}, which {LISTING.why}"
        yield "cognito-identity", Power(words=words, statement=listing, path="guests' identities")
    lists = name_lists(reachable.places, reachable.model) if has_guests else ()
    for path in open_paths(holder, (*reachable.paths, *lists)):
        words = f"use {path.name}, and so reach what belongs to another: {path.why}"
        yield path.service, Power(words=words, path=path.name)
    said = allows_of(role, reachable.model) if _has_signed_urls(reachable) else ()
    for service, statement in showing_statements(said):
        words = "read or use a key that signs URLs of owned data"
        yield service, Power(words=words, statement=statement, path="signed URLs")
    yield from target_powers(role, reachable)


def target_powers(role: Role, reachable: ReachableResources) -> Iterator[tuple[str, Power]]:
    """Yield what a role can do with trusted code, each with the service of the actions."""
    for target in reachable.targets:
        by_resource = (each for each in target.policy.statements if role.arn and applies_to_principal(each, role.arn))
        said = (*allows_of(role, reachable.model), *by_resource)
        by = next((each for each in said if target.allows(each)), None)
        if by is not None:
            yield target.service, Power(words=target.words, statement=by, path="trusted code")


def _has_signed_urls(reachable: ReachableResources) -> bool:
    """Return whether a distribution may serve owned data by signed URLs."""
    owned = {node.name for node in reachable.of(Kind.DATA)}
    return any(
        each.type == _DISTRIBUTION
        and any(name in str(each.properties) for name in _SIGNED)
        and owned & reachable.names.within(each.properties, each)
        for each in reachable.model.resources
    )
