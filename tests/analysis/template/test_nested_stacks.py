"""Several templates together: conditions, names, nested stacks, and the values they pass to each other."""

from constructs_lib.analysis import build_model
from constructs_lib.analysis.model.kinds.bucket import Bucket
from constructs_lib.analysis.proof.findings import Status
from constructs_lib.analysis.proof.prove import prove
from constructs_lib.analysis.template.templates import Template
from tests.analysis.conftest import SUB, Document, join, template
from tests.analysis.proof.test_holes import EVERYTHING, PARAMETER, REF, proved
from tests.analysis.proof.test_traps import OWN, allow, bucket_policy, deny

CEX, UNDECIDED = Status.COUNTEREXAMPLE, Status.UNDECIDED


def test_conditions_of_two_templates_vary_together() -> None:
    one = {**template([OWN, {"Fn::If": ["A", {"Ref": "AWS::NoValue"}, EVERYTHING]}]), **PARAMETER,
           "Conditions": {"A": {"Fn::Equals": [REF, "a"]}}}  # fmt: skip
    taken = bucket_policy(deny("s3:GetObject", "arn:aws:s3:::*") | {"Principal": "*"})["Policy"]
    taken["Condition"] = "B"
    taken["Properties"]["Bucket"] = {"Fn::ImportValue": "the-bucket"}
    one["Outputs"] = {"B": {"Value": {"Ref": "Bucket"}, "Export": {"Name": "the-bucket"}}}
    two = {"Resources": {"Policy": taken}, **PARAMETER, "Conditions": {"B": {"Fn::Equals": [REF, "b"]}}}
    models = build_model([Template(name="One", body=one, source="1"), Template(name="Two", body=two, source="2")])
    assert prove(models).status is CEX


def test_templates_of_one_name_are_kept_apart() -> None:
    quiet = template([OWN])
    loud = template([OWN, EVERYTHING])
    for templates in ([quiet, loud], [loud, quiet]):
        models = build_model([Template(name="template", body=body, source=str(id(body))) for body in templates])
        assert prove(models).status is CEX


def test_a_nested_stack_gets_its_parameters_from_its_parent() -> None:
    parent = template([OWN])
    parent["Resources"]["Nested"] = {
        "Type": "AWS::CloudFormation::Stack",
        "Properties": {"TemplateURL": "./nested.yaml", "Parameters": {
            "Arn": {"Fn::GetAtt": ["Bucket", "Arn"]}, "Role": {"Ref": "User"}}},
    }  # fmt: skip
    nested = {
        "Parameters": {"Arn": {"Type": "String"}, "Role": {"Type": "String"}},
        "Resources": {"More": {"Type": "AWS::IAM::Policy", "Properties": {
            "Roles": [{"Ref": "Role"}],
            "PolicyDocument": {"Version": "2012-10-17", "Statement": [
                allow("s3:GetObject", {"Fn::Join": ["", [{"Ref": "Arn"}, "/private/*"]]})]}}}},
    }  # fmt: skip
    templates = [
        Template(name="nested", body=nested, source="/somewhere/nested.yaml"),
        Template(name="Parent", body=parent, source="/somewhere/parent.yaml"),
    ]
    assert prove(build_model(templates)).status is CEX


def test_a_nested_stacks_outputs_reach_its_parent() -> None:
    nested = {
        "Resources": {"Bucket": {"Type": "AWS::S3::Bucket"}},
        "Outputs": {"Arn": {"Value": {"Fn::GetAtt": ["Bucket", "Arn"]}}},
    }
    out: Document = {"Fn::GetAtt": ["Nested", "Outputs.Arn"]}
    parent = template([allow("s3:GetObject", join(out, f"/private/{SUB}/*")), allow("s3:GetObject", join(out, "/*"))])
    del parent["Resources"]["Bucket"]
    parent["Resources"]["Nested"] = {
        "Type": "AWS::CloudFormation::Stack",
        "Metadata": {"aws:asset:path": "ParentNested.nested.template.json", "aws:asset:property": "TemplateURL"},
        "Properties": {"TemplateURL": {"Fn::Sub": "https://x"}},
    }
    templates = [
        Template(name="Parent", body=parent, source="/out/Parent.template.json"),
        Template(name="ParentNested.nested", body=nested, source="/out/ParentNested.nested.template.json"),
    ]
    (model,) = build_model(templates)
    assert [bucket.arn for bucket in model.of(Bucket)] == ["arn:aws:s3:::⟦Parent/Nested/Bucket⟧"]
    assert prove([model]).status is CEX


def test_a_nested_stack_that_is_not_here_is_no_proof() -> None:
    nested = {"Nested": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "https://elsewhere"}}}
    assert proved([OWN], more=nested).status is UNDECIDED


def test_a_condition_of_one_name_in_two_stacks_is_named_with_the_stack() -> None:
    conditions: Document = {"A": {"Fn::Equals": [REF, "a"]}, "B": {"Fn::Equals": [REF, "b"]}}
    hanging: Document = {"Type": "AWS::SNS::Topic", "Condition": "A"}
    one = {"Resources": {"T": hanging}, **PARAMETER, "Conditions": conditions}
    two = {"Resources": {"T": hanging, "U": {**hanging, "Condition": "B"}}, **PARAMETER, "Conditions": conditions}
    models = build_model([Template(name="One", body=one, source="1"), Template(name="Two", body=two, source="2")])
    assert {tuple(model.assumed) for model in models} == {("A of One", "A of Two", "B")}
    assert len({tuple(model.assumed.values()) for model in models}) == 2**3
