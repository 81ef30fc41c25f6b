"""Copies of owned data: a destination of owned data counts as owned data, and its readers are checked.

A bucket's replica keeps the keys, so its places are checked like those of the source, and the source's like those of
an owned replica; every other destination counts as owned data as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.policy_layers import applies_to_action
from constructs_lib.analysis.iam import catalogue
from constructs_lib.analysis.model.kinds.bucket import Bucket
from constructs_lib.analysis.model.resources import as_list
from constructs_lib.analysis.proof.access_paths.bucket_copies import may_be_bucket, replications
from constructs_lib.analysis.proof.access_paths.data_flows import BUCKET_FLOWS, TABLE_FLOWS, by_code, flows
from constructs_lib.analysis.proof.access_paths.findings import counterexample, undecided
from constructs_lib.analysis.proof.access_paths.node_policies import applies_for, granting_statement
from constructs_lib.analysis.proof.access_paths.reachable_resources import Node, ReachableResources, applies_to_node
from constructs_lib.analysis.proof.access_paths.reviewed_types import HARMLESS_PROPERTIES, Kind
from constructs_lib.analysis.proof.access_paths.service_results import result_flows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.model.callers import Caller
    from constructs_lib.analysis.model.places import Place
    from constructs_lib.analysis.model.resources import Resource
    from constructs_lib.analysis.proof.access_paths.flow_ends import End, Flow
    from constructs_lib.analysis.proof.findings import Finding

_HOLDS: Final = frozenset(
    {
        "AWS::Backup::BackupVault", "AWS::CloudTrail::EventDataStore", "AWS::Events::EventBus", "AWS::Kinesis::Stream",
        "AWS::KinesisFirehose::DeliveryStream", "AWS::Logs::LogGroup", "AWS::S3::Bucket", "AWS::SNS::Topic",
        "AWS::SQS::Queue",
    }
)  # fmt: skip
"""Resources that store or forward the data they receive."""
_TABLES: Final = frozenset({"AWS::DynamoDB::GlobalTable", "AWS::DynamoDB::Table"})
"""They hold what is written for code, too; in a table with owners, requests for its rows are decided."""
_RUNS: Final = ("AWS::Lambda::", "AWS::StepFunctions::")
"""Resources that store nothing: code, which other checks cover."""
_LOGS: Final = "logs"
_SEVERAL: Final = "Replicas"

_ADDING: Final = frozenset(
    {
        "events:putevents", "firehose:putrecord", "firehose:putrecordbatch", "kinesis:putrecord", "kinesis:putrecords",
        "logs:createlogstream", "logs:putlogevents", "s3:abortmultipartupload", "s3:putobject", "sns:publish",
        "sqs:sendmessage",
    }
)  # fmt: skip
"""Actions that show nothing of what is there, in lower case (the services' API references)."""


def replicas(reachable: ReachableResources, places: Sequence[Place]) -> list[Place]:
    """Return the owned places that replication creates in other buckets of the templates, or takes from them.

    They have the same keys. Who writes a source of an owned bucket writes what is in that bucket.
    """
    buckets = {each.arn: each for each in reachable.model.of(Bucket)}
    known = {(each.holder, each.text) for each in places}
    found: dict[tuple[str, str], Place] = {}
    for one, other in _replicated(reachable):
        target = buckets.get(other)
        for each in places if target is not None else ():
            if target is not None and each.holder == one and (other, each.text) not in known:
                found[other, each.text] = replace(each, holder=other, resource=target.name, before=target.before)
    return list(found.values())


def _replicated(reachable: ReachableResources) -> Iterator[tuple[str, str]]:
    """Yield the ARNs of each source of a replication and its destination, in both orders."""
    # Owned buckets may be outside the templates.
    arns = {each.place: each.arn for each in reachable.model.resources if each.type == "AWS::S3::Bucket"}
    arns |= {node.name: node.arn for node in reachable.of(Kind.DATA) if node.resource is None}
    for source, to in replications(reachable):
        named = reachable.names.within(to, source)
        for name, arn in arns.items():
            if name in named or may_be_bucket(to, arn):
                yield source.arn, arn
                yield arn, source.arn


def add_copies(reachable: ReachableResources) -> bool:
    """Add the destinations of owned data; return whether any is new."""
    new = False
    for node in reachable.of(Kind.DATA, Kind.RELAY):
        for flow in flows(node, reachable):
            for end in flow.ends:
                for kept in _kept(end, flow, node, reachable):
                    new |= reachable.add(kept)
    sources = list(result_flows(reachable))
    known = frozenset(node.name for node, _ in sources)
    results = ((node, each) for node, flow in sources for each in (flow, *by_code(flow, reachable, known)))
    for node, flow in results:
        for end in flow.ends:
            # Who reads logs in CloudWatch is asked of everybody.
            stored = (each for each in _kept(end, flow, node, reachable) if each.service != _LOGS)
            for kept in stored:
                new |= reachable.add(kept)
    return new


def _kept(end: End, flow: Flow, node: Node, reachable: ReachableResources) -> Iterator[Node]:
    for resource in reachable.names.resources_in(end.value, flow.by):
        beside = reachable.has_owners(resource.arn)
        # Objects of owners that are replicated keep their owners: see `replicas`.
        holds = resource.type in _HOLDS or (resource.type in _TABLES and not beside)
        if holds and not (beside and flow.keeps_keys and not node.why):
            why = f"to which {node} sends what it gets, {node.why}" if node.lines else f"of {node}: {flow.why} it"
            copy = copy_in(resource, node.reach, why, reachable, end.into, lines=node.lines or flow.lines)
            if flow.keeps_keys and copy.arn and node.globs:
                copy = replace(copy, globs=tuple(copy.arn + each.removeprefix(node.arn) for each in node.globs))
            yield copy


def copy_in(
    resource: Resource, reach: Sequence[str], why: str, reachable: ReachableResources, into: str = "", *, lines: bool
) -> Node:
    """Return the node of a copy of owned data.

    `why` says how the data gets there, `into` is the beginning of the keys of the copy in a bucket, if it is known, and
    `lines` says whether the data is log lines.
    """
    arn, beside = resource.arn if resource.type == "AWS::S3::Bucket" else "", reachable.has_owners(resource.arn)
    globs = (f"{arn}/{into}*",) if beside else (arn, f"{arn}/*")
    return Node(
        name=resource.place, kind=Kind.DATA, resource=resource, reach=tuple(reach), arn=arn, why=why, lines=lines,
        beside=beside, globs=globs if arn else (),
    )  # fmt: skip


def copy_findings(reachable: ReachableResources, replicated: Sequence[Place]) -> Iterator[Finding]:
    """Yield the readers of copies, and the copies whose destination is not known."""
    replicated_holders = {place.holder for place in replicated}
    for node in reachable.of(Kind.DATA, Kind.RELAY):
        yield from () if node.beside or node.lines else _unreviewed_properties(node)
        for flow in () if node.lines else flows(node, reachable):
            yield from _unknown_ends(flow, node, reachable)
        if node.kind is Kind.DATA and node.why and (node.beside or node.arn not in replicated_holders):
            yield from readers(node, reachable)


def _unknown_ends(flow: Flow, node: Node, reachable: ReachableResources) -> Iterator[Finding]:
    for end in flow.ends:
        named = list(reachable.names.resources_in(end.value, flow.by))
        known = [each for each in named if each.type in _HOLDS or each.type.startswith(_RUNS)]
        if not known:
            where = ", ".join(f"{each.name} ({each.type})" for each in named) or str(end.value)[:120]
            story = f"of {node}, where {node.owned} is: {flow.why} {where}: who reads it there is not known"
            yield undecided("an unknown caller", node, story)


def readers(node: Node, reachable: ReachableResources) -> Iterator[Finding]:
    """Yield the callers who may read a copy of owned data."""
    holder = reachable.model.holder(node.arn)
    if isinstance(holder, Bucket) and holder.public_acl:
        yield counterexample("anyone on the internet", node, f"anyone can read {node} by its ACL, {node.why}")
    for caller in reachable.model.callers:
        statement = allowing_statement(caller, node) or granting_statement(caller.principal, node, reachable, caller)
        if statement is not None and not (_is_name(node) and _reads(statement)) and not _only_adds(statement):
            story = f"{caller} may read {node}, and so learn of {node.owned}, {node.why}"
            yield undecided(str(caller), node, f"{story}, because of {statement}", statement)


def _only_adds(statement: Statement) -> bool:
    """Return whether a statement's actions only add to a copy, such as those of the service that writes it."""
    return bool(statement.actions) and all(each.lower() in _ADDING for each in statement.actions)


def _is_name(node: Node) -> bool:
    """Return whether a node is a parameter with the name of owned data, and not with the data."""
    return node.resource is not None and node.resource.type == "AWS::SSM::Parameter"


def _reads(statement: Statement) -> bool:
    """Return whether a statement's actions on parameters read them; who writes one chooses what others use."""
    writing = (each for each in catalogue.actions_of("ssm") if catalogue.access_level(each) not in {"List", "Read"})
    return not any(applies_to_action(statement, each) for each in writing)


def allowing_statement(caller: Caller, node: Node) -> Statement | None:
    """Return a statement that may allow a caller to use a node; conditions are ignored."""
    for policy in caller.identity:
        for statement in policy.everything:
            within = all(
                any(applies_to_node(each, node) for each in limit.everything if each.allow) for limit in caller.limits
            )
            if statement.allow and within and applies_for(statement, node, caller):
                return statement
    return None


def _unreviewed_properties(node: Node) -> Iterator[Finding]:
    """Yield the properties of owned data that have not been reviewed for the access they open."""
    resource = node.resource
    known = None if resource is None else HARMLESS_PROPERTIES.get(resource.type)
    if resource is None or known is None:
        return
    names = [name for name in resource.properties if name not in {*known, *BUCKET_FLOWS, *TABLE_FLOWS}]
    inside = HARMLESS_PROPERTIES["AWS::DynamoDB::GlobalTable.Replicas"] | {*TABLE_FLOWS}
    for replica in as_list(resource.get(_SEVERAL)):
        replica_properties = replica if isinstance(replica, Mapping) else {str(replica): None}
        names += [f"{_SEVERAL}.{name}" for name in replica_properties if name not in inside]
    for name in names:
        story = f"{node} holds {node.owned}, and what its property {name} opens has not been reviewed"
        yield undecided("an unknown caller", node, story)
