"""Resources that take owned data without naming it: event rules, trails, backups by tag, storage lenses, streams.

Sources: "Creating Amazon EventBridge event patterns", "Logging data events" (AWS CloudTrail user guide), "Assigning
resources to a backup plan" (AWS Backup), "Amazon S3 Storage Lens metrics export schemas" (Amazon S3 user guide).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.iam.arns import globs_meet, is_unknown, normalise_arn, partition_name
from constructs_lib.analysis.model.resources import as_list
from constructs_lib.analysis.template.atoms import ATOM, as_glob

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.model.resources import Resource
    from constructs_lib.analysis.proof.access_paths.reachable_resources import Node

_S3: Final = "s3"
_GEO: Final = "geo"
_ALL: Final = {_S3: ("arn:aws:s3", "arn:aws:s3:::"), "dynamodb": ("arn:aws:dynamodb",)}
"""By service: ARNs with which a trail's selector covers all its buckets or tables."""
_TYPES: Final = {_S3: "AWS::S3::Object", "dynamodb": "AWS::DynamoDB::Table"}
_RECORDS: Final = ("AWS API Call via CloudTrail", "AWS Service Event via CloudTrail")
_FINDINGS: Final = {
    "aws.guardduty": ("GuardDuty Finding", "GuardDuty Malware Protection Object Scan Result"),
    "aws.macie": ("Macie Finding",),
    "aws.securityhub": (
        "Findings Imported V2", "Security Hub Findings - Custom Action", "Security Hub Findings - Imported",
        "Security Hub Insight Results",
    ),
}  # fmt: skip
"""By source: events that show the names of objects ("Processing findings with EventBridge" of each service)."""
_STREAMS: Final = {"cognito-sync": "AWS::Cognito::IdentityPool", "mobiletargeting": "AWS::Pinpoint::EventStream"}
"""By service: the type that streams what its users store or do ("Implementing Amazon Cognito Sync streams")."""
_WHOSE: Final = ("bucket", "requestParameters", "resources")
"""Fields of an event that name its bucket or table, or contain such a field."""
_NAMES: Final = ("name", "bucketName", "tableName", "ARN")
"""The fields in these that have its name or ARN."""


def receives_all(by: Resource, data: Node) -> bool:
    """Return whether a resource receives owned data that it does not name.

    The data is a bucket or table, of the templates or not, or the owned resources of another service.
    """
    if data.service in _TYPES:
        return _receives_objects(by, data)
    if data.service == _GEO and by.type == "AWS::Events::Rule":
        # "Location Geofence Event" has the device and its position.
        return may_match_source(by.get("EventPattern"), "aws.geo")
    return by.type == _STREAMS.get(data.service)


def _receives_objects(by: Resource, data: Node) -> bool:
    match by.type:
        case "AWS::Events::Rule":
            return _may_match(by.get("EventPattern"), data)
        case "AWS::CloudTrail::Trail" | "AWS::CloudTrail::EventDataStore":
            return any(_records(_normalised(each), data) for each in _selectors(by))
        case "AWS::Backup::BackupSelection":
            return _backs_up(_normalised(by.get("BackupSelection")), data)
        case "AWS::S3::StorageLens" | "AWS::GuardDuty::PublishingDestination":
            return data.service == _S3
        case _:
            return False


def _normalised(value: Any) -> Any:
    """Return a value with its ARNs in the notation of the model: every partition has buckets and tables."""
    if isinstance(value, Mapping):
        return {key: _normalised(each) for key, each in value.items()}
    if isinstance(value, list):
        return list(map(_normalised, value))
    return normalise_arn(value) if isinstance(value, str) and value.startswith("arn:") else value


def _may_match(pattern: Any, data: Node) -> bool:
    """Return whether an event pattern may match the events of a bucket or table without naming it."""
    if not isinstance(pattern, Mapping):
        return pattern is not None
    detail = pattern.get("detail")
    named = {**pattern, **detail} if isinstance(detail, Mapping) else pattern
    if any(_names_some(named.get(name)) for name in _WHOSE):
        # The pattern names a bucket or table; if it is this one, the check of references follows it.
        return False
    of_service = _may_be(pattern.get("source"), (f"aws.{data.service}",)) and _may_be(
        pattern.get("detail-type"), _RECORDS, "Object " if data.service == _S3 else _RECORDS[0]
    )
    return of_service or (data.service == _S3 and _may_be_finding(pattern))


