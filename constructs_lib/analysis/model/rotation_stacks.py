"""Applications of AWS that rotate secrets: stacks whose templates AWS publishes, with a function and a role for it.

Source: "AWS Templates You Can Use to Create Lambda Rotation Functions" (AWS Secrets Manager user guide).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

_ROTATION: Final = re.compile(
    r"arn:aws[a-z-]*:serverlessrepo:[a-z0-9-]+:(?:297356227824|193023089310|023102451235):"
    r"applications/SecretsManager\w*Rotation\w*"
)
"""The accounts are those of AWS in the three partitions that have such applications."""


def rotates_secrets(logical_id: str, body: Mapping[str, Any]) -> bool:
    """Return whether a nested stack is such an application, also one that a mapping names for each partition."""
    address = body["Resources"][logical_id]["Properties"].get("TemplateURL")
    match address:
        case {"Fn::FindInMap": [str(name), {"Ref": "AWS::Partition"}, str(key)]}:
            mapping = (body.get("Mappings") or {}).get(name)
            values = mapping.values() if isinstance(mapping, Mapping) else ()
            addresses = [each.get(key) if isinstance(each, Mapping) else each for each in values]
        case _:
            addresses = [address]
    return bool(addresses) and all(_ROTATION.fullmatch(str(each)) for each in addresses)
