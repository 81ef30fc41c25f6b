"""Templates from anywhere, without what changes when no resource does."""

import json
from pathlib import Path

import pytest

from constructs_lib.testing.templates import normalized, template_of

HASH = "0123456789abcdef" * 4
TEMPLATE = {
    "Parameters": {"BootstrapVersion": {"Default": "/cdk-bootstrap/hnb659fds/version"}},
    "Rules": {"CheckBootstrapVersion": {}},
    "Resources": {
        "CDKMetadata": {"Type": "AWS::CDK::Metadata"},
        "Function": {
            "Properties": {"Code": {"S3Key": f"{HASH}.zip"}},
            "Metadata": {"aws:asset:path": f"asset.{HASH}"},
        },
        f"ApiDeploymentA1B2C3D4{HASH[:32]}": {"Type": "AWS::ApiGateway::Deployment"},
        "Stage": {"Properties": {"DeploymentId": {"Ref": f"ApiDeploymentA1B2C3D4{HASH[:32]}"}}},
    },
}


def test_hashes_and_bookkeeping_are_taken_out() -> None:
    assert normalized(TEMPLATE) == {
        "Resources": {
            "Function": {
                "Properties": {"Code": {"S3Key": "<hash>.zip"}},
                "Metadata": {"aws:asset:path": "asset.<hash>"},
            },
            "ApiDeploymentA1B2C3D4<hash>": {"Type": "AWS::ApiGateway::Deployment"},
            "Stage": {"Properties": {"DeploymentId": {"Ref": "ApiDeploymentA1B2C3D4<hash>"}}},
        }
    }


def test_the_template_given_is_left_as_it_was() -> None:
    before = json.dumps(TEMPLATE)
    normalized(TEMPLATE)
    assert json.dumps(TEMPLATE) == before


def test_a_path_and_an_object_with_to_json_are_templates_too(tmp_path: Path) -> None:
    class Template:
        def to_json(self) -> dict[str, object]:
            return {"Resources": {}}

    path = tmp_path / "a.template.json"
    path.write_text('{"Resources": {}}')
    assert template_of(path) == template_of(str(path)) == template_of(Template()) == {"Resources": {}}


@pytest.mark.parametrize("text", ["{", "[]", ""])
def test_a_file_that_is_no_template_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "broken.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"broken\.json"):
        template_of(path)


def test_a_value_of_another_type_is_refused_with_the_way_out() -> None:
    with pytest.raises(TypeError, match=r"template=3 is a number; write a dict, a string, a PathLike or"):
        template_of(3)  # type: ignore[arg-type] # the mistake
