"""Templates that are deployed together pass each other the values of the same combination of conditions."""

from dataclasses import replace
from typing import Any

import pytest

from constructs_lib.analysis.template.nested_stacks import instantiate
from constructs_lib.analysis.template.resolutions import resolutions
from constructs_lib.analysis.template.templates import Template

IS_EU = {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}
CHOICE = {"Fn::If": ["C", "yes", "no"]}
P = {"Ref": "P"}


def stack(name: str, value: Any = "x", **sections: Any) -> Template:
    resources = {"X": {"Type": "Custom::X", "Properties": {"V": value}}, **sections.pop("Resources", {})}
    return Template(name=name, body={"Resources": resources, **sections}, source=f"/{name}.json")


def values(*templates: Template) -> set[tuple[str, ...]]:
    """Return the value of each stack, once per combination."""
    return {
        tuple(str(each.resources["X"]["Properties"].get("V")) for each in together)
        for together in resolutions(instantiate(templates))
    }


def exporting(value: Any, **output: Any) -> dict[str, Any]:
    return {"Outputs": {"O": {"Value": value, "Export": {"Name": "e"}, **output}}, "Conditions": {"C": IS_EU}}


IMPORT = {"Fn::ImportValue": "e"}


def test_an_import_has_the_value_of_the_branch_that_is_explored() -> None:
    assert values(stack("A", CHOICE, **exporting(CHOICE)), stack("B", IMPORT)) == {("yes", "yes"), ("no", "no")}


@pytest.mark.parametrize(
    ("kind", "exported", "expected"),
    [
        ("AWS::ApiGateway::RestApi", "https://${Made}.example.com/x", "⟦A/Made⟧.example.com"),
        ("AWS::Lambda::Url", "${Made.FunctionUrl}", "⟦A/Made.FunctionUrl⟧.lambda-url.⟦AWS::Region⟧.on.aws"),
        ("AWS::ECS::Service", "https://${Made}/x", "⟦wildcard split / of https://⟦A/Made⟧/x, part 2⟧"),
    ],
    ids=["name", "address", "arn"],
)
def test_an_imported_name_that_aws_generates_is_split_as_in_its_own_stack(
    kind: str, exported: str, expected: str
) -> None:
    exporter = stack("A", Resources={"Made": {"Type": kind}}, **exporting({"Fn::Sub": exported}))
    ((_, found),) = values(exporter, stack("B", {"Fn::Select": [2, {"Fn::Split": ["/", IMPORT]}]}))
    assert found == expected


def test_an_export_whose_condition_is_false_is_not_there() -> None:
    found = values(stack("A", CHOICE, **exporting("there", Condition="C")), stack("B", IMPORT))
    assert found == {("yes", "there"), ("no", "⟦import e⟧")}


def test_an_export_with_two_values_or_of_itself_is_unknown() -> None:
    two = {"Outputs": {"O": {"Value": "other", "Export": {"Name": "e"}}}}
    given = values(stack("A", **exporting("one")), stack("B", **two), stack("D", IMPORT))
    assert given == {("x", "x", "⟦wildcard import e⟧")}
    ((_, itself),) = values(stack("A", **exporting({"Fn::Join": ["", ["a", IMPORT]]})), stack("B", IMPORT))
    assert itself == "⟦wildcard import e⟧"


def test_an_export_of_the_same_folder_comes_before_others() -> None:
    """Stages of an app have their own folders, and may export the same names in their own accounts."""
    stages = [
        replace(stack(f"{stage}{name}", value, **more), source=f"/{stage}/{name}.json")
        for stage in ("dev", "prod")
        for name, value, more in (("A", "x", exporting(stage)), ("B", IMPORT, {}))
    ]
    assert values(*stages) == {("x", "dev", "x", "prod")}


def nested(kind: str, passed: dict[str, Any], more: dict[str, Any] | None = None, **sections: Any) -> list[Template]:
    child = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "./N.json", "Parameters": passed}}
    parent = stack("A", Resources={"N": {**child, **(more or {})}}, **sections)
    return [parent, stack("N", P, Parameters={"P": {"Type": kind, "Default": "d"}})]


@pytest.mark.parametrize(
    ("kind", "passed", "expected"),
    [
        ("String", "a, b", "a, b"),
        ("String", True, "true"),
        ("Number", 1, "1"),
        ("CommaDelimitedList", "a, b", "['a', 'b']"),
        ("List<Number>", "1,2", "['1', '2']"),
        ("AWS::SSM::Parameter::Value<String>", "/key", "⟦import /key (AWS::SSM::Parameter::Value<String>)⟧"),
        ("AWS::SSM::Parameter::Value<List<String>>", "/k", "⟦import /k (AWS::SSM::Parameter::Value<List<String>>)⟧"),
        ("String", {"Ref": "AWS::NoValue"}, "d"),
    ],
)
def test_what_a_parent_passes_is_read_by_the_parameters_type(kind: str, passed: Any, expected: str) -> None:
    assert values(*nested(kind, {"P": passed})) == {("x", expected)}


