"""Input that CloudFormation rejects is an error with its place; a part that is not visible is a hole with its place."""

import copy
import itertools
import json
from typing import Any

import pytest

from constructs_lib.analysis import Template, TemplateError, build_model
from constructs_lib.analysis.proof.findings import Status
from constructs_lib.analysis.proof.prove import prove
from constructs_lib.analysis.template.inspection import inspect
from constructs_lib.analysis.template.templates import parse_template
from tests.analysis.conftest import Document, template
from tests.analysis.proof.test_traps import OWN

INCLUDE: Document = {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "s3://b/k"}}}
LOOP: Document = {"Fn::ForEach::All": ["X", ["a"], {"B${X}": {"Type": "Custom::X"}}]}
TOPIC: Document = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "t"}}


def with_resource(resource: Any, **sections: Any) -> Document:
    return {"Resources": {"X": resource}, **sections}


def with_value(value: Any, **sections: Any) -> Document:
    return with_resource({"Type": "AWS::SNS::Topic", "Properties": {"TopicName": value}}, **sections)


HOLES: dict[str, tuple[Document, str]] = {
    "a macro over the whole template": (with_resource(TOPIC, Transform="Mine"), "macro Mine"),
    "a macro in a list": (with_resource(TOPIC, Transform=["AWS::LanguageExtensions", "Mine"]), "macro Mine"),
    "a macro that sounds like AWS's": (with_resource(TOPIC, Transform="AWS::Serverless-Mine"), "AWS::Serverless-Mine"),
    "a macro with parameters": (with_resource(TOPIC, Transform={"Name": "AWS::Include"}), "macro AWS::Include"),
    "an include at the top": (with_resource(TOPIC) | INCLUDE, "Fn::Transform changes the whole template"),
    "an include among the resources": ({"Resources": {"X": TOPIC, **INCLUDE}}, "Resources.Fn::Transform"),
    "a loop of resources": ({"Resources": {"X": TOPIC, **LOOP}}, "Resources.Fn::ForEach::All"),
    "a resource that is included": (with_resource(INCLUDE), "Resources.X comes from AWS::Include"),
    "a resource with an include beside its type": (with_resource(TOPIC | INCLUDE), "Resources.X comes from"),
    "properties that are included": (
        with_resource(TOPIC | {"Properties": INCLUDE}), "Resources.X.Properties comes from AWS::Include"
    ),
    "properties with an include among them": (
        with_resource(TOPIC | {"Properties": {"TopicName": "t"} | INCLUDE}), "Resources.X.Properties comes from"
    ),
    "a value that is included": (with_value(INCLUDE), "Resources.X.Properties.TopicName comes from AWS::Include"),
    "a list element that is included": (with_value(["a", INCLUDE]), "Resources.X.Properties.TopicName[1] comes"),
    "a policy document that is included": (
        with_value({"Version": "2012-10-17"} | INCLUDE), "Resources.X.Properties.TopicName comes from"
    ),
    "a loop among values": (with_value(LOOP), "Resources.X.Properties.TopicName comes from a loop"),
    "metadata that is included": (with_resource(TOPIC | {"Metadata": INCLUDE}), "Resources.X.Metadata comes from"),
    "a function nobody knows": (with_value({"Fn::Odd": 1}), "comes from Fn::Odd"),
    "a reference to a function's result": (
        with_value({"Ref": {"Fn::Sub": "X"}}, Transform="AWS::LanguageExtensions"), "is Ref of another function"
    ),
    "an attribute of a function's result": (
        with_value({"Fn::GetAtt": [{"Ref": "P"}, "Arn"]}, Transform="AWS::LanguageExtensions"),
        "is Fn::GetAtt of another function",
    ),
    "a function beside other keys": (with_value({"Fn::Sub": "a", "b": 1}), "has Fn::Sub beside other keys"),
    "a section nobody knows": (with_resource(TOPIC, Extra={}), "Extra is an unknown section"),
    "a part of a resource nobody knows": (with_resource(TOPIC | {"Odd": 1}), "Resources.X.Odd is an unknown attribute"),
    "a character that stands for an identity here": (
        with_resource({"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "\ue100"}}),
        "Resources.X.Properties.TopicName holds a character of private use",
    ),
    "a loop as a part of a resource": (
        with_resource(TOPIC | {"Fn::ForEach::Topics": ["T", ["a"], {"${T}": 1}]}),
        "Resources.X.Fn::ForEach::Topics is an unknown attribute",
    ),
    "mappings that are included": (with_resource(TOPIC, Mappings=INCLUDE), "Mappings comes from AWS::Include"),
    "a mapping that is included": (with_resource(TOPIC, Mappings={"M": INCLUDE}), "Mappings.M comes from"),
    "conditions that are included": (with_resource(TOPIC, Conditions=INCLUDE), "Conditions.Fn::Transform"),
    "a condition that is included": (with_resource(TOPIC, Conditions={"C": INCLUDE}), "Conditions.C comes from"),
    "parameters that are included": (with_resource(TOPIC, Parameters=INCLUDE), "Parameters.Fn::Transform"),
    "outputs that are included": (with_resource(TOPIC, Outputs=INCLUDE), "Outputs.Fn::Transform"),
    "a resource under a condition that is not here": (
        with_resource(TOPIC | {"Condition": "C"}), "Resources.X depends on the condition C"
    ),
    "a value under a condition that is not here": (
        with_value({"Fn::If": ["C", "a", "b"]}), "TopicName depends on the condition C"
    ),
    "a condition made of one that is not here": (
        with_resource(TOPIC, Conditions={"A": {"Fn::Not": [{"Condition": "C"}]}}), "Conditions.A depends on"
    ),
    "stacks in other accounts": (with_resource({"Type": "AWS::CloudFormation::StackSet"}), "deploys other templates"),
    "a module": (with_resource({"Type": "My::Own::Thing::MODULE"}), "is a module"),
    "rights on what names their role": (
        {"Resources": {
            "T": {"Type": "AWS::DynamoDB::Table", "Properties": {"Tags": [{"Key": "k", "Value": {"Ref": "R"}}]}},
            "R": {"Type": "AWS::IAM::Role", "Properties": {"Description": {"Ref": "T"}}}}},
        "CloudFormation refuses it",
    ),
    "a product": (
        with_resource({"Type": "AWS::ServiceCatalog::CloudFormationProvisionedProduct"}), "deploys another template"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HOLES)
def test_what_is_not_seen_is_a_hole_that_names_its_place(name: str) -> None:
    body, told = HOLES[name]
    (hole,) = inspect(body, "here")
    assert told in hole
    assert hole.startswith("here: ")


@pytest.mark.parametrize("name", HOLES)
def test_a_hole_beside_an_app_that_is_proved_leaves_it_undecided(name: str) -> None:
    app = template([OWN])
    assert prove(build_model([Template(name="T", body=copy.deepcopy(app), source="here")])).status is Status.PROVED
    body, told = HOLES[name]
    both = {**body, "Resources": {**app["Resources"], **body["Resources"]}}
    report = prove(build_model([Template(name="T", body=both, source="here")]))
    assert report.status is Status.UNDECIDED
    assert any(told in finding.story for finding in report.findings)


FAULTS: dict[str, tuple[Document, str]] = {
    "a resource that is a number": (with_resource(1), "Resources.X is the number 1, and a mapping is needed"),
    "a resource that is empty": (with_resource(None), "Resources.X is empty, and a mapping is needed"),
    "a type that is a number": (with_resource({"Type": 5}), "Resources.X.Type is the number 5"),
    "properties that are a text": (with_resource(TOPIC | {"Properties": "x"}), "Resources.X.Properties is a text"),
    "properties that are a list": (with_resource(TOPIC | {"Properties": []}), "Resources.X.Properties is a list"),
    "properties that are a function": (
        with_resource(TOPIC | {"Properties": {"Ref": "P"}}), "Resources.X.Properties is Ref, and the properties"
    ),
    "metadata that is a text": (with_resource(TOPIC | {"Metadata": "x"}), "Resources.X.Metadata is a text"),
    "a condition's name that is none": (with_resource(TOPIC | {"Condition": {"Ref": "P"}}), "Resources.X.Condition is"),
    "needs that are no names": (with_resource(TOPIC | {"DependsOn": [1]}), "Resources.X.DependsOn names"),
    "a deletion policy that is none": (
        with_resource(TOPIC | {"DeletionPolicy": "Keep"}), "Resources.X.DeletionPolicy is 'Keep', and one of Delete"
    ),
    "a deletion policy that is a list": (with_resource(TOPIC | {"DeletionPolicy": []}), "Resources.X.DeletionPolicy"),
    "a replacement policy for creations": (
        with_resource(TOPIC | {"UpdateReplacePolicy": "RetainExceptOnCreate"}), "Resources.X.UpdateReplacePolicy is"
    ),
    "outputs that are a list": (with_resource(TOPIC, Outputs=[]), "Outputs is a list"),
    "an output that is a text": (with_resource(TOPIC, Outputs={"O": "x"}), "Outputs.O is a text"),
    "an export that is a text": (with_resource(TOPIC, Outputs={"O": {"Value": "x", "Export": "e"}}), "O.Export is"),
    "parameters that are a text": (with_resource(TOPIC, Parameters="x"), "Parameters is a text"),
    "a parameter that is a text": (with_resource(TOPIC, Parameters={"P": "x"}), "Parameters.P is a text"),
    "rules that are a list": (with_resource(TOPIC, Rules=[]), "Rules is a list"),
    "conditions that are a list": (with_resource(TOPIC, Conditions=[]), "Conditions is a list"),
    "a condition that is a text": (with_resource(TOPIC, Conditions={"C": "true"}), "Conditions.C is not a condition"),
    "a condition that is a value": (with_resource(TOPIC, Conditions={"C": {"Ref": "P"}}), "Conditions.C is no"),
    "a condition that compares one value": (
        with_resource(TOPIC, Conditions={"C": {"Fn::Equals": ["a"]}}), "Conditions.C is Fn::Equals of a list"
    ),
    "mappings that are a text": (with_resource(TOPIC, Mappings="x"), "Mappings is a text"),
    "a mapping of one level": (with_resource(TOPIC, Mappings={"M": {"k": "v"}}), "Mappings.M.k is a text"),
    "a mapping of functions": (
        with_resource(TOPIC, Mappings={"M": {"k": {"l": {"Ref": "M"}}}}), "Mappings.M.k.l holds a mapping or a function"
    ),
    "a macro without a name": (with_resource(TOPIC, Transform=[5]), "Transform names the number 5"),
    "a value that is half a character": (with_value("\ud800"), "half a character"),
    "a key that is half a character": (with_value({"\ud800": 1}), "half a character"),
    "a name that looks like an unknown value": (with_value("arn:aws:s3:::⟦T/Bucket⟧"), "stand for unknown values"),
    "a section that looks like an unknown value": (with_resource(TOPIC, Mappings={"⟦": {}}), "stand for unknown"),
    "a resource that needs itself": (with_value({"Ref": "X"}), "in a circular dependency: X -> X; remove"),
    "a resource that waits for itself": (with_resource(TOPIC | {"DependsOn": "X"}), "in a circular dependency"),
    "resources that need each other": (
        {"Resources": {
            "A": TOPIC | {"Properties": {"TopicName": {"Fn::Sub": "${B.TopicName}"}}},
            "B": TOPIC | {"Properties": {"TopicName": {"Fn::GetAtt": "C.TopicName"}}},
            "C": TOPIC | {"DependsOn": ["A"]}}},
        "is in a circular dependency",
    ),
    "conditions made of each other": (
        with_resource(TOPIC, Conditions={"A": {"Fn::Not": [{"Condition": "B"}]}, "B": {"Condition": "A"}}),
        "refers to itself",
    ),
}  # fmt: skip
WRONG: dict[str, list[Any]] = {
    "Ref": [5, [], "", {"Ref": "X"}],
    "Fn::GetAtt": [5, "X", ["X"], ["X", "Arn", "more"], [1, "Arn"], ".Arn", None],
    "Fn::If": ["C", ["C", 1], [{"Ref": "P"}, 1, 2], {}],
    "Fn::Join": ["", [",", "a"], [1, []], {}, [["a"]]],
    "Fn::Sub": [5, ["a"], ["a", "b"], [1, {}], {}],
    "Fn::Select": [0, [0], [0, "a"], [[0], []]],
    "Fn::Split": [",", ["", "a"], [",", []], [",", "a", "b"]],
    "Fn::FindInMap": ["M", ["M", "k"], [[], "k", "l"], {}],
    "Fn::ImportValue": [[], None],
    "Fn::Base64": [[], None],
    "Fn::Cidr": ["10.0.0.0/8", ["10.0.0.0/8"]],
    "Fn::GetAZs": [[], None],
    "Fn::ToJsonString": ["x", 5],
    "Fn::Length": ["x", 5],
    "Fn::Not": [[], [1], {}],
    "Fn::And": [[], [1], {}],
    "Fn::Or": ["x", [1], {}],
    "Fn::Equals": [["a"], "a", {}],
}
FAULTS |= {
    f"{function} of the wrong shape ({number})": (
        with_value([{"a": {function: argument}}]), f"Resources.X.Properties.TopicName[0].a is {function} of "
    )
    for function, arguments in WRONG.items()
    for number, argument in enumerate(arguments)
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_what_cloudformation_refuses_is_one_line_that_names_the_place(name: str) -> None:
    body, told = FAULTS[name]
    with pytest.raises(TemplateError) as error:
        inspect(body, "here")
    assert told in str(error.value)
    assert str(error.value).startswith("here: ")
    assert "\n" not in str(error.value)


def test_a_need_that_hangs_on_a_condition_is_no_circle() -> None:
    chosen = {"Fn::If": ["C", {"Ref": "X"}, "t"]}
    assert not inspect(with_value(chosen, Conditions={"C": {"Fn::Equals": [{"Ref": "P"}, "a"]}}), "here")


@pytest.mark.parametrize(
    "value",
    [
        {"Fn::GetAtt": "X.Outputs.Y"}, {"Fn::GetAtt": ["Y", {"Ref": "P"}]}, {"Fn::Sub": ["${a}", {"a": {"Ref": "P"}}]},
        {"Fn::FindInMap": ["M", {"Ref": "P"}, "k", {"DefaultValue": "x"}]}, {"Fn::Join": ["", {"Ref": "P"}]},
        {"Fn::Select": ["0", {"Fn::GetAZs": ""}]}, {"Fn::Cidr": ["10.0.0.0/8", 2, 8]}, {"Fn::Base64": ""},
    ],
)  # fmt: skip
def test_what_cloudformation_takes_is_taken(value: Document) -> None:
    other = json.loads(json.dumps(value).replace('"X', '"Y'))
    assert not inspect(with_value(other), "here")


def test_a_long_chain_of_conditions_is_decided() -> None:
    names = [f"C{number:04}" for number in range(3000)]
    chain: Document = {name: {"Condition": after} for name, after in itertools.pairwise(names)}
    chain[names[-1]] = {"Fn::Equals": ["a", "b"]}
    body = with_resource(TOPIC | {"Condition": names[0]}, Conditions=chain)
    (model,) = build_model([parse_template(json.dumps(body), name="T", source="here")])
    assert model.gaps == ()


def test_conditions_that_double_at_each_step_are_accepted_at_once() -> None:
    doubled: Document = {
        f"C{number}": {"Fn::And": [{"Condition": f"C{number + 1}"}] * 2} for number in range(60)
    } | {"C60": {"Fn::Equals": ["a", "a"]}}  # fmt: skip
    body = with_resource(TOPIC | {"Condition": "C0"}, Conditions=doubled)
    build_model([parse_template(json.dumps(body), name="T", source="here")])


def test_names_that_double_at_each_step_are_refused_at_once() -> None:
    resources: Document = {
        f"B{number}": {
            "Type": "AWS::S3::Bucket",
            "Properties": {"BucketName": {"Fn::Sub": f"${{B{number + 1}}}${{B{number + 1}}}"}},
        }
        for number in range(60)
    }
    resources["B60"] = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "b"}}
    with pytest.raises(TemplateError, match="unfold to more than"):
        build_model([parse_template(json.dumps({"Resources": resources}), name="T", source="here")])


def test_a_name_made_of_itself_under_some_conditions_is_one_line() -> None:
    chosen = {"Fn::If": ["C", {"Ref": "X"}, "t"]}
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": chosen}}
    sections = {"Conditions": {"C": {"Fn::Equals": ["a", "a"]}}}
    with pytest.raises(TemplateError, match=r"the name of Resources\.X refers to itself"):
        build_model([Template(name="T", body=with_resource(bucket, **sections), source="here")])
