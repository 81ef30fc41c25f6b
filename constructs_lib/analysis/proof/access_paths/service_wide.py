"""Resources that take the data of a whole service, and so that of owned log groups, topics and state machines.

Policies name the owned resources of such services, and the templates declare none of them. Sources: "Account-level
subscription filters" (Amazon CloudWatch Logs user guide), "CloudWatch cross-account observability" (Amazon CloudWatch
user guide), "AWS IoT SQL reference", "Custom authentication and authorization" (AWS IoT Core developer guide),
"Automating Step Functions event delivery with EventBridge".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.iam.arns import globs_meet
from constructs_lib.analysis.proof.access_paths.account_wide import may_match_source
from constructs_lib.analysis.proof.access_paths.findings import undecided
from constructs_lib.analysis.proof.access_paths.reviewed_types import Kind
from constructs_lib.analysis.template.scalars import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_lib.analysis.model.resources import Resource
    from constructs_lib.analysis.proof.access_paths.reachable_resources import Node, ReachableResources
    from constructs_lib.analysis.proof.findings import Finding

_TAKES: Final[Mapping[str, Mapping[str, str]]] = {
    "cloudwatch": {
        "AWS::CloudWatch::MetricStream": "streams the metrics of the account",
        "AWS::Oam::Link": "shares metrics with another account",
    },
    "iot": {
        "AWS::IoT::Authorizer": "lets clients connect with the policies that its code returns",
        "AWS::IoT::DomainConfiguration": "may let clients connect with the policies that an authorizer returns",
        "AWS::IoT::TopicRule": "acts on messages of its topics",
    },
    "logs": {
        "AWS::Logs::AccountPolicy": "applies to every log group of the account",
        "AWS::Logs::ScheduledQuery": "stores what it finds in log groups",
        "AWS::Logs::SubscriptionFilter": "sends on the log lines of a group that no template declares",
        "AWS::Oam::Link": "shares log groups with another account",
    },
    "states": {"AWS::Events::Rule": "receives what executions get and answer"},
    "xray": {"AWS::Oam::Link": "shares traces with another account"},
}
"""By service and type: what such a resource does with data of that service that it need not name."""
_SENDS_NOTHING: Final = frozenset({"FIELD_INDEX_POLICY", "TRANSFORMER_POLICY"})
_TOPIC: Final = re.compile(r"\bFROM\s+'([^'⟦⟧$]*)'\s*(?:WHERE\b|$)", re.IGNORECASE)


def service_findings(reachable: ReachableResources) -> Iterator[Finding]:
    """Yield the resources that may take owned data of a service without naming it."""
    for node in reachable.of(Kind.DATA):
        for by in reachable.model.resources if node.resource is None else ():
            what = _TAKES.get(node.service, {}).get(by.type)
            if what is not None and _may_take(by, node, reachable):
                story = f"{by.name} ({by.type}) {what}, and so may take {node.owned}: where it goes is not known"
                yield undecided("an unknown caller", by.name, story)


def _may_take(by: Resource, node: Node, reachable: ReachableResources) -> bool:
    match by.type:
        case "AWS::Logs::AccountPolicy":
            return text_of(by.get("PolicyType")) not in _SENDS_NOTHING
        case "AWS::Logs::SubscriptionFilter":
            return text_of(by.get("LogGroupName")) not in {each.id for each in reachable.model.resources}
        case "AWS::Events::Rule":
            return may_match_source(by.get("EventPattern"), "aws.states")
        case "AWS::IoT::Authorizer" | "AWS::IoT::DomainConfiguration":
            by_code = by.get("AuthorizerFunctionArn") or by.get("AuthorizerConfig")
            return by_code is not None and by.get("Status") != "INACTIVE"
        case "AWS::IoT::TopicRule":
            return _may_select(by, node)
        case _:
            return True


def _may_select(rule: Resource, node: Node) -> bool:
    """Return whether the topic filter of a rule's SQL may match an owned topic; one that is not plain text may."""
    payload = rule.get("TopicRulePayload")
    found = _TOPIC.search(str(payload.get("Sql"))) if hasattr(payload, "get") else None
    if found is None:
        return True
    topic = found.group(1).replace("+", "*").replace("#", "*")
    return any(globs_meet(f"{node.arn}:topic/{topic}", each) for each in node.globs)
