"""Intrinsic functions and conditions: known values are resolved, and each unknown value is a separate atom."""

from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.analysis.template.functions import ARGUMENTS
from constructs_lib.analysis.template.intrinsics import Resolver
from constructs_lib.analysis.template.resolutions import resolutions
from constructs_lib.analysis.template.templates import Template

if TYPE_CHECKING:
    from collections.abc import Callable

TABLE = {"Type": "AWS::DynamoDB::Table"}
PLACE = "⟦AWS::Region⟧:⟦AWS::AccountId⟧"


def template(value: Any, **sections: Any) -> Template:
    resources = {"X": {"Type": "Custom::X", "Properties": {"P": value}}, "B": {"Type": "AWS::S3::Bucket"}, "T": TABLE}
    return Template(name="S", body={"Resources": resources, **sections}, source="test")


def resolved(value: Any, **sections: Any) -> Any:
    ((only,),) = resolutions([template(value, **sections)])
    return only.resources["X"]["Properties"].get("P", "absent")


MAPS = {"M": {"one": {"two": "found", "yes": True}}, "N": {"one": {"list": ["a", "{{resolve:ssm:/b}}"]}}}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("text", "text"),
        (["a", {"Ref": "AWS::NoValue"}], ["a"]),
        ({"Ref": "AWS::NoValue"}, "absent"),
        ({"Ref": "AWS::Partition"}, "aws"),
        ({"Ref": "AWS::URLSuffix"}, "amazonaws.com"),
        ({"Ref": "AWS::Region"}, "⟦AWS::Region⟧"),
        ({"Ref": "B"}, "⟦S/B⟧"),
        ({"Ref": "P"}, "⟦parameter P⟧"),
        ({"Fn::GetAtt": ["B", "Arn"]}, "arn:aws:s3:::⟦S/B⟧"),
        ({"Fn::GetAtt": "T.Arn"}, f"arn:aws:dynamodb:{PLACE}:table/⟦S/T⟧"),
        ({"Fn::GetAtt": ["T", "StreamArn"]}, f"arn:aws:dynamodb:{PLACE}:table/⟦S/T⟧/stream/⟦stream⟧"),
        ({"Fn::GetAtt": ["X", "Thing"]}, "⟦wildcard S/X.Thing⟧"),
        ({"Ref": "X"}, "⟦wildcard S/X⟧"),
        ({"Fn::GetAtt": ["T", "Thing"]}, "⟦S/T.Thing⟧"),
        ({"Fn::GetAtt": ["B", "DomainName"]}, "⟦S/B⟧.s3.amazonaws.com"),
        ({"Fn::Select": [0, {"Fn::Split": [".", {"Fn::GetAtt": ["B", "RegionalDomainName"]}]}]}, "⟦S/B⟧"),
        ({"Fn::Split": ["-", {"Fn::Sub": "a-b${P}-c"}]}, ["a", "⟦split - of a-b⟦parameter P⟧-c⟧"]),
        ({"Fn::Select": [0, {"Fn::Split": ["-", {"Ref": "P"}]}]}, "⟦split - of ⟦parameter P⟧, part 0⟧"),
        ({"Fn::Select": [5, {"Fn::Split": [":", {"Fn::GetAtt": ["T", "Arn"]}]}]}, "table/⟦S/T⟧"),
        ({"Fn::Select": [1, {"Fn::Split": ["-", {"Ref": "B"}]}]}, "⟦wildcard split - of ⟦S/B⟧, part 1⟧"),
        ({"Fn::Select": [1, {"Fn::Split": ["-", "a-b"]}]}, "b"),
        (
            {"Fn::Select": [3, {"Fn::Split": ["-", {"Ref": "AWS::StackName"}]}]},
            "⟦AWS::split - of StackName, part 3⟧",
        ),
        (
            {"Fn::Select": [1, {"Fn::Split": ["-", {"Fn::Sub": "${AWS::StackName}/*"}]}]},
            "⟦wildcard split - of ⟦AWS::StackName⟧/*, part 1⟧",
        ),
        (
            {"Fn::Select": [1, {"Fn::Split": ["-", {"Fn::Sub": "*/${AWS::StackName}"}]}]},
            "⟦wildcard split - of */⟦AWS::StackName⟧, part 1⟧",
        ),
        (
            {"Fn::Select": [1, {"Fn::Split": ["-", {"Ref": "AWS::StackId"}]}]},
            "⟦wildcard split - of ⟦AWS::StackId⟧, part 1⟧",
        ),
        ({"Fn::Join": ["-", ["a", {"Ref": "B"}, 1]]}, "a-⟦S/B⟧-1"),
        ({"Fn::Join": ["-", [True, False, 2, 1.5]]}, "true-false-2-1.5"),
        ({"Fn::Sub": ["${a}${!b}${c}", {"a": True, "c": "${!d}"}]}, "true${b}${!d}"),
        ({"Fn::Sub": "a${AWS::NoValue}b"}, "a⟦wildcard AWS::NoValue⟧b"),
        ({"Fn::Sub": ["a${x}", {"x": ["l"]}]}, "a⟦wildcard ['l']⟧"),
        ({"Fn::Join": [",", {"Ref": "P"}]}, "⟦join ⟦parameter P⟧⟧"),
        ({"Fn::Sub": "${B}/${AWS::Region}/${!literal}/${B.Arn}"}, "⟦S/B⟧/⟦AWS::Region⟧/${literal}/arn:aws:s3:::⟦S/B⟧"),
        ({"Fn::Sub": ["${a}-${B}", {"a": {"Fn::Join": ["", ["x", "y"]]}}]}, "xy-⟦S/B⟧"),
        ({"Fn::Select": [1, ["a", "b"]]}, "b"),
        ({"Fn::Select": [0, {"Fn::GetAZs": ""}]}, "⟦select 0 of ⟦Fn::GetAZs ⟧⟧"),
        ({"Fn::Select": [0, {"Fn::Cidr": ["10.0.0.0/8", 2, 8]}]}, "⟦select 0 of ⟦Fn::Cidr ['10.0.0.0/8', 2, 8]⟧⟧"),
        ({"Fn::Select": ["0", {"Fn::Split": ["/", "a/b"]}]}, "a"),
        ({"Fn::Select": [{"Ref": "P"}, ["a", "b"]]}, "⟦wildcard select ⟦parameter P⟧ of ['a', 'b']⟧"),
        ({"Fn::Select": [{"Ref": "P"}, [{"Ref": "P"}]]}, "⟦select ⟦parameter P⟧ of ['⟦parameter P⟧']⟧"),
        ({"Fn::Join": ["", {"Ref": "P"}]}, "⟦join ⟦parameter P⟧⟧"),
        (
            {"Fn::Join": ["", {"Fn::FindInMap": [{"Ref": "P"}, "a", "b"]}]},
            "⟦wildcard join ⟦wildcard map ⟦parameter P⟧/a/b⟧⟧",
        ),
        ({"Fn::Select": [0, [{"Ref": "AWS::NoValue"}, "b"]]}, "⟦wildcard select 0 of ['b']⟧"),
        ({"Fn::Split": [":", {"Fn::GetAtt": ["B", "Arn"]}]}, ["arn", "aws", "s3", "", "", "⟦S/B⟧"]),
        ({"Fn::FindInMap": ["M", "one", "two"]}, "found"),
        ({"Fn::FindInMap": ["M", {"Ref": "AWS::Region"}, "two"]}, "⟦map M/⟦AWS::Region⟧/two⟧"),
        ({"Fn::FindInMap": ["M", "one", "yes"]}, True),
        ({"Fn::FindInMap": ["N", "one", "list"]}, ["a", "⟦import resolve:ssm:/b⟧"]),
        ({"Fn::FindInMap": ["N", {"Ref": "AWS::Region"}, "list"]}, "⟦wildcard map N/⟦AWS::Region⟧/list⟧"),
        ({"Fn::FindInMap": ["M", {"Ref": "AWS::Partition"}, "two"]}, "⟦map M/⟦AWS::Partition⟧/two⟧"),
        ({"Fn::ImportValue": "elsewhere"}, "⟦import elsewhere⟧"),
        ({"Fn::GetStackOutput": {"StackName": "O", "OutputName": "N"}}, "⟦output O.N⟧"),
        ({"Fn::Base64": {"Ref": "B"}}, "⟦S/B⟧"),
        ({"Fn::ToJsonString": {"a": {"Ref": "B"}}}, '{"a": "⟦S/B⟧"}'),
        ({"Fn::Unheard": ["x"]}, "⟦Fn::Unheard ['x']⟧"),
        ({"a": {"Ref": "AWS::NoValue"}, "b": 1}, {"b": 1}),
    ],
    ids=str,
)
def test_a_function_resolves_as_far_as_the_template_says(value: Any, expected: Any) -> None:
    sections = {"Parameters": {"P": {"Type": "String"}}, "Mappings": MAPS}
    assert resolved(value, **sections) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"Default": "*"}, "⟦wildcard parameter P⟧"),
        ({"Default": "a", "AllowedValues": ["a", "b?"]}, "⟦wildcard parameter P⟧"),
        (
            {"Default": "a", "AllowedValues": ["a", "b"], "Description": "Which?", "AllowedPattern": ".*"},
            "⟦parameter P⟧",
        ),
    ],
)
def test_a_parameter_that_may_be_a_pattern_is_named_so(said: Any, expected: str) -> None:
    assert resolved({"Ref": "P"}, Parameters={"P": {"Type": "String", **said}}) == expected


