"""SAM sources are read with local folders and files next to the template."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.analysis import TemplateError, build_model, load_templates
from constructs_lib.analysis.template.templates import parse_template

HEAD = "Transform: AWS::Serverless-2016-10-31\n"
RUNTIME = "Runtime: python3.13, Handler: a.b"


def read(tmp_path: Path, text: str) -> dict[str, Any]:
    path = tmp_path / "template.yaml"
    path.write_text(HEAD + text)
    (template,) = load_templates(path)
    resources: dict[str, Any] = template.body["Resources"]
    return resources


def of_type(resources: dict[str, Any], kind: str) -> dict[str, Any]:
    (found,) = [each["Properties"] for each in resources.values() if each["Type"] == kind]
    assert isinstance(found, dict)
    return found


def test_a_template_is_transformed_without_any_aws_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    found = read(
        tmp_path,
        "Resources:\n  F:\n    Type: AWS::Serverless::Function\n"
        f"    Properties: {{{RUNTIME}, InlineCode: x, Policies: [AmazonS3ReadOnlyAccess]}}\n",
    )
    assert {each["Type"] for each in found.values()} == {"AWS::Lambda::Function", "AWS::IAM::Role"}
    managed = of_type(found, "AWS::IAM::Role")["ManagedPolicyArns"]
    assert "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess" in managed


@pytest.mark.parametrize(
    ("properties", "shared"),
    [
        (f"{{CodeUri: ./src, {RUNTIME}}}", ""),
        (f"{{CodeUri: src/, {RUNTIME}}}", ""),
        (f"{{CodeUri: s3://bucket/key, {RUNTIME}}}", ""),
        (f"{{InlineCode: 'x', {RUNTIME}}}", ""),
        (f"{{{RUNTIME}}}", ""),
        ("{}", f"Globals: {{Function: {{CodeUri: ./src, {RUNTIME}}}}}\n"),
        (f"{{CodeUri: ./own, {RUNTIME}}}", "Globals: {Function: {CodeUri: ./src}}\n"),
        ("{PackageType: Image}", ""),
        ("{PackageType: Image, ImageUri: a.dkr.ecr.us-east-1.amazonaws.com/b}", ""),
    ],
)
def test_code_stands_in_a_folder_in_the_template_in_s3_or_nowhere(tmp_path: Path, properties: str, shared: str) -> None:
    text = f"Resources: {{F: {{Type: AWS::Serverless::Function, Properties: {properties}}}}}\n"
    assert of_type(read(tmp_path, shared + text), "AWS::Lambda::Function")["Code"]


def test_a_layers_content_stands_in_a_folder(tmp_path: Path) -> None:
    text = "Resources: {L: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: ./layer}}}\n"
    assert of_type(read(tmp_path, text), "AWS::Lambda::LayerVersion")["Content"]


@pytest.mark.parametrize("shared", [False, True])
def test_an_apis_routes_stand_in_a_file_beside_it(tmp_path: Path, shared: bool) -> None:
    (tmp_path / "api.yaml").write_text("openapi: 3.0.1\npaths: {/secret: {get: {security: []}}}\n")
    properties = "{StageName: prod}" if shared else "{StageName: prod, DefinitionUri: ./api.yaml}"
    text = f"Resources: {{A: {{Type: AWS::Serverless::Api, Properties: {properties}}}}}\n"
    globals_ = "Globals: {Api: {DefinitionUri: api.yaml}}\n" if shared else ""
    assert "/secret" in of_type(read(tmp_path, globals_ + text), "AWS::ApiGateway::RestApi")["Body"]["paths"]


def test_a_state_machines_definition_stands_in_a_file_beside_it(tmp_path: Path) -> None:
    (tmp_path / "machine.asl.json").write_text(json.dumps({"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}))
    text = (
        "Resources: {M: {Type: AWS::Serverless::StateMachine, Properties: {DefinitionUri: machine.asl.json, "
        "Role: 'arn:aws:iam::123456789012:role/r'}}}\n"
    )
    assert "StartAt" in str(of_type(read(tmp_path, text), "AWS::StepFunctions::StateMachine"))


@pytest.mark.parametrize("content", [None, "[", '{"a": 1, "a": 2}'])
def test_a_file_that_cannot_be_read_is_one_line_that_names_it(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "api.json").write_text(content)
    text = "Resources: {A: {Type: AWS::Serverless::Api, Properties: {StageName: p, DefinitionUri: api.json}}}\n"
    with pytest.raises(TemplateError, match=r"api\.json") as error:
        read(tmp_path, text)
    assert "\n" not in str(error.value)


def test_a_parameters_default_is_not_taken_for_its_value(tmp_path: Path) -> None:
    text = (
        "Parameters: {Auth: {Type: String, Default: AWS_IAM}}\n"
        "Resources:\n"
        "  A: {Type: AWS::Serverless::Api, Properties: {StageName: p, Auth: {DefaultAuthorizer: !Ref Auth}}}\n"
        "  F:\n    Type: AWS::Serverless::Function\n"
        f"    Properties: {{{RUNTIME}, InlineCode: x, Events: {{E: {{Type: Api, Properties: {{Path: /x, Method: get, "
        "RestApiId: !Ref A}}}}\n"
    )
    body = of_type(read(tmp_path, text), "AWS::ApiGateway::RestApi")["Body"]
    assert "/x" in body["paths"]
    assert "awsSigv4" not in str(body)


@pytest.mark.parametrize("resource", ["{Type: AWS::Serverless::Function}", "5", "{Type: AWS::Serverless::Api}", "[]"])
def test_what_cannot_be_transformed_is_one_line(tmp_path: Path, resource: str) -> None:
    with pytest.raises(TemplateError) as error:
        read(tmp_path, f"Resources: {{F: {resource}}}")
    assert "\n" not in str(error.value)
    assert "('" not in str(error.value)


def test_what_the_transform_refuses_is_told_with_resource_and_reason(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=r"Resource with id \[F\] is invalid\. Runtime and Handler") as error:
        read(tmp_path, "Resources: {F: {Type: AWS::Serverless::Function, Properties: {InlineCode: x}}}")
    assert "('" not in str(error.value)


def test_a_missing_extra_is_one_line_that_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "samtranslator.parser.parser", None)
    with pytest.raises(TemplateError, match=r"cognito-app-constructs\[sam\]") as error:
        parse_template(HEAD + "Resources: {}", name="T", source="here")
    assert "\n" not in str(error.value)


def test_other_macros_of_a_sam_source_stay_holes() -> None:
    """The translator removes them all from its result."""
    function = f"{{Type: AWS::Serverless::Function, Properties: {{{RUNTIME}}}}}"
    text = f"Transform: [Own, AWS::Serverless-2016-10-31]\nResources: {{F: {function}}}"
    assert "goes through the macro Own" in str(parse_template(text, name="t", source="t.yaml").holes)


LOOP = "{'Fn::ForEach::L': [Name, [A, B], {'${Name}Q': {Type: AWS::SQS::Queue}}]%s}"


@pytest.mark.parametrize("more", ["", f", F: {{Type: AWS::Serverless::Function, Properties: {{{RUNTIME}}}}}"])
def test_a_loop_beside_sam_is_a_hole(more: str) -> None:
    text = f"Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]\nResources: {LOOP % more}"
    template = parse_template(text, name="t", source="t.yaml")
    assert "Fn::ForEach::L is not a resource in this form (a loop)" in str(template.holes)
    assert len(template.body["Resources"]) == (3 if more else 1)


@pytest.mark.parametrize("location", ["{ApplicationId: arn, SemanticVersion: 1.0.0}", "!Ref Where"])
def test_an_application_of_a_repository_is_a_nested_stack_without_a_template(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, location: str
) -> None:
    """The translator would ask AWS for it."""
    monkeypatch.setattr("boto3.Session.client", lambda *_, **__: pytest.fail("AWS is called"))
    application = f"A: {{Type: AWS::Serverless::Application, Properties: {{Location: {location}}}}}"
    path = tmp_path / "template.yaml"
    path.write_text(f"{HEAD}Parameters: {{Where: {{Type: String}}}}\nResources:\n  {application}\n")
    (model,) = build_model(load_templates(path))
    assert "the template of the nested stack A is not here: not seen" in str(model.gaps)


def test_another_version_of_an_application_is_another_template(tmp_path: Path) -> None:
    bodies = []
    for version in ("1.0.0", "1.0.1"):
        location = f"{{ApplicationId: arn, SemanticVersion: {version}}}"
        path = tmp_path / f"{version}.yaml"
        path.write_text(
            f"{HEAD}Resources:\n  A: {{Type: AWS::Serverless::Application, Properties: {{Location: {location}}}}}\n"
        )
        bodies += [template.body["Resources"]["A"] for template in load_templates(path)]
    assert bodies[0] != bodies[1]


def test_an_application_of_aws_that_rotates_secrets_is_trusted(tmp_path: Path) -> None:
    arn = "arn:aws:serverlessrepo:us-east-1:297356227824:applications/SecretsManagerRDSMySQLRotationSingleUser"
    location = f"{{ApplicationId: '{arn}', SemanticVersion: 1.0.0}}"
    path = tmp_path / "template.yaml"
    path.write_text(
        f"{HEAD}Resources:\n  A: {{Type: AWS::Serverless::Application, Properties: {{Location: {location}}}}}\n"
    )
    (model,) = build_model(load_templates(path))
    assert model.gaps == ()
