"""Sources of trusted code and definitions: a principal who can write there acts with the rights of the code's role.

Sources: "AWS::Lambda::Function Code", "AWS::Glue::Job JobCommand", "AWS::CodeBuild::Project Source" and similar
(CloudFormation template reference).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.actions import S3_VERBS
from constructs_lib.analysis.engine.policy_layers import applies_to_action
from constructs_lib.analysis.model.resources import as_list
from constructs_lib.analysis.proof.access_paths.bucket_copies import bucket_copies
from constructs_lib.analysis.proof.access_paths.findings import undecided
from constructs_lib.analysis.proof.access_paths.pages import DEPLOYMENT, PAGE, PageObject, pages
from constructs_lib.analysis.proof.access_paths.policy_principals import granted_principals
from constructs_lib.analysis.proof.access_paths.reachable_resources import Node, ReachableResources, applies_to_node
from constructs_lib.analysis.proof.access_paths.reviewed_types import Kind, rule_of
from constructs_lib.analysis.proof.access_paths.s3_references import DATA, exactly, literal_objects
from constructs_lib.analysis.proof.access_paths.token_issuers import SIGNS
from constructs_lib.analysis.proof.access_paths.trusted_code import (
    CODE_PROPERTIES,
    TRUSTED,
    code_nodes,
    does_with_role,
)
from constructs_lib.analysis.proof.principal_rights import own_rights

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.model.resources import Resource
    from constructs_lib.analysis.proof.access_paths.bucket_copies import BucketCopy
    from constructs_lib.analysis.proof.access_paths.resource_references import Reference
    from constructs_lib.analysis.proof.findings import Finding

_LAYER: Final = "AWS::Lambda::LayerVersion"
_TAKEN_FROM: Final[Mapping[str, tuple[str, ...]]] = {**CODE_PROPERTIES, _LAYER: ("Content",)}
_TOLD_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "AWS::CodeDeploy::DeploymentGroup": ("Deployment",),
    "AWS::SSM::Association": ("Parameters",),
    "AWS::SSM::Document": ("Content", "Attachments"),
    "AWS::SSM::MaintenanceWindowTask": ("TaskInvocationParameters", "TaskParameters"),
}
"""By type: resources that configure the commands of machines and select these by tag instead of by name."""
_ARCHIVES: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    DEPLOYMENT: (("SourceBucketNames", "SourceObjectKeys"),),
    "Custom::AmplifyAssetDeployment": (("S3BucketName", "S3ObjectKey"),),
}
"""By type: the properties of the CDK's resources with the buckets and the keys of the archives that they unpack."""
_THEIRS: Final = ("their data",)
_STARTERS: Final = ("AWS::Events::Rule", "AWS::Scheduler::Schedule", "AWS::StepFunctions::StateMachine")
_MACHINES: Final = ("AWS::AutoScaling::LaunchConfiguration", "AWS::EC2::Instance", "AWS::EC2::LaunchTemplate")
_DATA_ONLY: Final = (
    "AWS::Athena::", "AWS::Config::", "AWS::DMS::", "AWS::DataSync::", "AWS::ElasticLoadBalancingV2::",
    "AWS::Glue::Crawler", "AWS::Glue::Database", "AWS::Glue::Table", "AWS::KinesisFirehose::", "AWS::LakeFormation::",
    "AWS::Macie::", "AWS::QuickSight::", "AWS::S3::", "AWS::S3ObjectLambda::", "AWS::Transfer::", "AWS::WAFv2::",
)  # fmt: skip
"""The starts of types that read or write objects as data and take no code from them."""
_FILES: Final = "AWS::Transfer::"
_S3: Final = "arn:aws:s3:::"
_PARTS: Final = "s3:ListMultipartUploadParts"
"""An action of those who upload an object in parts, which writes nothing."""
_VERB: Final = next(actions for verb, actions in S3_VERBS.items() if verb.value == "write")
_WRITES: Final = (
    *(each for each in _VERB if each != _PARTS), "s3:ReplicateObject", "s3:PutBucketPolicy", "s3:PutBucketAcl",
    "s3:PutBucketWebsite",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class CodeLocation:
    """A property that determines the code that trusted code or a relay runs.

    Args:
        node: The node that runs it.
        by: The resource that has the property.
        name: The name of the property in reports.
        value: The property's value.
        data: Whether a bucket without a key is only data, and only a literal object may be run.
        reviewed: Whether the property is known to determine code.
    """

    node: Node
    by: Resource
    name: str
    value: Any
    data: bool = False
    reviewed: bool = True

    def told(self, source: Node) -> str:
        """Return the sentence that says which code comes from a source."""
        where = source.globs[0].removeprefix(_S3)
        if isinstance(source, PageObject) and source.scripts:
            where = f"{where} and the objects beside it"
        if not self.reviewed:
            return f"{self.by.name} may take code from {where} ({self.name}): that has not been reviewed"
        return f"{self.by.name} takes what {self.node} runs from {where} ({self.name})"


def source_findings(reachable: ReachableResources) -> Iterator[Finding]:
    """Yield the callers who may write to the sources of trusted code, whatever its role may do."""
    for location, source in code_sources(reachable):
        yield from _writers(location, source, reachable)
        yield from _clients(location, source, reachable)


def code_sources(reachable: ReachableResources) -> Iterator[tuple[CodeLocation, Node]]:
    """Yield the objects that the templates take code from, also those that are copied there."""
    known = (*_by_themselves(reachable), *_by_starters(reachable), *_by_tags(reachable), *_deployments(reachable))
    locations = (*known, *_by_unreviewed(reachable))
    found = ((location, source) for location in locations for source in _sources(location, reachable))
    for location, source in (*found, *_pages(reachable)):
        yield location, source
        yield from ((location, each) for each in _copied(source, reachable))


def _pages(reachable: ReachableResources) -> Iterator[tuple[CodeLocation, Node]]:
    """Yield the pages that browsers load from a bucket, and the keys of issuers of tokens."""
    for each in pages(reachable):
        what = f"the issuer of tokens in {each.bucket}" if each.signs else f"the page of {each.bucket}"
        page = Node(name=what, kind=Kind.CODE, resource=None, reach=_THEIRS, why=SIGNS if each.signs else PAGE)
        bucket = each.bucket.resource.id if each.bucket.resource else each.bucket.name
        found = _node(bucket, f"{each.bucket.arn}/{exactly(each.key)}")
        source = PageObject(
            name=bucket, kind=found.kind, resource=None, reach=(), globs=found.globs, arn=found.arn,
            scripts=tuple(map(exactly, each.scripts)),
        )  # fmt: skip
        yield CodeLocation(node=page, by=each.by, name=each.property, value=each.key), source


def _deployments(reachable: ReachableResources) -> Iterator[CodeLocation]:
    """Yield the archives that the CDK unpacks into a bucket at each deployment: they may hold a page."""
    for by in reachable.model.resources:
        for buckets, keys in _ARCHIVES.get(by.type, ()):
            named, known = as_list(by.get(buckets)), as_list(by.get(keys))
            pairs = zip(named, known, strict=True) if len(named) == len(known) else ((each, None) for each in named)
            page = Node(name=f"the page of {by.name}", kind=Kind.CODE, resource=None, reach=_THEIRS, why=PAGE)
            value = [{"BucketName": bucket, "ObjectKey": key} for bucket, key in pairs]
            yield CodeLocation(node=page, by=by, name=buckets, value=value)


def _by_themselves(reachable: ReachableResources) -> Iterator[CodeLocation]:
    """Yield the code properties of code and definitions, and of their layers."""
    for node in code_nodes(reachable):
        if node.resource is not None:
            for by in (node.resource, *reachable.names.resources_in(node.resource.get("Layers"), node.resource)):
                for name in _TAKEN_FROM.get(by.type, ()):
                    yield CodeLocation(node=node, by=by, name=name, value=by.get(name), data=name in DATA)


def _by_starters(reachable: ReachableResources) -> Iterator[CodeLocation]:
    """Yield the resources that start tasks, jobs and builds and may override the code that these run."""
    for node in code_nodes(reachable):
        if node.kind is Kind.CODE and node.resource is not None and node.resource.type != "AWS::Lambda::Function":
            for mention in reachable.names.mentions(node.name):
                if mention.path and _may_override(mention):
                    name = mention.path[0]
                    yield CodeLocation(node=node, by=mention.by, name=name, value=mention.by.get(name), data=True)


def _may_override(mention: Reference) -> bool:
    """Return whether a reference to code may determine what the code runs: so may one that has not been reviewed."""
    return mention.by.type in _STARTERS or rule_of(mention.by.type, mention.path[0], Kind.CODE) is None


def _by_tags(reachable: ReachableResources) -> Iterator[CodeLocation]:
    """Yield the resources that configure the commands of machines without naming these."""
    machine = next(code_nodes(reachable, *_MACHINES), None)
    for by in reachable.model.resources if machine is not None else ():
        if machine is not None:
            yield CodeLocation(node=machine, by=by, name="AWS::CloudFormation::Init of its metadata", value=by.init)
            for name in _TOLD_BY.get(by.type, ()):
                yield CodeLocation(node=machine, by=by, name=name, value=by.get(name))


def _by_unreviewed(reachable: ReachableResources) -> Iterator[CodeLocation]:
    """Yield the properties with an object or a bucket that have not been reviewed: they may determine code, too."""
    buckets = [each.place for each in reachable.model.resources if each.type == "AWS::S3::Bucket"]
    users = {mention.by.place for bucket in buckets for mention in reachable.names.mentions(bucket)}
    for by in reachable.model.resources:
        known = (*_TAKEN_FROM.get(by.type, ()), *_TOLD_BY.get(by.type, ()))
        node = Node(name=by.place, kind=Kind.CODE, resource=by, reach=())
        for name, value in by.properties.items() if not by.type.startswith(_DATA_ONLY) else ():
            names_one = by.place in users or "s3" in str(value).lower()
            if names_one and name not in known and rule_of(by.type, name, Kind.DATA) is None:
                yield CodeLocation(node=node, by=by, name=name, value=value, data=name in DATA, reviewed=False)


def _sources(location: CodeLocation, reachable: ReachableResources) -> Iterator[Node]:
    """Yield the literal objects of a value, and all of each bucket that it only names."""
    spelt, rest = literal_objects(location.value, data=location.data)
    for each in spelt:
        yield _node(each.bucket, f"{_S3}{each.bucket}/{each.glob}")
    for bucket in reachable.names.resources_in(rest, location.by, "AWS::S3::Bucket"):
        yield _node(bucket.id, f"{bucket.arn}/*")


def _copied(source: Node, reachable: ReachableResources) -> Iterator[Node]:
    """Yield the objects of other buckets of which the source of code may be a copy, also a copy of a copy."""
    todo, seen = [source], {source.globs[0]}
    while todo:
        copy = todo.pop()
        for each in bucket_copies(reachable):
            original = _original(copy, each) if each.may_be_to(copy.arn) else None
            if original is not None and original.globs[0] not in seen:
                seen.add(original.globs[0])
                todo.append(original)
                yield original


def _original(copy: Node, by: BucketCopy) -> Node | None:
    """Return the objects whose copies are the source of code, or may be run with it; None for none."""
    key = by.original(copy.globs[0].removeprefix(f"{copy.arn}/"))
    named = _node(by.source.removeprefix(_S3), f"{by.source}/{key}")
    moved = replace(copy, name=named.name, globs=named.globs if key else (), arn=named.arn)
    if isinstance(moved, PageObject):
        scripts = tuple(filter(None, map(by.original, moved.scripts)))
        key = key or next(iter(scripts), "")
        moved = replace(moved, globs=(f"{by.source}/{key}", by.source), scripts=scripts)
    return moved if key else None


def _node(bucket: str, glob: str) -> Node:
    return Node(name=bucket, kind=Kind.DATA, resource=None, reach=(), globs=(glob, _S3 + bucket), arn=_S3 + bucket)


def _writers(location: CodeLocation, source: Node, reachable: ReachableResources) -> Iterator[Finding]:
    node = location.node
    does = f", and {node} {does_with_role(node, reachable) or TRUSTED}" if location.reviewed else ""
    story = f"{location.told(source)}{does}"
    for caller in reachable.model.callers:
        found = next((each for each in own_rights(caller) if is_writing(each, source)), None)
        if found is not None:
            yield undecided(str(caller), node, f"{caller} may write there: {story}, because of {found}", found)
    for who, by in granted_principals(partial(is_writing, source=source), reachable):
        yield undecided(who, node, f"{who} may write there: {story}, because of {by}", by)


def _clients(location: CodeLocation, source: Node, reachable: ReachableResources) -> Iterator[Finding]:
    """Yield the resources of Transfer Family that name a source: their clients may write there."""
    for by in reachable.model.resources:
        named = reachable.names.resources_in(by.properties, by) if by.type.startswith(_FILES) else ()
        if any(each.arn == source.arn for each in named):
            who = f"a client that {by.name} lets in"
            story = f"{who} may write to {source.arn.removeprefix(_S3)}: {location.told(source)}"
            yield undecided(who, location.node, story)


def is_writing(statement: Statement, source: Node) -> bool:
    """Return whether a statement may allow writing to the source of code."""
    writes = any(applies_to_action(statement, action) for action in _WRITES)
    named = applies_to_node(statement, source) or (isinstance(source, PageObject) and source.may_run(statement))
    return statement.allow and writes and named