@pytest.mark.parametrize("more", [[], [{"DefaultValue": "*"}]])
def test_a_value_of_a_mapping_that_may_be_a_pattern_is_named_so(more: Any) -> None:
    value = {"Fn::FindInMap": ["M", {"Ref": "AWS::Region"}, "r", *more]}
    found = resolved(value, Mappings={"M": {"eu-west-1": {"r": "a" if more else "*"}}})
    assert found == "⟦wildcard map M/⟦AWS::Region⟧/r⟧"


def test_a_physical_name_is_what_the_resource_is_called() -> None:
    body = {"Resources": {
        "B": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "docs"}},
        "X": {"Type": "Custom::X", "Properties": {"P": [{"Ref": "B"}, {"Fn::GetAtt": ["B", "Arn"]}]}},
    }}  # fmt: skip
    ((only,),) = resolutions([Template(name="S", body=body, source="test")])
    assert only.resources["X"]["Properties"]["P"] == ["docs", "arn:aws:s3:::docs"]


CHOICE = {"Fn::If": ["C", "yes", "no"]}
IS_PROD = {"Fn::Equals": [{"Ref": "P"}, "prod"]}


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({"C": IS_PROD}, {"yes", "no"}),
        ({"C": {"Fn::Equals": ["a", "a"]}}, {"yes"}),
        ({"C": {"Fn::Equals": ["a", "b"]}}, {"no"}),
        ({"C": {"Fn::Equals": [{"Ref": "P"}, {"Ref": "P"}]}}, {"yes"}),
        ({"C": {"Fn::Not": [IS_PROD]}}, {"yes", "no"}),
        ({"C": {"Fn::Not": [{"Condition": "D"}]}, "D": IS_PROD}, {"yes", "no"}),
        ({"C": {"Fn::Or": [{"Condition": "D"}, {"Fn::Equals": ["a", "a"]}]}, "D": IS_PROD}, {"yes"}),
        ({"C": {"Fn::And": [{"Condition": "D"}, {"Fn::Equals": ["a", "b"]}]}, "D": IS_PROD}, {"no"}),
        ({"C": {"Fn::And": [{"Condition": "D"}, IS_PROD]}, "D": {"Fn::Equals": ["a", "a"]}}, {"yes", "no"}),
        ({"C": {"Condition": "D"}, "D": {"Fn::Equals": ["a", "b"]}}, {"no"}),
        ({"C": {"Fn::Equals": [True, "true"]}}, {"yes"}),
        ({"C": {"Fn::Equals": [True, "false"]}}, {"no"}),
        ({"C": {"Fn::Equals": [True, "Yes"]}}, {"yes", "no"}),
        ({"C": {"Fn::Equals": [1, "1"]}}, {"yes"}),
        ({"C": {"Fn::Equals": [1, "01"]}}, {"yes", "no"}),
        ({"C": {"Fn::Equals": [1, True]}}, {"no"}),
        ({"C": {"Fn::Equals": [None, ""]}}, {"yes", "no"}),
        ({"C": {"Fn::Equals": [["a"], ["b"]]}}, {"yes", "no"}),
        ({"C": {"Fn::Equals": [{"Ref": "AWS::Partition"}, "aws"]}}, {"yes", "no"}),
        ({"C": {"Fn::Equals": [{"Fn::Sub": "s3.${AWS::URLSuffix}"}, "s3.amazonaws.com"]}}, {"yes", "no"}),
        ({"C": {"Fn::Equals": [{"Ref": "AWS::NoValue"}, ""]}}, {"yes", "no"}),
        ({"C": {"Fn::Equals": [{"Fn::Base64": "a"}, "a"]}}, {"yes", "no"}),
        ({"C": {"Fn::Equals": [{"Fn::If": ["D", "a", "a"]}, "a"]}, "D": IS_PROD}, {"yes", "no"}),
    ],
    ids=lambda value: str(sorted(value) if isinstance(value, set) else value),  # the same in each worker
)
def test_an_undecided_condition_is_explored_both_ways_and_a_decided_one_is_not(
    conditions: dict[str, Any], expected: set[str]
) -> None:
    given = template(CHOICE, Conditions=conditions, Parameters={"P": {"Type": "String"}})
    assert {each.resources["X"]["Properties"]["P"] for (each,) in resolutions([given])} == expected


