"""Where pools, roles and data stand: the region and account of the resource, not of the stack."""

from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Template

from constructs_lib.access import allow
from constructs_lib.api import Api, Route, jwt
from constructs_lib.auth import Auth, Group
from constructs_lib.database import OwnedTable
from constructs_lib.storage import Storage
from tests.synthesis import new_function, plain

ACCOUNT = "111122223333"
OTHER_ACCOUNT = "444455556666"
GROUPS = [Group("editors")]
RULE = allow.owner.to("read", "write", "delete")


def stack_in(region: str | None, *, app: App | None = None, account: str | None = ACCOUNT, **options: Any) -> Stack:
    scope = app or App()
    id = f"Stack{len(scope.node.children)}"
    return Stack(scope, id, env={"account": account, "region": region} if region else None, **options)


def existing(stack: Stack, pool_id: str = "eu-west-1_abcdefghi", **options: Any) -> Auth:
    pool = cognito.UserPool.from_user_pool_id(stack, "Pool", pool_id)
    client = cognito.UserPoolClient.from_user_pool_client_id(stack, "PoolClient", "client-id")
    return Auth.from_existing(stack, "Auth", user_pool=pool, user_pool_client=client, **options)


@pytest.mark.parametrize("region", ["us-east-1", None])
def test_an_imported_pool_is_of_the_region_that_its_id_names(region: str | None) -> None:
    stack = stack_in(region)
    auth = existing(stack)
    provider = "cognito-idp.eu-west-1.<AWS::URLSuffix>/eu-west-1_abcdefghi"
    assert plain(stack.resolve(auth.user_pool.user_pool_provider_name)) == provider
    assert ":cognito-idp:eu-west-1:" in plain(stack.resolve(auth.user_pool.user_pool_arn))
    Api(stack, "Api", auth=auth, routes=[Route("GET", "/", new_function(stack), access=[jwt()])])
    template = Template.from_stack(stack)
    [identity_pool] = template.find_resources("AWS::Cognito::IdentityPool").values()
    assert plain(identity_pool["Properties"]["CognitoIdentityProviders"])[0]["ProviderName"] == provider
    [api] = template.find_resources("AWS::ApiGatewayV2::Api").values()
    assert f"https://{provider}" in str(plain(api["Properties"]["Body"]))


def test_groups_are_made_where_the_pool_is() -> None:
    with pytest.raises(ValueError, match="'Stack0/Auth' creates groups in region us-east-1"):
        existing(stack_in("us-east-1"), groups=GROUPS)
    stack = stack_in("eu-west-1")
    arn = f"arn:aws:cognito-idp:eu-west-1:{OTHER_ACCOUNT}:userpool/eu-west-1_abcdefghi"
    pool = cognito.UserPool.from_user_pool_arn(stack, "Pool", arn)
    client = cognito.UserPoolClient.from_user_pool_client_id(stack, "PoolClient", "client-id")
    with pytest.raises(
        ValueError, match=f"creates groups in account {ACCOUNT}, and the user pool is in {OTHER_ACCOUNT}"
    ):
        Auth.from_existing(stack, "Auth", user_pool=pool, user_pool_client=client, groups=GROUPS)
    existing(stack_in("eu-west-1"), groups=GROUPS)
    existing(stack_in(None), groups=GROUPS)


def test_roles_are_attached_where_the_identity_pool_is() -> None:
    id = "eu-west-1:12345678-1234-1234-1234-123456789012"
    with pytest.raises(
        ValueError, match=f"attaches roles in region us-east-1, and identity_pool_id='{id}' is in eu-west-1"
    ):
        existing(stack_in("us-east-1"), pool_id="us-east-1_abcdefghi", identity_pool_id=id)
    existing(stack_in("eu-west-1"), identity_pool_id=id)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"pool_id": "abcdefghi"}, "user_pool has the ID 'abcdefghi', which is not the ID of a user pool"),
        ({"identity_pool_id": "12345678"}, "identity_pool_id='12345678' is not the ID of an identity pool"),
    ],
)
def test_an_id_that_is_none_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        existing(stack_in("eu-west-1"), **options)


def test_a_role_of_another_account_takes_no_rights_here() -> None:
    stack = stack_in("eu-west-1")
    role = iam.Role.from_role_arn(stack, "Role", f"arn:aws:iam::{OTHER_ACCOUNT}:role/user")
    with pytest.raises(ValueError, match=f"role 'Stack0/Role' is in account {OTHER_ACCOUNT}"):
        existing(stack, identity_pool_id="eu-west-1:12345678-1234-1234-1234-123456789012", authenticated_role=role)


def storage(stack: Stack, auth: Auth) -> None:
    Storage(stack, "Files", auth=auth, access={"private/{owner}/*": [RULE]})


def table(stack: Stack, auth: Auth) -> None:
    OwnedTable(stack, "Notes", auth=auth, sort_key="id", access=[RULE])


def http_api(stack: Stack, auth: Auth) -> None:
    Api(stack, "Api", auth=auth, routes=[Route("GET", "/", new_function(stack), access=[allow.authenticated])])


def http_api_by_token(stack: Stack, auth: Auth) -> None:
    Api(stack, "Api", auth=auth, routes=[Route("GET", "/", new_function(stack), access=[jwt()])])


def rest_api(stack: Stack, auth: Auth) -> None:
    routes = [Route("GET", "/", new_function(stack), access=[allow.authenticated])]
    Api(stack, "Api", auth=auth, routes=routes, kind="rest")


DATA = pytest.mark.parametrize("make", [storage, table, http_api, http_api_by_token, rest_api])


@DATA
def test_data_in_another_region_than_its_auth_needs_the_stacks_consent(make: Callable[[Stack, Auth], None]) -> None:
    app = App()
    auth = Auth(stack_in("eu-west-1", app=app), "Auth", groups=GROUPS)
    data = stack_in("us-east-1", app=app)
    message = (
        "is in region us-east-1 and 'Stack0/Auth' in eu-west-1; create both stacks with cross_region_references=True"
    )
    with pytest.raises(ValueError, match=f"'Stack2/(Files|Notes|Api)' {message}"):
        make(data, auth)


@DATA
def test_with_it_the_roles_have_their_rights_in_the_datas_region(make: Callable[[Stack, Auth], None]) -> None:
    app = App()
    auth = Auth(stack_in("eu-west-1", app=app, cross_region_references=True), "Auth", groups=GROUPS)
    data = stack_in("us-east-1", app=app, cross_region_references=True)
    make(data, auth)
    template = app.synth().get_stack_artifact(data.artifact_id).template
    assert any(each["Type"] == "Custom::CrossRegionExportReader" for each in template["Resources"].values())


@DATA
def test_data_of_another_account_than_its_auth_is_refused(make: Callable[[Stack, Auth], None]) -> None:
    app = App()
    auth = Auth(stack_in("eu-west-1", app=app), "Auth")
    data = stack_in("eu-west-1", app=app, account=OTHER_ACCOUNT)
    with pytest.raises(ValueError, match=f"is in account {OTHER_ACCOUNT} and 'Stack0/Auth' in {ACCOUNT}"):
        make(data, auth)
