"""Access of external principals through other resources: follows every grant on owned data to its holder."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.proof.access_paths.api_access_logs import access_log_findings
from constructs_lib.analysis.proof.access_paths.appsync import graphql_findings
from constructs_lib.analysis.proof.access_paths.assumable_roles import shared_roles
from constructs_lib.analysis.proof.access_paths.aws_custom_resource import call_findings
from constructs_lib.analysis.proof.access_paths.change_rights import change_findings
from constructs_lib.analysis.proof.access_paths.code_sources import source_findings
from constructs_lib.analysis.proof.access_paths.code_targets import add_code_targets, add_overriding_rules
from constructs_lib.analysis.proof.access_paths.data_copies import (
    add_copies,
    allowing_statement,
    copy_findings,
    replicas,
)
from constructs_lib.analysis.proof.access_paths.distribution_caches import distribution_findings
from constructs_lib.analysis.proof.access_paths.event_rules import event_findings
from constructs_lib.analysis.proof.access_paths.findings import undecided
from constructs_lib.analysis.proof.access_paths.granted_escalations import granted_escalations
from constructs_lib.analysis.proof.access_paths.image_and_build_sources import pushed_findings
from constructs_lib.analysis.proof.access_paths.integrations import integration_findings
from constructs_lib.analysis.proof.access_paths.load_balancers import add_balanced
from constructs_lib.analysis.proof.access_paths.log_flows import add_log_copies, public_build_findings
from constructs_lib.analysis.proof.access_paths.owned_nodes import name_everything, owned_nodes
from constructs_lib.analysis.proof.access_paths.reachable_resources import WITH_ROLE
from constructs_lib.analysis.proof.access_paths.related_types import related_findings
from constructs_lib.analysis.proof.access_paths.resource_policies import grant_findings
from constructs_lib.analysis.proof.access_paths.reviewed_types import Kind
from constructs_lib.analysis.proof.access_paths.rights_holders import add_roles, role_findings
from constructs_lib.analysis.proof.access_paths.role_and_pool_references import setting_findings
from constructs_lib.analysis.proof.access_paths.role_powers import add_agents, powers_of, service_roles
from constructs_lib.analysis.proof.access_paths.service_wide import service_findings
from constructs_lib.analysis.proof.access_paths.shared_caches import cache_findings
from constructs_lib.analysis.proof.access_paths.state_machines import relay_findings
from constructs_lib.analysis.proof.access_paths.stream_policies import stream_findings
from constructs_lib.analysis.proof.access_paths.token_signers import signer_findings
from constructs_lib.analysis.proof.access_paths.trigger_events import trigger_findings
from constructs_lib.analysis.proof.access_paths.unreviewed_actions import unreviewed_findings
from constructs_lib.analysis.proof.access_paths.unreviewed_grants import unreviewed_grants
from constructs_lib.analysis.proof.claim_sources import claim_findings
from constructs_lib.analysis.proof.indirect import BUCKET, CODE, paths_to
from constructs_lib.analysis.proof.repository_workflows import in_words

_S3: Final = "s3"

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from constructs_lib.analysis.model.callers import Role
    from constructs_lib.analysis.model.model import Model
    from constructs_lib.analysis.model.places import Place
    from constructs_lib.analysis.proof.access_paths.powers import Power
    from constructs_lib.analysis.proof.access_paths.reachable_resources import Node, ReachableResources
    from constructs_lib.analysis.proof.access_paths.resource_references import Reference
    from constructs_lib.analysis.proof.findings import Finding
    from constructs_lib.analysis.proof.indirect import IndirectPath


@dataclass(frozen=True, kw_only=True, slots=True)
class ExternalAccess:
    """The results.

    Args:
        findings: Access that external principals have, or may have.
        replicas: Owned places in replicas: they are checked like the original places.
        trusted: Trusted code, and services that act for this account only, with the owned places they reach.
        drivers: The callers and events that start trusted code, by the name of the code.
        roles: The ARNs of the roles that reach owned data: the findings cover who may assume them.
        paths: The indirect paths to owned data, its copies or code: callers are asked in `indirect.py`.
        acting: The roles that services may act with for others.
        followed: The data, and what acts with a role, whose users are found by following references, by `place`.
    """

    findings: tuple[Finding, ...] = ()
    replicas: tuple[Place, ...] = ()
    trusted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    drivers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    roles: frozenset[str] = frozenset()
    paths: tuple[IndirectPath, ...] = ()
    acting: tuple[Role, ...] = ()
    followed: frozenset[str] = frozenset()


def external_access(
    model: Model,
    places: Sequence[Place],
    *,
    accepts: bool = False,
    powers: Mapping[str, Mapping[str, Power]] | None = None,
) -> ExternalAccess:
    """Return the principals who reach owned data through another resource.

    Args:
        model: The model.
        places: The owned places of the model.
        accepts: Whether the options of the proof accept access. Default: they do not.
        powers: What roles that services act with can do in addition to what their policies alone say, by the ARN of
            the role and the service of the actions. Default: nothing.
    """
    reachable = name_everything(model, places)
    reachable.accepts = accepts
    reachable.shared_roles = shared_roles(reachable)
    if not places:
        return ExternalAccess(findings=(*claim_findings(reachable), *trigger_findings(reachable)))
    add_code_targets(reachable)
    reachable.paths = _paths(reachable)
    reachable.powers = powers_of(reachable, powers or {})
    copied: list[Place] = []
    changed = True
    while changed:
        changed = add_copies(reachable)
        found = replicas(reachable, [*places, *copied])
        copied += found
        reachable.places = (*places, *copied)
        for each in owned_nodes(model, found):
            changed |= reachable.add(each)
        changed |= add_roles(reachable, [*places, *copied])
        changed |= reachable.follow()
        changed |= add_overriding_rules(reachable)
        changed |= add_agents(reachable)
        changed |= add_log_copies(reachable)
        changed |= _add_paths(reachable)
    services: dict[str, tuple[str, ...]] = {}
    findings = [
        *grant_findings(reachable, services),
        *role_findings(reachable),
        *copy_findings(reachable, copied),
        *integration_findings(reachable),
        *graphql_findings(reachable),
        *relay_findings(reachable),
        *event_findings(reachable),
        *cache_findings(reachable, places),
        *distribution_findings(model),
        *source_findings(reachable),
        *signer_findings(reachable),
        *access_log_findings(reachable),
        *public_build_findings(reachable),
        *pushed_findings(reachable),
        *call_findings(reachable),
        *change_findings(reachable),
        *service_findings(reachable),
        *stream_findings(reachable),
        *related_findings(reachable),
        *unreviewed_findings(reachable),
        *unreviewed_grants(reachable),
        *claim_findings(reachable),
        *trigger_findings(reachable),
        *granted_escalations(reachable),
        *setting_findings(reachable),
        *_unreviewed(reachable),
    ]
    add_balanced(reachable)
    trusted, drivers = _trusted(reachable)
    roles = frozenset(each.resource.arn for each in reachable.of(Kind.ROLE) if each.resource is not None)
    return ExternalAccess(
        findings=tuple(findings), replicas=tuple(copied), trusted=trusted | services, drivers=drivers, roles=roles,
        paths=reachable.paths,
        acting=tuple(role for _, role in service_roles(reachable)),
        followed=frozenset(each.name for each in reachable.of(Kind.DATA, Kind.RELAY, Kind.AGENT)),
    )  # fmt: skip


def _paths(reachable: ReachableResources) -> tuple[IndirectPath, ...]:
    """Return the indirect paths to what has been found: owned places, copies of them, and sources of code."""
    kinds = {place.kind for place in reachable.places}
    kinds |= {BUCKET for each in reachable.of(Kind.DATA) if each.service == _S3}
    kinds |= {CODE for each in reachable.targets if each.service == _S3}
    return paths_to(kinds)


def _add_paths(reachable: ReachableResources) -> bool:
    """Add the paths to copies, and the powers of the roles that use them; return whether any is new."""
    paths = _paths(reachable)
    if paths == reachable.paths:
        return False
    reachable.paths = paths
    for place, powers in powers_of(reachable, {}).items():
        reachable.powers[place] = {**powers, **reachable.powers.get(place, {})}
    return True


def _trusted(reachable: ReachableResources) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """Return trusted code with its access and its drivers; roles that no resource here uses are included."""
    reach: dict[str, tuple[str, ...]] = {}
    drivers: dict[str, tuple[str, ...]] = {}
    caller_roles = {caller.role.arn for caller in reachable.model.callers}
    used = {each.why.removeprefix(WITH_ROLE) for each in reachable.of(Kind.CODE, Kind.RELAY)}
    for node in reachable.of(Kind.CODE, Kind.RELAY):
        if node.why.startswith(WITH_ROLE):
            name = str(node).removesuffix("/Function")
            callers = [str(each) for each in reachable.model.callers if allowing_statement(each, node) is not None]
            reach[name], drivers[name] = node.reach, (*reachable.drivers.get(node.name, {}), *callers)
    for node in reachable.of(Kind.ROLE):
        role = reachable.model.roles.get(node.resource.arn) if node.resource else None
        if role is not None and role.arn not in caller_roles and str(node) not in used:
            name = f"the role {node}"
            takers = (in_words(*who, each) for each in role.trust.statements if each.allow for who in each.principals)
            reach[name], drivers[name] = node.reach, tuple(dict.fromkeys(takers))
    return reach, drivers


def _unreviewed(reachable: ReachableResources) -> Iterator[Finding]:
    """Yield the resources with a reference that may open owned data, whose use of it has not been reviewed."""
    by_resource: dict[str, list[tuple[Node, Reference]]] = {}
    for node, mention in reachable.unreviewed:
        by_resource.setdefault(mention.by.place, []).append((node, mention))
    for found in by_resource.values():
        by = found[0][1].by
        named = "; of ".join(f"{_what(node)}, in its property {each.property or '(top)'}" for node, each in found)
        story = f"{by.name} ({by.type}) holds the name of {named}: the access it opens has not been reviewed"
        yield undecided("an unknown caller", by.name, story)


def _what(node: Node) -> str:
    return {
        Kind.DATA: f"{node}, where {node.owned} is",
        Kind.ROLE: f"the role {node}, which may reach {node.owned}",
        Kind.CODE: f"{node}, which may reach {node.owned}",
        Kind.RELAY: f"{node}, which may reach {node.owned}",
        Kind.STARTER: f"the role {node}, which may start what reaches {node.owned}",
        Kind.AGENT: f"{node}, which may reach {node.owned}",
    }[node.kind]
