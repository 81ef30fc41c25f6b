"""Where trusted code and definitions are taken from: whoever writes there acts with the rights of what runs them.

Sources: "AWS::Lambda::Function Code", "AWS::Glue::Job JobCommand", "AWS::CodeBuild::Project Source" and their like
(CloudFormation template reference).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.actions import S3_VERBS
from constructs_lib.analysis.engine.layers import speaks_of_action
from constructs_lib.analysis.iam import principals
from constructs_lib.analysis.iam.arns import is_unknown
from constructs_lib.analysis.model.kinds.bucket import Bucket
from constructs_lib.analysis.proof.doors.answers import undecided
from constructs_lib.analysis.proof.doors.reviewed import Kind
from constructs_lib.analysis.proof.doors.world import Node, World, speaks_of

if TYPE_CHECKING:
    from constructs_lib.analysis.iam.policies import Policy, Statement
    from constructs_lib.analysis.model.callers import Caller
    from constructs_lib.analysis.model.resources import Resource
    from constructs_lib.analysis.proof.findings import Finding

_TAKEN_FROM: Final[Mapping[str, tuple[str, ...]]] = {
    "AWS::CodeBuild::Project": ("Source", "SecondarySources", "Cache"),
    "AWS::EC2::Instance": ("UserData",),
    "AWS::EC2::LaunchTemplate": ("LaunchTemplateData",),
    "AWS::ECS::TaskDefinition": ("ContainerDefinitions",),
    "AWS::Glue::Job": ("Command", "DefaultArguments", "NonOverridableArguments"),
    "AWS::Lambda::Function": ("Code",),
    "AWS::Lambda::LayerVersion": ("Content",),
    "AWS::StepFunctions::StateMachine": ("DefinitionS3Location",),
}
"""By type: the properties that say where what it runs is taken from."""
_ONLY: Final[Mapping[str, tuple[str, ...]]] = {
    "AWS::EC2::LaunchTemplate": ("UserData",), "AWS::ECS::TaskDefinition": ("EnvironmentFiles",),
}  # fmt: skip
"""What of such a property says so, where most of it says other things."""
_S3: Final = "arn:aws:s3:::"
_WRITES: Final = (
    *next(actions for verb, actions in S3_VERBS.items() if verb.value == "write"), "s3:ReplicateObject",
    "s3:PutBucketPolicy", "s3:PutBucketAcl",
)  # fmt: skip


def source_findings(world: World) -> Iterator[Finding]:
    """Yield the callers who may write what trusted code is taken from."""
    for node, by in _running(world):
        for name in _TAKEN_FROM.get(by.type, ()):
            for value in _parts(by.get(name), _ONLY.get(by.type)):
                for source in _sources(value, by, world):
                    yield from _writers(node, by, name, source, world)


def _running(world: World) -> Iterator[tuple[Node, Resource]]:
    """Yield trusted code and relays with the resources that say what they run: layers too."""
    for node in world.of(Kind.CODE, Kind.RELAY):
        if node.resource is not None:
            yield node, node.resource
            layers = world.names.within(node.resource.get("Layers"), node.resource)
            yield from ((node, each) for each in world.model.resources if each.place in layers)


def _parts(value: Any, only: tuple[str, ...] | None) -> Iterator[Any]:
    if only is None:
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _parts(each, only)
    elif isinstance(value, Mapping):
        yield from (value[name] for name in only if name in value)


def _sources(value: Any, by: Resource, world: World) -> Iterator[Node]:
    """Yield what a value names: an object where it spells one out, otherwise each bucket whose name is in it."""
    exact = list(dict.fromkeys(_objects(value)))
    for bucket, key in exact:
        yield _node(bucket, f"{_S3}{bucket}/{'*' if not key or is_unknown(key) else key}")
    named = world.names.within(value, by)
    for each in world.model.resources:
        if each.type == "AWS::S3::Bucket" and each.place in named and each.id not in {bucket for bucket, _ in exact}:
            yield _node(each.id, f"{each.arn}/*")


def _node(bucket: str, glob: str) -> Node:
    return Node(name=bucket, kind=Kind.DATA, resource=None, reach=(), globs=(glob, _S3 + bucket), arn=_S3 + bucket)


def _objects(value: Any) -> Iterator[tuple[str, str]]:
    """Yield the buckets and keys that a value spells out, as two properties or as one text."""
    if isinstance(value, list):
        for each in value:
            yield from _objects(each)
    elif isinstance(value, Mapping):
        for bucket, key in (("S3Bucket", "S3Key"), ("Bucket", "Key")):
            if bucket in value:
                yield str(value[bucket]), str(value.get(key) or "")
        yield from _objects(list(value.values()))
    elif isinstance(value, str):
        yield from filter(None, map(_object, value.split(",")))


def _object(text: str) -> tuple[str, str] | None:
    start = next((mark for mark in ("s3://", _S3) if text.strip().startswith(mark)), "")
    bucket, slash, key = text.strip().removeprefix(start).partition("/")
    if "⟦" in bucket and "⟧" not in bucket:
        # The name of a resource has a slash of its own.
        more, slash, key = key.partition("⟧/")
        bucket = f"{bucket}/{more.removesuffix('⟧')}⟧"
    return (bucket, key) if start or slash else None


def _writers(node: Node, by: Resource, name: str, source: Node, world: World) -> Iterator[Finding]:
    bucket = world.model.holder(source.arn)
    where = source.globs[0].removeprefix(_S3)
    told = (
        f"{by.name} takes what {node} runs from {where} ({name}), and {node} may reach {', '.join(node.reach)} "
        f"{node.why}"
    )
    if isinstance(bucket, Bucket) and bucket.public_acl == "PublicReadWrite":
        yield undecided("anyone on the internet", node, f"anyone may write there by the bucket's ACL: {told}")
    for caller in world.model.callers:
        found = _writing(caller, bucket.policy if isinstance(bucket, Bucket) else None, source)
        if found is not None:
            yield undecided(str(caller), node, f"{caller} may write there: {told}, because of {found}", found)
    for statement in bucket.policy.statements if isinstance(bucket, Bucket) and not bucket.keeps_strangers_out else ():
        if principals.speaks_of(statement, "") and _is_writing(statement, source):
            yield undecided("anyone", node, f"anyone may write there: {told}, because of {statement}", statement)


def _writing(caller: Caller, policy: Policy | None, source: Node) -> Statement | None:
    said = [each for own in caller.identity for each in (*own.statements, *own.possible)]
    by_bucket = (*policy.statements, *policy.possible) if policy is not None else ()
    said += [each for each in by_bucket if principals.speaks_of(each, caller.principal)]
    return next((each for each in said if _is_writing(each, source)), None)


def _is_writing(statement: Statement, source: Node) -> bool:
    writes = any(speaks_of_action(statement, action) for action in _WRITES)
    return statement.allow and writes and speaks_of(statement, source)


__all__ = ["source_findings"]
