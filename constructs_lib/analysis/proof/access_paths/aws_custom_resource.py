"""The CDK's custom resource that calls any API: its changes to roles, functions and APIs appear in no policy here.

Source: "AwsCustomResource" (AWS CDK API reference).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.model.resources import AWS_CALL, CALLS
from constructs_lib.analysis.proof.access_paths.findings import undecided
from constructs_lib.analysis.proof.access_paths.reviewed_types import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.proof.access_paths.reachable_resources import ReachableResources
    from constructs_lib.analysis.proof.findings import Finding

_ACTION: Final = re.compile(r'"action"\s*:\s*"([^"]*)"')
_HARMLESS: Final = re.compile(
    r"(?:describe|get|head|list)\w*|invoke|start(?:build|execution|jobrun)|runtask|createinvalidation"
    r"|(?:put|copy|delete)objects?|(?:put|update|delete|batchwrite)item|publish|sendmessage|put(?:parameter|secretvalue)",
    re.IGNORECASE,
)
"""Calls that read, write data, or start what the templates define: they leave as it is who may do what."""
_WRITES: Final = re.compile(r"(?:put|delete)objects?|(?:put|update|delete|batchwrite)item", re.IGNORECASE)
"""Calls that write the objects and rows that the template spells out: they show nothing of what is there."""
_DECIDES_NOTHING: Final = (
    "AWS::CertificateManager::", "AWS::CloudFormation::", "AWS::CloudWatch::", "AWS::EC2::Network", "AWS::EC2::Route",
    "AWS::EC2::SecurityGroup", "AWS::EC2::Subnet", "AWS::EC2::VPC", "AWS::ElastiCache::", "AWS::Logs::", "AWS::RDS::",
    "AWS::Route53", "AWS::SES::", "AWS::WAFv2::", "Custom::",
)  # fmt: skip
"""Starts of resource types that control no access to owned data; data that is owned is looked at as a reference."""


def call_findings(reachable: ReachableResources) -> Iterator[Finding]:
    """Yield the calls that may change access, or show owned data: those that name a resource that may decide it."""
    deciding = {each.place: each for each in reachable.model.resources if not each.type.startswith(_DECIDES_NOTHING)}
    owned = {each.name: each for each in reachable.of(Kind.DATA)}
    for resource in reachable.model.resources:
        for name in CALLS if resource.type == AWS_CALL else ():
            value = resource.get(name)
            # The parameters of a call may have a property of this name, too.
            actions = _ACTION.findall(str(value))
            if value is None or (actions and all(map(_WRITES.fullmatch, actions))):
                continue
            harmless = bool(actions) and all(map(_HARMLESS.fullmatch, actions))
            places = reachable.names.within(value, resource)
            for place in sorted(places & (owned.keys() if harmless else {*deciding, *owned})):
                called = " and ".join(actions) or "a call that the template does not spell out"
                what = f"{deciding[place].name} ({deciding[place].type})" if place in deciding else str(owned[place])
                story = (
                    f"{resource.name} calls {called} with the name of {what}, in its property {name}: who may do what "
                    "after it is not followed"
                )
                yield undecided("an unknown caller", resource.name, story)
