"""Changed parts that only CloudFormation expands are undecided, and named; unchanged ones are as before."""

from typing import Any

import pytest

from constructs_lib.analysis.replacements import Replacements, find_replacements

BUCKET = {"Type": "AWS::S3::Bucket"}


def compare(old: dict[str, Any], new: dict[str, Any], **sections: Any) -> Replacements:
    return find_replacements({"App": {"Resources": old, **sections}}, {"App": {"Resources": new, **sections}})


def names(result: Replacements) -> list[str]:
    return [note.logical_id for note in result.undecided]


def resource(kind: str) -> Any:
    return lambda value: {"Part": {"Type": kind, "Properties": {"TemplateURL": value}}}


PARTS: dict[str, Any] = {
    "loop": lambda value: {"Fn::ForEach::B": ["N", ["a", value], {"Bucket${N}": BUCKET}]},
    "include": lambda value: {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": value}}},
    "macro": lambda value: {"Part": {"Type": "AWS::S3::Bucket", "Fn::Transform": {"Name": value}}},
    "nested stack": resource("AWS::CloudFormation::Stack"),
    "stack set": resource("AWS::CloudFormation::StackSet"),
    "product": resource("AWS::ServiceCatalog::CloudFormationProvisionedProduct"),
    "module": resource("Acme::Files::Bucket::MODULE"),
    "unknown type": resource("Acme::Files::Bucket"),
}


@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_is_not_seen_is_undecided_if_it_changes(part: str) -> None:
    old, new = PARTS[part]("x"), PARTS[part]("y")
    result = compare(old, new)
    assert names(result) == list(old)
    assert "It changes, and " in result.undecided[0].text
    assert result.findings == ()
    assert compare(old, old).undecided == ()


@pytest.mark.parametrize("part", sorted(PARTS.keys() - {"nested stack"}))
def test_a_part_that_is_not_seen_is_undecided_if_it_is_removed(part: str) -> None:
    old = PARTS[part]("x")
    result = compare(old, {})
    assert names(result) == list(old)
    assert result.notes == ()
    assert compare({}, old).undecided == ()


def test_a_nested_stack_that_is_removed_is_a_loss() -> None:
    result = compare(PARTS["nested stack"]("x"), {})
    assert [each.logical_id for each in result.findings] == ["Part"]
    assert result.undecided == ()


@pytest.mark.parametrize("known", ["old", "new"])
def test_a_nested_stack_whose_template_is_known_in_one_version_is_undecided(known: str) -> None:
    parent = {"App": {"Resources": PARTS["nested stack"]("x")}}
    whole = {**parent, "App/Part": {"Resources": {"Bucket": BUCKET}}}
    result = find_replacements(*((whole, parent) if known == "old" else (parent, whole)))
    assert names(result) == ["Part"]
    assert result.findings == ()
    assert find_replacements(whole, whole).undecided == ()


def test_another_version_of_an_application_of_aws_that_rotates_secrets_is_compared() -> None:
    name = "arn:aws:serverlessrepo:us-east-1:297356227824:applications/SecretsManagerRDSMySQLRotationSingleUser"
    old, new = (
        {"Part": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": name, "Location": version}}}
        for version in ("1.0.0", "1.0.1")
    )
    assert compare(old, new).undecided == ()


def test_an_attribute_that_changes_no_resource_is_no_change() -> None:
    old = PARTS["module"]("x")
    new = {"Part": {**old["Part"], "Metadata": {"aws:cdk:path": "App/Part"}, "DependsOn": ["Bucket"]}}
    assert compare(old, new).undecided == ()


@pytest.mark.parametrize("macro", [{"Transform": ["Acme"]}, {"Transform": {"Name": "Acme"}}, {"Fn::Transform": {}}])
def test_a_change_that_goes_through_a_macro_is_undecided(macro: dict[str, Any]) -> None:
    assert names(compare({"Bucket": BUCKET}, {"Bucket": BUCKET, "Other": BUCKET}, **macro)) == ["Transform"]
    assert compare({"Bucket": BUCKET}, {"Bucket": BUCKET}, **macro).undecided == ()


@pytest.mark.parametrize("section", ["Parameters", "Metadata", "Outputs", "Rules"])
def test_a_section_that_a_macro_gets_is_undecided_if_it_changes(section: str) -> None:
    old, new = ({"Transform": "Acme", "Resources": {"B": BUCKET}, section: {"P": {"Default": text}}} for text in "ab")
    assert names(find_replacements({"App": old}, {"App": new})) == ["Transform"]


def test_a_description_that_a_macro_gets_changes_nothing() -> None:
    old, new = ({"Transform": "Acme", "Resources": {"B": BUCKET}, "Description": text} for text in "ab")
    assert names(find_replacements({"App": old}, {"App": new})) == []


def test_macros_of_aws_that_are_expanded_here_change_nothing() -> None:
    known = {"Transform": ["AWS::LanguageExtensions", "AWS::SecretsManager-2020-07-23"]}
    assert compare({"Bucket": BUCKET}, {"Bucket": BUCKET, "Other": BUCKET}, **known).undecided == ()


@pytest.mark.parametrize("section", ["Conditions", "Mappings"])
def test_loops_and_includes_of_other_sections_are_undecided(section: str) -> None:
    for name in ("Fn::ForEach::C", "Fn::Transform"):
        old, new = ({"App": {"Resources": {}, section: {name: value}}} for value in (["a"], ["b"]))
        assert names(find_replacements(old, new)) == [name]
        assert find_replacements(old, old).undecided == ()


def test_the_function_of_a_custom_resource_is_not_asked() -> None:
    old, new = ({"Part": {"Type": "Custom::Files", "Properties": {"Key": key}}} for key in "ab")
    assert compare(old, new).undecided == ()


def test_a_macro_beside_properties_may_add_a_create_only_one() -> None:
    old, new = (
        {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"Tags": [], "Fn::Transform": {"Name": name}}}}
        for name in "ab"
    )
    (finding,) = compare(old, new).findings
    assert (finding.cause, finding.certain) == ("BucketName", False)
    assert compare(old, old).findings == ()
