"""A part whose effect is not analyzed in either version is compared by what the templates say there."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.analysis import Template
from constructs_lib.analysis.diff import compare
from constructs_lib.analysis.template.templates import parse_template
from tests.analysis.conftest import BUCKET, Document, join, template
from tests.analysis.diff.test_setting_changes import diff, resource, silent, with_more

LOOP = "Fn::ForEach::Policies"


def loop(said: str) -> Document:
    statement = {"Effect": "Allow", "Action": said, "Resource": "*"}
    policy = resource(
        "IAM::Policy",
        PolicyName="p",
        Roles=[{"Ref": "User"}],
        PolicyDocument={"Version": "2012-10-17", "Statement": [statement]},
    )
    body = with_more()
    body["Transform"] = "AWS::LanguageExtensions"
    body["Resources"][LOOP] = ["Name", ["A"], {"Policy${Name}": policy}]
    return body


def loop_over(said: str) -> Document:
    body = loop("s3:*")
    body["Resources"][LOOP][1] = {"Ref": "Names"}
    return {**body, "Parameters": {"Names": {"Type": "CommaDelimitedList", "Default": said}}}


def macro(said: str) -> Document:
    return {**with_more(T=resource("SNS::Topic", DisplayName=said)), "Transform": "Own"}


def macro_among_resources(said: str) -> Document:
    body = with_more(T=resource("SNS::Topic", DisplayName=said))
    body["Resources"]["Fn::Transform"] = {"Name": "Own"}
    return body


def include(said: str) -> Document:
    body = with_more()
    body["Resources"]["Fn::Transform"] = {"Name": "AWS::Include", "Parameters": {"Location": said}}
    return body


def handler(said: str) -> Document:
    modes = [{"AuthType": "AWS_IAM"}]
    api = resource("AppSync::Api", Name="a", EventConfig={"AuthProviders": modes, "DefaultPublishAuthModes": modes})
    return with_more(
        Api=api, N=resource("AppSync::ChannelNamespace", ApiId={"Ref": "Api"}, Name="n", CodeHandlers=said)
    )


def body_of_api(said: str) -> Document:
    return with_more(X=resource("ApiGateway::RestApi", BodyS3Location={"Bucket": "b", "Key": said}))


def unread_path(said: str) -> Document:
    body = {"openapi": "3.0.1", "paths": {"/a": {"$ref": said}}}
    return with_more(X=resource("ApiGateway::RestApi", Body=body))


PARTS: dict[str, Callable[[str], Document]] = {
    "a loop": loop,
    "a loop over the default of a parameter": loop_over,
    "the template for a macro": macro,
    "the resources for a macro": macro_among_resources,
    "the address of an include": include,
    "a nested stack whose template is not here": lambda said: with_more(
        X=resource("CloudFormation::Stack", TemplateURL=f"https://s3.amazonaws.com/a/{said}")
    ),
    "the parameters of a nested stack": lambda said: with_more(
        X=resource("CloudFormation::Stack", TemplateURL="https://s3.amazonaws.com/a/b", Parameters={"Who": said})
    ),
    "a stack set": lambda said: with_more(X=resource("CloudFormation::StackSet", TemplateURL=said)),
    "a module": lambda said: with_more(X={"Type": "Own::Grants::All::MODULE", "Properties": {"Level": said}}),
    "the routes of an API": body_of_api,
    "a reference to a path": unread_path,
    "a handler of channels": handler,
}


@pytest.mark.parametrize("name", PARTS)
def test_what_is_analyzed_in_neither_version_and_differs_is_not_decided_and_named(name: str) -> None:
    one, other = PARTS[name]("one"), PARTS[name]("other")
    found = diff(one, other)
    assert any(each.endswith("it has changed, and is not compared") for each in found.undecided)
    assert not any("unchanged" in each for each in found.notes)
    assert silent(diff(one, copy.deepcopy(one)))


def test_another_version_of_an_application_is_not_decided_and_named(tmp_path: Path) -> None:
    def version(said: str) -> Template:
        location = f"{{ApplicationId: arn:aws:serverlessrepo:us-east-1:111122223333:applications/a, {said}}}"
        text = (
            "Transform: AWS::Serverless-2016-10-31\nResources:\n  A: {Type: AWS::Serverless::Application, "
            f"Properties: {{Location: {location}}}}}\n"
        )
        return parse_template(text, name="t", source=str(tmp_path / "t.yaml"))

    one, other = version("SemanticVersion: 1.0.0"), version("SemanticVersion: 2.0.0")
    assert any("the nested stack A is not here" in each for each in compare([one], [other]).undecided)
    assert silent(compare([one], [one]))


@pytest.mark.parametrize("name", ["a loop", "the address of an include", "a module", "a stack set"])
def test_other_resources_may_change_beside_what_is_not_analyzed(name: str) -> None:
    def version(**more: Any) -> Document:
        body = copy.deepcopy(PARTS[name]("one"))
        body["Resources"]["T"] = resource("SNS::Topic", **more)
        return body

    assert silent(diff(version(DisplayName="a"), version(DisplayName="b")))


PREFIX = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": BUCKET}


def by_parameter(**parameter: Any) -> Document:
    limited = {**PREFIX, "Condition": {"StringLike": {"s3:prefix": {"Ref": "P"}}}}
    return {**template([limited]), "Parameters": {"P": {"Type": "CommaDelimitedList", **parameter}}}


@pytest.mark.parametrize(
    "values", [{"Default": "public/*,*"}, {"Default": "public/*", "AllowedValues": ["public/*", "private/*"]}]
)
def test_other_values_of_a_parameter_that_is_a_pattern_in_a_policy_are_not_decided_and_named(values: Any) -> None:
    old = by_parameter(Default="public/*")
    found = diff(old, by_parameter(**values)).undecided
    assert "the parameter P, of which a policy makes a pattern, has other values: not compared" in found
    assert silent(diff(old, by_parameter(Default="public/*", Description="words")))


def test_other_values_of_a_parameter_that_no_policy_has_are_no_change() -> None:
    def version(default: str) -> Document:
        topic = resource("SNS::Topic", DisplayName={"Ref": "P"})
        fixed = {**PREFIX, "Resource": join(BUCKET, "")}
        return {**template([fixed], more={"T": topic}), "Parameters": {"P": {"Type": "String", "Default": default}}}

    assert silent(diff(version("a"), version("*")))