def _may_be_finding(pattern: Mapping[str, Any]) -> bool:
    return any(
        _may_be(pattern.get("source"), (source,)) and _may_be(pattern.get("detail-type"), types)
        for source, types in _FINDINGS.items()
    )


def may_match_source(pattern: Any, source: str) -> bool:
    """Return whether an event pattern may match the events of a service; a rule without a pattern has a schedule."""
    return _may_be(pattern.get("source"), (source,)) if isinstance(pattern, Mapping) else pattern is not None


def _may_be(pattern: Any, texts: tuple[str, ...], begin: str | None = None) -> bool:
    """Return whether a field of a pattern may match some texts: if it is absent, or is not plain text."""
    return pattern is None or any(
        not isinstance(each, str) or is_unknown(each) or each in texts or (begin is not None and each.startswith(begin))
        for each in as_list(pattern)
    )


def _names_some(pattern: Any) -> bool:
    """Return whether a pattern is limited to named buckets or tables.

    All fields must match, and one value of each list.

    A value that is not plain text, such as `{"prefix": ""}`, may match any name.
    """
    if isinstance(pattern, Mapping):
        return any(_names_some(pattern.get(name)) for name in _NAMES)
    return bool(pattern) and all(isinstance(each, str) and not is_unknown(each) for each in as_list(pattern))


def _selectors(trail: Resource) -> Iterator[Any]:
    yield from as_list(trail.get("EventSelectors"))
    yield from as_list(trail.get("AdvancedEventSelectors"))


def _records(selector: Any, data: Node) -> bool:
    if not isinstance(selector, Mapping):
        return True
    for each in as_list(selector.get("DataResources")):
        values = as_list(each.get("Values")) if isinstance(each, Mapping) else [None]
        if any(value in _ALL[data.service] or value is None or is_unknown(str(value)) for value in values):
            return True
        if data.service == _S3 and any(_may_begin(str(value), data) for value in values):
            return True
    fields = as_list(selector.get("FieldSelectors"))
    if not all(isinstance(each, Mapping) and not is_unknown(str(each.get("Field"))) for each in fields):
        return True
    by_field = {str(each.get("Field")): each for each in fields}
    if not fields or not _may_equal(by_field.get("eventCategory", {}), "Data"):
        return False
    of_type = by_field.get("resources.type", {})
    of_one = by_field.get("resources.ARN", {})
    equal, begins = (list(map(str, as_list(of_one.get(name)))) for name in ("Equals", "StartsWith"))
    every = any(map(is_unknown, equal)) or any(_may_begin(each, data) for each in begins)
    of_its_type = "Equals" not in of_type or _may_equal(of_type, _TYPES[data.service])
    return of_its_type and (every or not (equal or begins))


def _may_begin(text: str, data: Node) -> bool:
    """Return whether the ARN of a bucket or table may begin with a text that ends before its name does.

    The check of references follows a text with the whole name of a bucket. A name that CloudFormation generates begins
    with the stack's name.
    """
    if data.service == _S3 and partition_name(text)[1]:
        return is_unknown(text)
    return globs_meet(f"{as_glob(text)}*", ATOM.sub("*", data.arn))


def _may_equal(field: Mapping[str, Any], text: str) -> bool:
    """Return whether a field of a selector may be limited to values of which a text is one."""
    return any(str(each) == text or is_unknown(str(each)) for each in as_list(field.get("Equals")))


def _backs_up(selection: Any, data: Node) -> bool:
    if not isinstance(selection, Mapping):
        return selection is not None
    # One of the tags is enough, and without resources all that meets the conditions is selected (`BackupSelection`, AWS
    # Backup API reference).
    named = [str(each) for each in as_list(selection.get("Resources"))]
    return (
        not named
        or bool(selection.get("ListOfTags"))
        or any(
            is_unknown(each) or ("*" in each and globs_meet(as_glob(each), ATOM.sub("*", data.arn)))
            for each in named
            if each != data.arn
        )
    )
