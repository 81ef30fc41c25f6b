"""How long the longest chain of resources is that a first deploy must create one after the other."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

SNAPSHOT: Final = Path(__file__).parents[1] / (
    "stacks/__snapshots__/test_document_stack/test_the_template_is_the_committed_one[prod].template.json"
)
RESOURCES: Final[dict[str, Any]] = json.loads(SNAPSHOT.read_text())["Resources"]


def named(value: Any) -> Iterator[str]:
    """Yield the resources that a value names."""
    match value:
        case {"Ref": name}:
            yield name
        case {"Fn::GetAtt": [name, _]}:
            yield name
        case {"Fn::Sub": text}:
            yield from re.findall(r"\$\{(\w+)", json.dumps(text))
        case dict():
            for each in value.values():
                yield from named(each)
        case list():
            for each in value:
                yield from named(each)


@cache
def chain(name: str) -> tuple[str, ...]:
    """Return the longest chain that ends in a resource, by type."""
    resource = RESOURCES[name]
    before = {*named(resource["Properties"]), *resource.get("DependsOn", [])} & RESOURCES.keys()
    longest = max((chain(each) for each in sorted(before)), key=len, default=())
    return (*longest, resource["Type"])


def test_the_critical_path_of_a_first_deploy_is_seven_resources_long() -> None:
    longest = max((chain(name) for name in RESOURCES), key=len)
    assert len(longest) <= 7, longest
    assert longest[:3] == ("AWS::Cognito::UserPool", "AWS::Cognito::UserPoolClient", "AWS::Cognito::IdentityPool")


def test_what_holds_data_waits_for_nothing() -> None:
    kinds = {"AWS::S3::Bucket", "AWS::DynamoDB::GlobalTable", "AWS::Cognito::UserPool", "AWS::Logs::LogGroup"}
    assert {len(chain(name)) for name, each in RESOURCES.items() if each["Type"] in kinds} == {1}
