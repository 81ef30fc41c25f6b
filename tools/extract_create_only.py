"""Rewrite `constructs_lib/analysis/replacements/schemas.json` from the schemas in cfn-lint.

Run it after an update of cfn-lint: `python tools/extract_create_only.py`. cfn-lint (MIT-0) bundles the official
CloudFormation resource schemas and AWS's list of stateful types; only the necessary properties are extracted, so
the library itself does not depend on cfn-lint.
"""

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import cfnlint

DATA: Final = Path(cfnlint.__file__).parent / "data"
TARGET: Final = Path(__file__).parents[1] / "constructs_lib" / "analysis" / "replacements" / "schemas.json"
REGION: Final = "us-east-1"

CLIENTS_DEPEND_ON: Final = (
    "AWS::ApiGateway::ApiKey",
    "AWS::ApiGateway::DomainName",
    "AWS::ApiGateway::RestApi",
    "AWS::ApiGatewayV2::Api",
    "AWS::ApiGatewayV2::DomainName",
    "AWS::AppSync::Api",
    "AWS::AppSync::GraphQLApi",
    "AWS::IAM::OIDCProvider",
    "AWS::IAM::SAMLProvider",
    "AWS::Lambda::Url",
    "AWS::S3Tables::TableBucket",
)
"""Types without own data whose address or identity clients and users depend on."""
HOLDS_DATA: Final = (
    "AWS::Cassandra::Table",
    "AWS::CodeCommit::Repository",
    "AWS::DSQL::Cluster",
    "AWS::DocDBElastic::Cluster",
    "AWS::ECR::Repository",
    "AWS::MemoryDB::Cluster",
    "AWS::NeptuneGraph::Graph",
    "AWS::OpenSearchServerless::Collection",
    "AWS::RDS::GlobalCluster",
    "AWS::S3Express::DirectoryBucket",
    "AWS::S3Vectors::VectorBucket",
    "AWS::Timestream::Database",
    "AWS::Timestream::Table",
)
"""Data stores that are not in AWS's list of stateful types."""
REFUSED: Final = (
    "AWS::ApiGateway::Authorizer",
    "AWS::ApiGateway::BasePathMapping",
    "AWS::ApiGateway::Method",
    "AWS::ApiGateway::Resource",
    "AWS::ApiGatewayV2::ApiMapping",
    "AWS::ApiGatewayV2::Authorizer",
    "AWS::CloudFront::Distribution",
    "AWS::ElasticLoadBalancingV2::Listener",
    "AWS::ElasticLoadBalancingV2::ListenerRule",
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Role",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::Function",
    "AWS::Route53::RecordSet",
    "AWS::S3::BucketPolicy",
)
"""Types with a name or target that AWS allows once: it refuses their replacement (`replacements/name_conflicts.py`)."""


def main() -> None:
    """Write the file."""
    providers = _read(DATA / "schemas" / "providers" / f"{REGION}.json")
    stateful = _read(DATA / "AdditionalSpecs" / "StatefulResources.json")["ResourceTypes"]
    cognito = [name for name in providers if name.startswith("AWS::Cognito::")]
    wanted = {*stateful, *cognito, *CLIENTS_DEPEND_ON, *HOLDS_DATA, *REFUSED}
    names = sorted(name for name in wanted if name in providers)
    document = {
        "source": f"official CloudFormation resource schemas ({REGION}), as bundled by cfn-lint {version('cfn-lint')}",
        "date": _read(DATA / "schemas" / "version.json")["schema_date"][:10],
        "types": {name: _facts(_read(DATA / "schemas" / "resources" / f"{providers[name]}.json")) for name in names},
    }
    TARGET.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def _facts(schema: dict[str, Any]) -> dict[str, Any]:
    read_only = set(schema.get("readOnlyProperties", ()))
    create_only = set(schema.get("createOnlyProperties", ()))
    # A physical name that the template may choose prevents a replacement.
    identifier = schema.get("primaryIdentifier", [])
    chosen = identifier if set(identifier) <= create_only - read_only else []
    facts: dict[str, Any] = {
        "create_only": sorted(map(_dotted, create_only)),
        "conditional": sorted(map(_dotted, schema.get("conditionalCreateOnlyProperties", ()))),
        "name": [_dotted(path) for path in chosen],
    }
    return {key: value for key, value in facts.items() if value}


def _dotted(pointer: str) -> str:
    return pointer.removeprefix("/properties/").replace("/", ".")


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
