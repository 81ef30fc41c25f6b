"""The names that templates give their resources, or use in policies, as globs.

A parameter, a mapping or a stored value may be one of them: one that is written out, or that comes from another
parameter or mapping. One that comes from the same is the value itself.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.template.references import VARIABLE
from constructs_lib.analysis.template.resource_arns import is_own_name
from constructs_lib.analysis.template.unknown_values import leaves, values_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from constructs_lib.analysis.template.templates import Template


_NAMES: Final = {
    "AWS::IAM::Policy": "Roles",
    "AWS::IAM::RolePolicy": "RoleName",
    "AWS::Lambda::Permission": "FunctionName",
    "AWS::Lambda::Url": "TargetFunctionArn",
    "AWS::S3::BucketPolicy": "Bucket",
    "AWS::SSM::Parameter": "Name",
}
_NAMED: Final = frozenset(
    {
        "AWS::DynamoDB::GlobalTable", "AWS::DynamoDB::Table", "AWS::Events::EventBus", "AWS::IAM::Group",
        "AWS::IAM::ManagedPolicy", "AWS::IAM::Role", "AWS::IAM::User", "AWS::Kinesis::Stream",
        "AWS::KinesisFirehose::DeliveryStream", "AWS::Lambda::Function", "AWS::Lambda::LayerVersion",
        "AWS::Logs::LogGroup", "AWS::S3::Bucket", "AWS::SNS::Topic", "AWS::SQS::Queue",
        "AWS::StepFunctions::StateMachine",
    }
)  # fmt: skip
"""The types of resources whose names a parameter may contain; the name of a stage is the value of other parameters."""
_IN_ARN: Final = re.compile(
    r"(?::::|:table/|s3[an]?://|https?://s3[.-][a-z0-9.-]*amazonaws\.com[a-z.]*/)([A-Za-z0-9._-]+)"
)
"""The name of a bucket or table in an ARN or a URL."""
_IN_HOST: Final = re.compile(r"https?://([A-Za-z0-9.-]+?)\.s3[.-]")
_BUCKETS: Final = frozenset({"Bucket", "BucketName", "S3Bucket", "S3BucketName"})
"""Keys, at any depth, with the name of a bucket, such as that of a function's code."""


def given_names(templates: Iterable[Template]) -> dict[str, frozenset[str]]:
    """Return the names, with a star for each part that is a function or a reference, and where each comes from.

    They are the names of resources, of buckets and tables in ARNs, of buckets that hold code, and the keys in the
    Parameter Store. They come from `parameter NAME`, from `map KEYS`, or from the empty text if they are written out.
    """
    found: dict[str, set[str]] = {}
    for template in templates:
        for resource in template.body["Resources"].values():
            if isinstance(resource, dict):
                properties = resource.get("Properties")
                type_ = str(resource.get("Type"))
                for key, value in properties.items() if isinstance(properties, dict) else ():
                    if key == _NAMES.get(type_) or (type_ in _NAMED and is_own_name(type_, key)):
                        for glob, origin in _globs(value, template.body):
                            found.setdefault(glob, set()).add(origin)
                for glob, origin in _within(properties, template.body):
                    found.setdefault(glob, set()).add(origin)
    return {glob: frozenset(origins) for glob, origins in found.items() if glob.strip("*-.")}


def _globs(value: Any, body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the texts that a name may have, each with its origin."""
    match value:
        case str():
            yield value, ""
        case {"Fn::Sub": str(text)} | {"Fn::Sub": [str(text), _]}:
            alone = VARIABLE.fullmatch(text)
            yield from _referenced(alone.group(1).strip(), body) if alone else [(VARIABLE.sub("*", text), "")]
        case {"Fn::Join": [str(separator), list(parts)]}:
            yield separator.join(part if isinstance(part, str) else "*" for part in parts), ""
        case {"Ref": str(name)}:
            yield from _referenced(name, body)
        case {"Fn::FindInMap": [name, *keys]}:
            mappings = body.get("Mappings") or {}
            found = leaves([mappings.get(name) if isinstance(name, str) else mappings, keys[2:]])
            yield from ((str(each), f"map {[name, *keys[:2]]}") for each in found)
        case dict() | list():
            for each in _parts(value):
                yield from _globs(each, body)


def _parts(value: dict[str, Any] | list[Any]) -> Iterable[Any]:
    """Return the parts of a list or function that may be a name, such as those of `Fn::If` and `Fn::Select`."""
    if isinstance(value, list):
        return value
    chosen = value.get("Fn::If")
    if isinstance(chosen, list):
        return chosen[1:]
    # What a resource or another stack returns is not a text of this template, and is compared when it is resolved.
    return () if "Fn::GetAtt" in value or "Fn::ImportValue" in value else value.values()


def _referenced(name: str, body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the values that the template shows of a parameter; none of a resource."""
    values = values_of((body.get("Parameters") or {}).get(name))
    yield from ((str(each), f"parameter {name}") for each in values if each is not None)


def _within(value: Any, body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the names of buckets and tables in a value, each with its origin."""
    if isinstance(value, str):
        yield from ((name, "") for name in (*_IN_ARN.findall(value), *_IN_HOST.findall(value)))
    elif isinstance(value, list):
        for each in value:
            yield from _within(each, body)
    elif isinstance(value, dict):
        for key, each in value.items():
            if key in _BUCKETS:
                # A default such as NONE is no bucket's name ("General purpose bucket naming rules").
                yield from (found for found in _globs(each, body) if found[0].islower())
            yield from _within(each, body)
