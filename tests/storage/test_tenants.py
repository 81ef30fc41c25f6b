"""Folders of tenants: one policy for every tenant, and a template that says whose each folder is."""

import json
from typing import Any, Final

import pytest
from aws_cdk import App, Stack
from aws_cdk.assertions import Template

from constructs_lib.access import allow
from constructs_lib.auth import Auth, Group, Tenant
from constructs_lib.storage import Storage
from tests.synthesis import new_function

SHARED: Final = "tenants/{tenant}/shared/*"
PEOPLE: Final = "tenants/{tenant}/people/{owner}/*"
T: Final = "${aws:PrincipalTag/tenant}"
ME: Final = "${cognito-identity.amazonaws.com:sub}"


@pytest.fixture(scope="module")
def stack() -> Stack:
    stack = Stack(App(), "Stack")
    auth = Auth(stack, "Auth", tenant=Tenant(), groups=[Group("admins")])
    storage = Storage(
        stack,
        "Files",
        auth=auth,
        access={
            SHARED: [allow.tenant.to("read"), allow.group("admins").to("read", "write", "delete")],
            PEOPLE: [allow.owner.to("read", "write"), allow.group("admins").to("get", everyone="tenant")],
        },
    )
    function = new_function(stack, "Function")
    storage.grant(function, "get", folder=SHARED)
    storage.on_upload("Uploads", function, folder=PEOPLE, suffix=".jpg")
    return stack


@pytest.fixture(scope="module")
def resources(stack: Stack) -> dict[str, Any]:
    found: dict[str, Any] = Template.from_stack(stack).to_json()["Resources"]
    return found


def of_type(resources: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [body for body in resources.values() if body["Type"] == kind]


def test_the_template_says_whose_each_folder_is_and_what_is_opened_within_a_tenant(resources: dict[str, Any]) -> None:
    [bucket] = of_type(resources, "AWS::S3::Bucket")
    assert bucket["Metadata"]["cognito-app:owned"] == [f"tenants/{T}/people/{ME}/*", f"tenants/{T}/shared/*"]
    assert bucket["Metadata"]["cognito-app:opened"] == [
        {
            "place": f"tenants/{T}/people/{ME}/*",
            "caller": "group:admins",
            "actions": ["s3:GetObject"],
            "within": ["tenant"],
        }
    ]


def test_every_role_names_the_tenant_by_the_tag_and_none_by_a_wildcard(resources: dict[str, Any]) -> None:
    policies = [
        json.dumps(statement)
        for body in of_type(resources, "AWS::IAM::Policy")
        if "Auth" in json.dumps(body["Properties"]["Roles"])
        for statement in body["Properties"]["PolicyDocument"]["Statement"]
        if "s3:" in json.dumps(statement)
    ]
    assert policies
    assert all(f"tenants/{T}/" in policy for policy in policies)
    assert any(f"tenants/{T}/people/*/*" in policy for policy in policies)


def test_a_function_is_granted_every_tenants_folder_in_words(resources: dict[str, Any]) -> None:
    own = [
        body for body in of_type(resources, "AWS::IAM::Policy") if "Function" in json.dumps(body["Properties"]["Roles"])
    ]
    assert any("/tenants/*/shared/*" in json.dumps(body) for body in own)


def test_events_of_a_folder_come_from_every_tenant(resources: dict[str, Any]) -> None:
    [rule] = of_type(resources, "AWS::Events::Rule")
    assert rule["Properties"]["EventPattern"]["detail"]["object"]["key"] == [{"wildcard": "tenants/*/people/*/*.jpg"}]


def test_two_storages_on_one_bucket_do_not_open_the_same_tenants_folders() -> None:
    stack = Stack(App(), "Stack")
    auth = Auth(stack, "Auth", tenant=Tenant())
    first = Storage(stack, "One", auth=auth, access={"t/{tenant}/*": [allow.tenant.to("get")]})
    with pytest.raises(ValueError, match="opens in the same bucket"):
        Storage(stack, "Two", auth=auth, bucket=first.bucket, access={"t/x/*": [allow.authenticated.to("get")]})


def test_a_tenants_folder_without_tenants_is_refused_with_what_to_write() -> None:
    stack = Stack(App(), "Stack")
    with pytest.raises(ValueError, match=r"\{tenant\} with Auth\(tenant=Tenant\(\)\)"):
        Storage(stack, "Files", auth=Auth(stack, "Auth"), access={SHARED: [allow.authenticated.to("get")]})
