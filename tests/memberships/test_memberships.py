"""What memberships are made of: a table, a trigger that may read it, and a function that looks after it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, RemovalPolicy, Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk.assertions import Template
from memberships import tokens

from constructs_lib.access import allow
from constructs_lib.api import Api
from constructs_lib.auth import Auth, Group, RoleRule, SignIn, Tenant, Triggers
from constructs_lib.functions.source_files import Sources
from constructs_lib.memberships import Memberships, memberships

Made = Callable[..., Auth]


def auth_of(stack: Stack, members: Memberships, **options: Any) -> Auth:
    given: dict[str, Any] = {
        "tenant": members.tenant,
        "groups": [Group("admins")],
        "role_rules": members.role_rules,
        "triggers": Triggers(pre_token_generation=members.pre_token),
    }
    return Auth(stack, "Auth", **{**given, **options})


@pytest.fixture(scope="module")
def resources() -> dict[str, Any]:
    stack = Stack(App(), "Stack")
    members = Memberships(stack, "Members")
    auth = auth_of(stack, members)
    Api(stack, "Api", auth=auth, routes=members.routes(auth, founders=[allow.authenticated]))
    found: dict[str, Any] = Template.from_stack(stack).to_json()["Resources"]
    return found


def rights(resources: dict[str, Any], beginning: str) -> list[tuple[Any, str]]:
    """Return the actions of policies whose logical ID begins so, and the resource as text."""
    return [
        (each["Action"], json.dumps(each["Resource"]))
        for name, body in resources.items()
        if body["Type"] == "AWS::IAM::Policy" and name.startswith(beginning)
        for each in body["Properties"]["PolicyDocument"]["Statement"]
        if not str(each["Action"][0]).startswith("logs:")
    ]


def only(resources: dict[str, Any], kind: str, beginning: str = "") -> dict[str, Any]:
    [found] = [body for name, body in resources.items() if body["Type"] == kind and name.startswith(beginning)]
    return dict(found)


def test_the_trigger_may_query_its_table_and_nothing_else(resources: dict[str, Any]) -> None:
    [(action, resource)] = rights(resources, "MembersTrigger")
    [table] = [name for name, body in resources.items() if body["Type"] == "AWS::DynamoDB::GlobalTable"]
    assert (action, json.loads(resource)) == ("dynamodb:Query", {"Fn::GetAtt": [table, "Arn"]})


def test_the_function_may_do_what_it_does_and_no_more(resources: dict[str, Any]) -> None:
    on_table, on_index = rights(resources, "MembersFunction")
    assert on_table[0] == [
        "dynamodb:Query",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "dynamodb:DeleteItem",
        "dynamodb:ConditionCheckItem",
    ]
    assert "index" not in on_table[1]
    assert on_index[0] == "dynamodb:Query"
    assert on_index[1].endswith('"/index/by-tenant"]]}')
    [(actions, pool)] = rights(resources, "AuthMembersFunction")
    assert actions == [
        "cognito-idp:AdminGetUser",
        "cognito-idp:AdminCreateUser",
        "cognito-idp:AdminUserGlobalSignOut",
        "cognito-idp:ListUsers",
    ]
    assert "AuthUserPool" in pool


def test_the_table_is_kept_and_protected_unless_it_is_said_otherwise(resources: dict[str, Any]) -> None:
    table = only(resources, "AWS::DynamoDB::GlobalTable")
    [replica] = table["Properties"]["Replicas"]
    assert table["DeletionPolicy"] == "Retain"
    assert replica["DeletionProtectionEnabled"] is True
    assert replica["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
    stack = Stack(App(), "Stack")
    Memberships(stack, "Members", removal_policy=RemovalPolicy.DESTROY)
    assert only(Template.from_stack(stack).to_json()["Resources"], "AWS::DynamoDB::GlobalTable")["DeletionPolicy"] == (
        "Delete"
    )


def test_the_claim_is_a_tag_of_the_declared_form_and_no_attribute_of_users(resources: dict[str, Any]) -> None:
    tags = only(resources, "AWS::Cognito::IdentityPoolPrincipalTag")
    assert tags["Properties"]["PrincipalTags"] == {"tenant": "tenant"}
    assert tags["Metadata"]["cognito-app:claims"] == {"tenant": "[a-z0-9-]{3,36}"}
    schema = only(resources, "AWS::Cognito::UserPool")["Properties"]["Schema"]
    assert [each["Name"] for each in schema] == ["email"]


def test_the_role_of_a_group_goes_by_the_role_in_the_active_tenant(resources: dict[str, Any]) -> None:
    [mapping] = only(resources, "AWS::Cognito::IdentityPoolRoleAttachment")["Properties"]["RoleMappings"].values()
    [rule] = mapping["RulesConfiguration"]["Rules"]
    assert (mapping["Type"], mapping["AmbiguousRoleResolution"]) == ("Rules", "AuthenticatedRole")
    assert (rule["Claim"], rule["MatchType"], rule["Value"]) == ("tenant_role", "Equals", "admins")


def test_both_functions_are_told_the_same(resources: dict[str, Any]) -> None:
    trigger, function = (
        only(resources, "AWS::Lambda::Function", name)["Properties"] for name in ("MembersTrigger", "MembersFunction")
    )
    shared = {"MEMBERSHIPS_TABLE", "TENANT_FORM", "TENANT_ROLES"}
    told = [each["Environment"]["Variables"] for each in (trigger, function)]
    assert [{*each} for each in told] == [
        shared | {"TENANT_CLAIM"},
        shared | {"TENANT_ADMINISTRATORS", "USER_POOL_ID"},
    ]
    assert told[0]["TENANT_ROLES"] == told[1]["TENANT_ROLES"] == '["admins"]'
    assert told[0]["TENANT_FORM"] == told[1]["TENANT_FORM"] == "[a-z0-9-]{3,36}"
    assert trigger["Handler"] == "memberships.trigger.handler"
    assert function["Handler"] == "memberships.handler.handler"
    assert trigger["Timeout"] == 5


def test_members_words_are_those_of_the_code_that_runs() -> None:
    assert (memberships._ROLE_CLAIM, memberships._MEMBER) == (tokens.ROLE_CLAIM, tokens.MEMBER)
    code = Path(tokens.__file__).parent
    files = Sources(entry=code, shared=[code.parent / "caller.py"]).files()
    assert {"caller.py", "memberships/handler.py", "memberships/trigger.py"} <= {*files}


def test_only_founders_found_and_only_administrators_look_after_members() -> None:
    stack = Stack(App(), "Stack")
    members = Memberships(stack, "Members", administrators="owners", roles=["auditors"])
    rules = [*members.role_rules, RoleRule("cognito:groups", "staff", match="Contains", group="staff")]
    groups = [Group("owners"), Group("auditors"), Group("staff")]
    auth = auth_of(stack, members, groups=groups, role_rules=rules)
    opened = {str(route): [str(each) for each in route.access] for route in members.routes(auth)}
    all_callers, owners = [str(allow.authenticated)], [str(allow.group("owners"))]
    assert opened == {
        "GET /memberships": all_callers,
        "PUT /memberships/active": all_callers,
        "DELETE /memberships/{membership}": all_callers,
        "GET /tenants/{tenant}/members": owners,
        "POST /tenants/{tenant}/members": owners,
        "PUT /tenants/{tenant}/members/{person}": owners,
        "DELETE /tenants/{tenant}/members/{person}": owners,
    }
    found = Template.from_stack(stack).to_json()["Resources"]
    told = only(found, "AWS::Lambda::Function", "MembersFunction")["Properties"]["Environment"]["Variables"]
    assert (told["TENANT_ADMINISTRATORS"], told["TENANT_ROLES"]) == ("owners", '["auditors", "owners"]')


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"tenant": None}, r"not have the tenant of 'Stack/Members'; add tenant=members\.tenant and"),
        ({"tenant": Tenant("org", form="[a-z]{3}", kept_by_trigger=True)}, "does not have the tenant of"),
        ({"role_rules": []}, "'Stack/Auth' has no role rule for administrators"),
        ({"sign_in": SignIn(username=True)}, "'Stack/Auth' has sign_in without e-mail"),
    ],
)
def test_an_auth_that_does_not_fit_is_refused(options: dict[str, Any], message: str) -> None:
    stack = Stack(App(), "Stack")
    members = Memberships(stack, "Members")
    auth = auth_of(stack, members, **options)
    with pytest.raises(ValueError, match=message):
        members.routes(auth)


def test_a_rest_api_has_its_origins_from_the_function() -> None:
    stack = Stack(App(), "Stack")
    members = Memberships(stack, "Members")
    auth = auth_of(stack, members)
    origins = ["https://app.example.com", "http://localhost:5173"]
    Api(stack, "Api", auth=auth, kind="rest", cors_origins=origins, routes=members.routes(auth, cors_origins=origins))
    found = Template.from_stack(stack).to_json()["Resources"]
    told = only(found, "AWS::Lambda::Function", "MembersFunction")["Properties"]["Environment"]["Variables"]
    assert told["CORS_ORIGINS"] == "https://app.example.com,http://localhost:5173"


def test_a_pool_that_exists_may_have_the_trigger_too() -> None:
    stack = Stack(App(), "Stack")
    members = Memberships(stack, "Members")
    pool = cognito.UserPool(stack, "Pool", sign_in_aliases=cognito.SignInAliases(email=True))
    client = pool.add_client("Client", write_attributes=cognito.ClientAttributes())
    auth = Auth.from_existing(
        stack,
        "Auth",
        user_pool=pool,
        user_pool_client=client,
        tenant=Tenant("tenant", form=members.tenant.form, kept_by_trigger=True),
        triggers=Triggers(pre_token_generation=members.pre_token),
        groups=[Group("admins")],
        role_rules=members.role_rules,
    )
    assert members.routes(auth)


def test_an_auth_without_the_trigger_or_its_groups_is_refused() -> None:
    stack = Stack(App(), "Stack")
    members = Memberships(stack, "Members")
    with pytest.raises(ValueError, match="claim 'tenant' needs a token trigger that sets it"):
        auth_of(stack, members, triggers=None)
    with pytest.raises(ValueError, match="'admins'"):
        Auth(stack, "Other", tenant=members.tenant, triggers=Triggers(pre_token_generation=members.pre_token))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"administrators": "member"}, "role 'member' is the role of members without a group"),
        ({"roles": ["admins"]}, "role 'admins' is listed twice or is that of administrators"),
        ({"administrators": "a b"}, "a b"),
        ({"form": "[a-z/]{3}"}, r"a value can contain letters, digits and '\+-\.:=@_' only, because '/'"),
        ({"form": ".*"}, "write characters"),
    ],
)
def test_roles_and_forms_that_could_not_hold_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Memberships(Stack(App(), "Stack"), "Members", **options)
