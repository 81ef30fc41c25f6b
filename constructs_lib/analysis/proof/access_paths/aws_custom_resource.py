"""The CDK's custom resource that calls any API: its changes to roles, functions and APIs appear in no policy here.

Source: "AwsCustomResource" (AWS CDK API reference).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.model.resources import AWS_CALL, CALLS
from constructs_lib.analysis.proof.access_paths.findings import undecided

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.proof.access_paths.reachable_resources import ReachableResources
    from constructs_lib.analysis.proof.findings import Finding

_ACTION: Final = re.compile(r'"action"\s*:\s*"([A-Za-z]*)"')
_HARMLESS: Final = re.compile(
    r"(?:describe|get|head|list)\w*|invoke|start(?:build|execution|jobrun)|runtask|createinvalidation"
    r"|(?:put|copy|delete)objects?|(?:put|update|delete|batchwrite)item|publish|sendmessage|put(?:parameter|secretvalue)",
    re.IGNORECASE,
)
"""Calls that read, write data, or start what the templates define: they leave as it is who may do what."""
_DECIDES_NOTHING: Final = (
    "AWS::CertificateManager::", "AWS::CloudFormation::", "AWS::CloudWatch::", "AWS::EC2::Network", "AWS::EC2::Route",
    "AWS::EC2::SecurityGroup", "AWS::EC2::Subnet", "AWS::EC2::VPC", "AWS::ElastiCache::", "AWS::Logs::", "AWS::RDS::",
    "AWS::Route53", "AWS::SES::", "AWS::WAFv2::", "Custom::",
)  # fmt: skip
"""Starts of resource types that control no access to owned data; data that is owned is looked at as a reference."""


def call_findings(reachable: ReachableResources) -> Iterator[Finding]:
    """Yield the calls that may change access: those that name a resource that may decide it."""
    for resource in reachable.model.resources:
        for name in CALLS if resource.type == AWS_CALL else ():
            value = resource.get(name)
            # The parameters of a call may have a property of this name, too.
            actions = _ACTION.findall(str(value))
            if value is None or (actions and all(map(_HARMLESS.fullmatch, actions))):
                continue
            places = reachable.names.within(value, resource)
            for each in reachable.model.resources:
                if each.place in places and not each.type.startswith(_DECIDES_NOTHING):
                    called = " and ".join(actions) or "a call that the template does not spell out"
                    story = (
                        f"{resource.name} calls {called} with the name of {each.name} ({each.type}), in its property "
                        f"{name}: who may do what after it is not followed"
                    )
                    yield undecided("an unknown caller", resource.name, story)


__all__ = ["call_findings"]