def test_a_parameter_that_a_parent_does_not_pass_is_its_default() -> None:
    assert values(*nested("String", {})) == {("x", "d")}


def test_a_parameter_has_the_value_of_the_branch_that_is_explored() -> None:
    found = values(*nested("String", {"P": CHOICE}, Conditions={"C": IS_EU}))
    assert found == {("x", "yes"), ("x", "no")}


def test_a_nested_stack_whose_condition_is_false_is_left_out() -> None:
    found = values(*nested("String", {"P": "p"}, {"Condition": "C"}, Conditions={"C": IS_EU}))
    assert found == {("x", "p"), ("x",)}


DECIDED = {"Conditions": {"D": {"Fn::Equals": [P, "d"]}}}
"""A condition that the parameter of a nested stack decides."""


@pytest.mark.parametrize(
    ("passed", "branches"),
    [
        ({"P": "d"}, {"yes"}),
        ({"P": "e"}, {"no"}),
        ({}, {"yes"}),
        ({"P": {"Fn::Sub": ["${x}", {"x": "e"}]}}, {"no"}),
        ({"P": {"Ref": "Q"}}, {"yes", "no"}),
        ({"P": {"Ref": "AWS::Partition"}}, {"yes", "no"}),
        ({"P": {"Fn::Sub": "d-${AWS::Region}"}}, {"yes", "no"}),
        ({"P": "{{resolve:ssm:/key}}"}, {"yes", "no"}),
        ({"P": {"Fn::If": ["C", "d", "e"]}}, {"yes", "no"}),
        ({"P": {"Fn::If": ["C", "e", {"Ref": "AWS::NoValue"}]}}, {"yes", "no"}),
        ({"P": ["d"]}, {"yes", "no"}),
        ({"P": {"Fn::If": ["C", "d", {"Ref": "Q"}]}}, {"yes", "no"}),
        ({"Fn::If": ["C", {"P": "e"}, {}]}, {"yes", "no"}),
        ({"Fn::GetStackOutput": {"StackName": "O", "OutputName": "N"}}, {"yes", "no"}),
    ],
)
def test_a_parent_decides_the_conditions_of_a_nested_stack_by_what_it_always_passes(
    passed: dict[str, Any], branches: set[str]
) -> None:
    parent, child = nested("String", passed, Conditions={"C": IS_EU}, Parameters={"Q": {"Type": "String"}})
    decided = stack("N", {"Fn::If": ["D", "yes", "no"]}, Parameters=child.body["Parameters"], **DECIDED)
    assert {found for _, found in values(parent, decided)} == branches


def test_what_a_parent_passes_is_the_one_of_the_allowed_values() -> None:
    parent, _ = nested("String", {"P": "d"})
    allowed = {"P": {"Type": "String", "AllowedValues": ["d", "e"]}}
    assert values(parent, stack("N", {"Fn::If": ["D", "yes", "no"]}, Parameters=allowed, **DECIDED)) == {("x", "yes")}


def test_maps_of_one_name_in_two_stacks_are_not_compared() -> None:
    found = {"Fn::FindInMap": ["M", {"Ref": "AWS::Region"}, "k"]}
    parent, child = nested("String", {"P": found}, Mappings={"M": {"eu-west-1": {"k": "a"}, "eu-west-2": {"k": "b"}}})
    mapped = {
        "Conditions": {"D": {"Fn::Equals": [P, found]}},
        "Mappings": {"M": {"eu-west-1": {"k": "c"}, "eu-west-2": {"k": "d"}}},
    }
    compared = stack("N", {"Fn::If": ["D", "yes", "no"]}, Parameters=child.body["Parameters"], **mapped)
    assert {found for _, found in values(parent, compared)} == {"yes", "no"}


def test_a_stored_parameter_decides_no_condition() -> None:
    parent, child = nested("AWS::SSM::Parameter::Value<String>", {"P": "d"})
    decided = stack("N", {"Fn::If": ["D", "yes", "no"]}, Parameters=child.body["Parameters"], **DECIDED)
    assert values(parent, decided) == {("x", "yes"), ("x", "no")}