def allowing(*values: Any, kind: str = "String") -> dict[str, Any]:
    return {"P": {"Type": kind, "AllowedValues": list(values)}, "Q": {"Type": "String"}}


@pytest.mark.parametrize(
    ("parameters", "compared", "expected"),
    [
        (allowing("dev", "test"), "prod", {"no"}),
        (allowing("dev", "prod"), "prod", {"yes", "no"}),
        (allowing("prod"), "prod", {"yes"}),
        (allowing(True, False), "true", {"yes", "no"}),
        (allowing(True), "yes", {"yes", "no"}),
        (allowing("dev"), {"Ref": "Q"}, {"yes", "no"}),
        (allowing("dev", "test"), {"Ref": "P"}, {"yes"}),
        (allowing("dev", "{{resolve:ssm:/p}}"), "prod", {"yes", "no"}),
        (allowing("dev", {"Fn::Transform": {"Name": "M"}}), "prod", {"yes", "no"}),
        (allowing(), "prod", {"yes", "no"}),
        (allowing("/dev", kind="AWS::SSM::Parameter::Value<String>"), "prod", {"yes", "no"}),
        (allowing("dev", kind="CommaDelimitedList"), "prod", {"yes", "no"}),
        (allowing("01", kind="Number"), "1", {"yes", "no"}),
    ],
)
def test_a_parameter_has_one_of_the_values_that_it_allows(
    parameters: dict[str, Any], compared: Any, expected: set[str]
) -> None:
    given = template(CHOICE, Conditions={"C": {"Fn::Equals": [{"Ref": "P"}, compared]}}, Parameters=parameters)
    assert {each.resources["X"]["Properties"]["P"] for (each,) in resolutions([given])} == expected


