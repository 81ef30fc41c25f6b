"""What tests of synthesized templates share: feature flags, a function to give rights to, templates in plain words."""

import json
import re
from pathlib import Path
from typing import Any, Final

from aws_cdk import Stack
from aws_cdk import aws_lambda as lambda_

CONTEXT: Final = json.loads((Path(__file__).parents[1] / "cdk.json").read_text())["context"]
"""The feature flags of `cdk.json`."""
HASH: Final = re.compile(r"[0-9A-F]{8}$")
"""What the CDK puts at the end of a logical ID."""


def new_function(stack: Stack, id: str = "Function", **options: Any) -> lambda_.Function:
    """Make a function with its code in the template."""
    code = lambda_.Code.from_inline("def handler(event, context): return event")
    options.setdefault("handler", "index.handler")
    return lambda_.Function(stack, id, runtime=lambda_.Runtime.PYTHON_3_13, code=code, **options)


def plain(value: Any) -> Any:  # noqa: PLR0911 - one for each intrinsic
    """Write intrinsics as `<Documents.Arn>`, without the hashes of logical IDs."""
    match value:
        case list():
            return [plain(inner) for inner in value]
        case {"Fn::GetAtt": [logical_id, attribute]}:
            return f"<{HASH.sub('', logical_id)}.{attribute}>"
        case {"Ref": logical_id}:
            return f"<{HASH.sub('', logical_id)}>"
        case {"Fn::GetStackOutput": {"StackName": name}}:
            return f"<{name}>"
        case {"Fn::Join": [_, parts]}:
            return "".join(plain(part) for part in parts)
        case dict():
            return {key: plain(inner) for key, inner in value.items()}
    return value


def statements_of(template: dict[str, Any], policy: str) -> list[dict[str, Any]]:
    """Return the plain statements of the policies whose ID is this."""
    policies = [
        resource["Properties"]["PolicyDocument"]["Statement"]
        for logical_id, resource in template["Resources"].items()
        if HASH.sub("", logical_id) == policy
    ]
    return [plain(statement) for document in policies for statement in document]
