"""The CDK's custom resource that calls any API: its changes to roles, pools and APIs appear in no policy here.

Source: "AwsCustomResource" (AWS CDK API reference).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.proof.access_paths.findings import undecided

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.proof.access_paths.reachable_resources import ReachableResources
    from constructs_lib.analysis.proof.findings import Finding

_ACTION: Final = re.compile(r'"action"\s*:\s*"([A-Za-z]*)"')
_READS: Final = ("describe", "get", "head", "list")
_DECIDES: Final = ("AWS::ApiGateway::", "AWS::ApiGatewayV2::", "AWS::AppSync::", "AWS::Cognito::", "AWS::IAM::")
"""Resource types that control access."""


def call_findings(reachable: ReachableResources) -> Iterator[Finding]:
    """Yield the calls that may change access: those that name such a resource and are not read actions."""
    for resource in reachable.model.resources:
        for name in ("Create", "Update", "Delete") if resource.type == "Custom::AWS" else ():
            value = resource.get(name)
            action = _ACTION.search(str(value))
            if value is None or (action and action.group(1).lower().startswith(_READS)):
                continue
            places = reachable.names.within(value, resource)
            for each in reachable.model.resources:
                if each.place in places and each.type.startswith(_DECIDES):
                    called = action.group(1) if action else "a call that the template does not spell out"
                    story = (
                        f"{resource.name} calls {called} with the name of {each.name} ({each.type}), in its property "
                        f"{name}: who may do what after it is not followed"
                    )
                    yield undecided("an unknown caller", resource.name, story)


__all__ = ["call_findings"]
