"""The AWS service and the S3 object that an integration of API Gateway calls, as far as the template determines them.

Sources: "Integration" (Amazon API Gateway REST API reference, `uri`), "Integration subtype reference", "Use a mapping
template to override an API's request parameters" (Amazon API Gateway developer guide), "CopyObject" (Amazon S3 API
reference).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.iam import catalogue
from constructs_lib.analysis.iam.arns import is_unknown, partition_name, starred
from constructs_lib.analysis.iam.escalations import all_escalations
from constructs_lib.analysis.proof.access_paths.agent_inputs import CARRIERS, inputs_of
from constructs_lib.analysis.proof.access_paths.event_causes import causes
from constructs_lib.analysis.proof.access_paths.event_rules import events_start
from constructs_lib.analysis.proof.access_paths.reachable_resources import Node
from constructs_lib.analysis.proof.access_paths.reviewed_types import Kind
from constructs_lib.analysis.proof.access_paths.role_powers import ANY_SERVICE
from constructs_lib.analysis.template.atoms import split_around_atoms

if TYPE_CHECKING:
    from constructs_lib.analysis.model.resources import Resource
    from constructs_lib.analysis.proof.access_paths.reachable_resources import ReachableResources

_VALUE: Final = re.compile(r"\$?\{[^}]*\}")
"""A value from the request, a mapping or a stage variable, which may be any text."""
_S3: Final = re.compile(r":s3:path/(.*)$", re.DOTALL)
_INVOCATION: Final = re.compile(r":lambda:path/2015-03-31/functions/[^{]*/invocations$")
_SERVICE_PART: Final = 4
"""The index of the service in `arn:aws:apigateway:REGION:SERVICE:path/...`."""
_WITHOUT_ROLE: Final = ("HTTP", "HTTP_PROXY", "MOCK")
_SUBTYPES: Final = {
    "appconfig": "appconfig", "eventbridge": "events", "kinesis": "kinesis", "sqs": "sqs", "stepfunctions": "states",
}  # fmt: skip
"""The IAM prefix of each service with integration subtypes of HTTP APIs."""
_SAFE_HEADERS: Final = frozenset(
    {
        "accept", "cache-control", "content-disposition", "content-encoding", "content-language", "content-length",
        "content-type", "expires", "if-match", "if-modified-since", "if-none-match", "if-unmodified-since", "range",
    }
)  # fmt: skip
"""Headers that name no object to S3."""
_KEY: Final = "integration.request.path."
_HEADER: Final = "integration.request.header."


def uri_of(settings: Mapping[str, Any]) -> str:
    """Return the URI of an integration; empty if it has none."""
    return str(settings.get("Uri") or settings.get("uri") or settings.get("IntegrationUri") or "")


def called_service(settings: Mapping[str, Any]) -> str | None:
    """Return the IAM prefix of the service that an integration calls with its role.

    `ANY_SERVICE` if the template does not determine it; None if it only invokes a function that it names.
    """
    subtype = _subtype(settings)
    if subtype:
        return _SUBTYPES.get(subtype.partition("-")[0].lower(), ANY_SERVICE)
    kind = str(settings.get("Type") or settings.get("type") or settings.get("IntegrationType")).upper()
    parts = split_around_atoms(uri_of(settings), ":", 5)
    # A proxy integration with AWS is one with a function; integrations of other types do not use their role.
    if kind in _WITHOUT_ROLE or (kind == "AWS_PROXY" and parts[2:3] != ["apigateway"]):
        return None
    if len(parts) <= _SERVICE_PART or is_unknown(parts[_SERVICE_PART]) or _VALUE.search(parts[_SERVICE_PART]):
        return ANY_SERVICE
    if _INVOCATION.search(uri_of(settings)):
        return None
    # A service with several endpoints is written `subdomain.service`.
    service = parts[_SERVICE_PART].rpartition(".")[2].lower()
    return service if catalogue.has_service(service) else ANY_SERVICE


def _subtype(settings: Mapping[str, Any]) -> str:
    return str(settings.get("IntegrationSubtype") or settings.get("integrationSubtype") or "")


def called_object(settings: Mapping[str, Any], reachable: ReachableResources) -> str | None:
    """Return the S3 objects that an integration names, as a glob of ARNs; None if it may name others."""
    match = _S3.search(uri_of(settings))
    if match is None or not _names_by_path_alone(settings):
        return None
    bucket, _, key = partition_name(_VALUE.sub("*", match.group(1)))
    arn = f"arn:aws:s3:::{bucket}"
    is_here = any(each.arn == arn for each in reachable.model.resources)
    if "*" in bucket or (is_unknown(bucket) and not is_here) or not key:
        return None
    return f"{arn}/{starred(key)}"


def _names_by_path_alone(settings: Mapping[str, Any]) -> bool:
    """Return whether the path alone names the objects.

    No copy source, and no template that overrides the path or a header.
    """
    templates = settings.get("RequestTemplates") or settings.get("requestTemplates")
    if templates is not None and ("override" in str(templates).lower() or is_unknown(str(templates))):
        return False
    parameters = settings.get("RequestParameters") or settings.get("requestParameters") or {}
    if not isinstance(parameters, Mapping):
        return False
    return all(
        name.startswith(_KEY) or (name.startswith(_HEADER) and name.removeprefix(_HEADER).lower() in _SAFE_HEADERS)
        for name in map(str, parameters)
    )


def has_chosen_object(settings: Mapping[str, Any]) -> bool:
    """Return whether an S3 path of an integration has a part that the request or a stage chooses."""
    match = _S3.search(uri_of(settings))
    return match is not None and "{" in match.group(1)


def passes_body(settings: Mapping[str, Any]) -> bool:
    """Return whether an integration passes the body of a request on unchanged, because no template maps it."""
    return not (settings.get("RequestTemplates") or settings.get("requestTemplates")) and not _subtype(settings)


def may_be_owned(settings: Mapping[str, Any], by: Resource, reachable: ReachableResources) -> bool:
    """Return whether an integration with a role that no template has may reach owned data or has another power."""
    service = called_service(settings)
    if service is None or called_object(settings, reachable) is not None:
        # A function that it names is trusted; a bucket that it names is not owned.
        return False
    named = reachable.names.within(settings, by)
    relays = list(reachable.of(Kind.RELAY, Kind.AGENT))
    fed = {place: each for relay in relays for place, each in inputs_of(relay, reachable).sources.items()}
    if any(place in named and CARRIERS.get(each.type) == service for place, each in fed.items()):
        return True
    targets = [Node(name=each.place, kind=Kind.DATA, resource=each, reach=()) for each in reachable.model.resources]
    if any(each.name in named and each.service == service for each in targets):
        return False
    services = {node.service for node in (*relays, *reachable.of(Kind.DATA))}
    services |= {CARRIERS[each.type] for each in fed.values() if each.type in CARRIERS}
    services |= {each for relay in relays for rule in events_start(relay, reachable) for each in causes(rule)}
    if not _subtype(settings):
        services |= {escalation.action.partition(":")[0] for escalation in all_escalations()}
        services |= {path.service for path in reachable.paths}
    return service == ANY_SERVICE or service in services