@pytest.mark.parametrize(
    ("passed", "stacks"), [("d", {3}), ("e", {2}), ({"Fn::If": ["C", "d", "e"]}, {2, 3}), ({"Ref": "Q"}, {2, 3})]
)
def test_what_a_parent_passes_decides_whether_a_stack_nested_deeper_is_there(passed: Any, stacks: set[int]) -> None:
    parent, child = nested("String", {"P": passed}, Conditions={"C": IS_EU}, Parameters={"Q": {"Type": "String"}})
    deeper = {"Type": "AWS::CloudFormation::Stack", "Condition": "D", "Properties": {"TemplateURL": "./M.json"}}
    middle = stack("N", Parameters=child.body["Parameters"], Resources={"M": deeper}, **DECIDED)
    assert {len(each) for each in values(parent, middle, stack("M"))} == stacks


def test_a_default_may_be_a_stored_value() -> None:
    parent, child = nested("String", {})
    stored = {"P": {"Type": "String", "Default": "{{resolve:ssm:/key}}"}}
    assert values(parent, replace(child, body={**child.body, "Parameters": stored})) == {
        ("x", "⟦import resolve:ssm:/key⟧")
    }


def test_a_value_passes_any_number_of_nested_stacks() -> None:
    sources = [P, *({"Fn::GetAtt": [f"N{each}", "Outputs.O"]} for each in range(6))]
    children = {
        f"N{each}": {
            "Type": "AWS::CloudFormation::Stack",
            "Properties": {"TemplateURL": "./N.json", "Parameters": {"P": sources[each]}},
        }
        for each in range(6)
    }
    through = stack("N", Parameters={"P": {"Type": "String"}}, Outputs={"O": {"Value": P}})
    parent = stack("A", sources[-1], Resources=children, Parameters={"P": {"Type": "String"}})
    assert {each[0] for each in values(parent, through)} == {"⟦parameter P⟧"}


def test_a_parameter_of_two_stacks_has_one_value_or_two() -> None:
    given = {"Parameters": {"P": {"Type": "String"}}}
    assert values(stack("A", P, **given), stack("B", P, **given)) == {
        ("⟦parameter P⟧", "⟦parameter P⟧"),
        ("⟦parameter P of A⟧", "⟦parameter P of B⟧"),
    }


def test_parameters_of_one_key_of_the_parameter_store_have_one_value() -> None:
    given = {"Parameters": {"P": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/key"}}}
    assert values(stack("A", P, **given), stack("B", P, **given)) == {("⟦parameter P⟧", "⟦parameter P⟧")}


def test_a_parameter_that_one_stack_does_not_use_is_no_question() -> None:
    given = {"Parameters": {"P": {"Type": "String"}}}
    assert values(stack("A", P, **given), stack("B", **given)) == {("⟦parameter P⟧", "x")}


@pytest.mark.parametrize("name", ["AWS::StackName", "AWS::StackId", "AWS::NotificationARNs"])
def test_the_name_of_a_stack_is_no_other_stacks(name: str) -> None:
    assert values(stack("A", {"Ref": name})) == {(f"⟦{name}⟧",)}
    assert values(stack("A", {"Ref": name}), stack("B", {"Ref": name})) == {(f"⟦{name} of A⟧", f"⟦{name} of B⟧")}


def test_conditions_beyond_the_maximum_are_held_and_named() -> None:
    conditions = {f"C{each}": {"Fn::Equals": [{"Ref": "AWS::Region"}, str(each)]} for each in range(7)}
    every = [{"Fn::If": [name, "a", "b"]} for name in conditions]
    found = list(resolutions([stack("A", every, Conditions=conditions)]))
    assert len(found) == 2**6
    assert {each.assumed_true for (each,) in found} == {("C6",)}


URL = "https://bucket/{}.json"


@pytest.mark.parametrize(
    ("url", "known"),
    [
        ({"Fn::Sub": URL.format("a" * 64)}, True),
        ({"Fn::If": ["C", URL.format("a" * 64), URL.format("b" * 64)]}, False),
        ({"Fn::If": ["C", URL.format("a" * 64), "https://elsewhere"]}, False),
        ({"Fn::FindInMap": ["M", URL.format("a" * 64), "b"]}, False),
        ({"Fn::Join": ["", [URL.format("a" * 64), URL.format("b" * 64)]]}, False),
    ],
)
def test_one_of_several_templates_of_a_nested_stack_is_not_known(url: Any, *, known: bool) -> None:
    child = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url}}
    parent = replace(stack("A", Resources={"N": child}), assets={"a" * 64: "N.json", "b" * 64: "O.json"})
    assert bool(instantiate([parent, stack("N"), stack("O")])[0].nested) is known


def test_a_nested_template_is_the_one_beside_its_parent() -> None:
    child = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "./N.json"}}
    parent = replace(stack("A", Resources={"N": child}), source="/two/A.json")
    one, two = (replace(stack("N", where), source=f"/{where}/N.json") for where in ("one", "two"))
    assert values(parent, one, two) == {("x", "two", "one")}
    assert not instantiate([replace(parent, source="/three/A.json"), one, two])[0].nested