def test_a_mapping_beside_a_reference_is_no_parameter() -> None:
    conditions = {"C": {"Fn::Equals": [{"Ref": "P", "a": "b"}, "prod"]}}
    given = template(CHOICE, Conditions=conditions, Parameters=allowing("dev"))
    assert {each.resources["X"]["Properties"]["P"] for (each,) in resolutions([given])} == {"yes", "no"}


def test_a_condition_that_nothing_hangs_on_is_not_explored() -> None:
    given = template("x", Conditions={"C": IS_PROD}, Parameters={"P": {"Type": "String"}})
    assert len(list(resolutions([given]))) == 1


@pytest.mark.parametrize("value", [CHOICE, {"Fn::FindInMap": ["M", CHOICE, "k"]}])
def test_a_condition_that_is_not_explored_is_known_as_guessed(value: Any) -> None:
    resolver = Resolver(template(value, Conditions={"C": IS_PROD}, Parameters={"P": {"Type": "String"}}), {}, {})
    resolver.resource("X")
    assert resolver.guessed == {"C"}


def test_a_resource_whose_condition_fails_is_not_there() -> None:
    given = template("x", Conditions={"C": {"Fn::Equals": ["a", "b"]}})
    given.body["Resources"]["B"]["Condition"] = "C"
    ((only,),) = resolutions([given])
    assert "B" not in only.resources


