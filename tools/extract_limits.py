"""Rewrite `constructs_lib/resource_limits.json` from the schemas in cfn-lint.

Run it after an update of cfn-lint, or if a construct creates a new type of resource: `python tools/extract_limits.py`.
cfn-lint (MIT-0) bundles the official CloudFormation resource schemas; only the limits of the types that the
constructs create are extracted, so the library itself does not depend on cfn-lint.
"""

import importlib.util
import json
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

_CFN_LINT: Final = importlib.util.find_spec("cfnlint")
assert _CFN_LINT is not None  # noqa: S101 - a dev dependency
assert _CFN_LINT.origin is not None  # noqa: S101
DATA: Final = Path(_CFN_LINT.origin).parent / "data" / "schemas"
TARGET: Final = Path(__file__).parents[1] / "constructs_lib" / "resource_limits.json"
REGION: Final = "us-east-1"
TYPES: Final = (
    "AWS::ApiGateway::RestApi",
    "AWS::ApiGateway::Stage",
    "AWS::ApiGateway::UsagePlan",
    "AWS::ApiGatewayV2::Api",
    "AWS::ApiGatewayV2::ApiMapping",
    "AWS::ApiGatewayV2::DomainName",
    "AWS::ApiGatewayV2::Stage",
    "AWS::Cognito::IdentityPool",
    "AWS::Cognito::IdentityPoolRoleAttachment",
    "AWS::Cognito::LogDeliveryConfiguration",
    "AWS::Cognito::ManagedLoginBranding",
    "AWS::Cognito::Terms",
    "AWS::Cognito::UserPool",
    "AWS::Cognito::UserPoolClient",
    "AWS::Cognito::UserPoolDomain",
    "AWS::Cognito::UserPoolGroup",
    "AWS::Cognito::UserPoolIdentityProvider",
    "AWS::Cognito::UserPoolResourceServer",
    "AWS::Cognito::UserPoolRiskConfigurationAttachment",
    "AWS::Cognito::UserPoolUser",
    "AWS::CloudFront::Distribution",
    "AWS::CloudWatch::Alarm",
    "AWS::DynamoDB::GlobalTable",
    "AWS::DynamoDB::Table",
    "AWS::IAM::OIDCProvider",
    "AWS::IAM::Role",
    "AWS::KMS::Key",
    "AWS::Lambda::Alias",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::Function",
    "AWS::Lambda::LayerVersion",
    "AWS::Logs::LogGroup",
    "AWS::S3::Bucket",
    "AWS::SQS::Queue",
    "AWS::WAFv2::WebACLAssociation",
)
KEPT: Final = ("enum", "maxItems", "maxLength", "maximum", "minItems", "minLength", "minimum", "pattern")
TRIVIAL: Final = {"maxLength": 131_072, "minLength": 0, "minItems": 0, "pattern": "^(?s)"}
"""Limits without effect: defaults of the schemas' generator, and a pattern that every text matches."""


def extract() -> dict[str, Any]:
    """Return the limits of the types, by the path of a property."""
    providers = _read(DATA / "providers" / f"{REGION}.json")
    limits = {}
    for name in sorted(TYPES):
        schema = _read(DATA / "resources" / f"{providers[name]}.json")
        limits[name] = dict(sorted(_limits(schema, schema, path="")))
    return {
        "source": f"official CloudFormation resource schemas ({REGION}), as bundled by cfn-lint {version('cfn-lint')}",
        "date": _read(DATA / "version.json")["schema_date"][:10],
        "types": limits,
    }


def _limits(
    node: dict[str, Any], schema: dict[str, Any], *, path: str, within: tuple[str, ...] = ()
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the limits below a node; a list's values are `Path[]`, a map's keys `Path{key}` and its values `Path{}`."""
    reference = node.get("$ref", "")
    if reference in within:
        return
    if reference:
        node = schema["definitions"][reference.rpartition("/")[2]]
        within = (*within, reference)
    found = {key: node[key] for key in KEPT if key in node and node[key] != TRIVIAL.get(key)}
    if found:
        yield path, found
    for name, child in node.get("properties", {}).items():
        yield from _limits(child, schema, path=f"{path}.{name}" if path else name, within=within)
    if isinstance(node.get("items"), dict):
        yield from _limits(node["items"], schema, path=f"{path}[]", within=within)
    for pattern, child in node.get("patternProperties", {}).items():
        yield f"{path}{{key}}", {"pattern": pattern}
        yield from _limits(child, schema, path=f"{path}{{}}", within=within)


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def main() -> None:
    """Write the file, one property per line."""
    document = extract()
    types = ",\n".join(f"  {json.dumps(name)}: {_lines(limits)}" for name, limits in document.pop("types").items())
    head = json.dumps(document, indent=1).removesuffix("\n}")
    TARGET.write_text(f'{head},\n "types": {{\n{types}\n }}\n}}\n', encoding="utf-8")


def _lines(limits: dict[str, Any]) -> str:
    lines = ",\n".join(f"   {json.dumps(path)}: {json.dumps(each)}" for path, each in limits.items())
    return f"{{\n{lines}\n  }}" if lines else "{}"


if __name__ == "__main__":
    main()