def test_an_export_and_an_output_reach_the_other_template() -> None:
    outputs = {"Name": {"Value": {"Ref": "B"}, "Export": {"Name": {"Fn::Sub": "x-${AWS::Region}"}}}}
    values = [
        {"Fn::ImportValue": {"Fn::Sub": "x-${AWS::Region}"}},
        {"Fn::GetStackOutput": {"StackName": "S", "OutputName": "Name"}},
    ]
    for value in values:
        other = Template(name="O", body=template(value).body, source="test")
        ((_, only),) = resolutions([template("x", Outputs=outputs), other])
        assert only.resources["X"]["Properties"]["P"] == "⟦S/B⟧"


UNKNOWN = {
    *("Fn::And", "Fn::Equals", "Fn::Not", "Fn::Or"),  # conditions, which `conditions.py` decides
    *("Fn::Cidr", "Fn::GetAZs", "Fn::Length"),  # not used in policies
    "Fn::Transform",
    "Ref",  # `_ref`, because it has no `Fn::`
}
"""Functions of CloudFormation whose value stays an atom, or that are not resolved by name."""


def test_every_function_is_resolved_or_known_to_stay_an_atom() -> None:
    assert Resolver.RESOLVED.keys() | UNKNOWN == ARGUMENTS.keys()
    assert not Resolver.RESOLVED.keys() & UNKNOWN


@pytest.mark.slow
def test_every_function_of_cloudformation_is_known() -> None:
    from cfnlint import helpers  # noqa: PLC0415 - loads two seconds

    rules = {"Fn::Contains"}  # of the section Rules, which creates no resources
    listed = {name for name in (*helpers.FUNCTIONS, *helpers.FUNCTION_CONDITIONS) if "[" not in name} - rules
    assert listed == ARGUMENTS.keys()


@pytest.mark.parametrize("name", sorted(Resolver.RESOLVED))
def test_what_is_resolved_of_two_resources_is_not_the_same(name: str) -> None:
    """If it were, a policy on one would count as a policy on the other."""
    arguments: dict[str, Callable[[str], Any]] = {
        "Fn::Base64": lambda of: {"Ref": of},
        "Fn::FindInMap": lambda of: [of, "a", "b"],
        "Fn::GetAtt": lambda of: [of, "Arn"],
        "Fn::GetStackOutput": lambda of: {"StackName": of, "OutputName": "O"},
        "Fn::If": lambda of: ["C", {"Ref": of}, "x"],
        "Fn::ImportValue": lambda of: {"Ref": of},
        "Fn::Join": lambda of: ["/", [{"Ref": of}, "x"]],
        "Fn::Select": lambda of: [0, [{"Ref": of}]],
        "Fn::Split": lambda of: ["/", {"Ref": of}],
        "Fn::Sub": lambda of: f"${{{of}}}",
        "Fn::ToJsonString": lambda of: {"a": {"Ref": of}},
    }
    assert resolved({name: arguments[name]("B")}) != resolved({name: arguments[name]("T")})
