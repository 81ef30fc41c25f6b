"""What names the pool, the API or the page that waits for it is refused with both names and the way out."""

from collections.abc import Callable
from pathlib import Path

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_

from constructs_lib.access import allow
from constructs_lib.api import Api, Route, jwt
from constructs_lib.auth import Auth, PrefixDomain, Protection, Triggers, WebClient
from constructs_lib.database import OwnedTable
from constructs_lib.functions import FunctionUrl
from constructs_lib.hosting import Hosting
from constructs_lib.storage import Storage, presets
from tests.synthesis import new_function

PAGE = Path(__file__).parent / "hosting" / "page"


def _pool(stack: Stack) -> None:
    function = new_function(stack)
    auth = Auth(stack, "Auth", triggers=Triggers(post_confirmation=function))
    function.add_environment("POOL", auth.user_pool.user_pool_id)


def _client(stack: Stack) -> None:
    function = new_function(stack)
    auth = Auth(stack, "Auth", triggers=Triggers(post_confirmation=function))
    function.add_environment("CLIENT", auth.user_pool_client.user_pool_client_id)


def _key(stack: Stack) -> kms.Key:
    key = kms.Key(stack, "Key")
    key.add_alias("alias/mine")
    return key


def _name_in_policy(key: kms.Key, auth: Auth) -> None:
    statement = iam.PolicyStatement(
        actions=["kms:CreateGrant"],
        resources=["*"],
        principals=[iam.ServicePrincipal("cognito-idp.amazonaws.com")],
        conditions={"ArnEquals": {"aws:SourceArn": auth.user_pool.user_pool_arn}},
    )
    key.add_to_resource_policy(statement)


def _sender_key(stack: Stack) -> None:
    key = _key(stack)
    _name_in_policy(key, Auth(stack, "Auth", triggers=Triggers(custom_email_sender=new_function(stack), key=key)))


def _encryption_key(stack: Stack) -> None:
    key = _key(stack)
    _name_in_policy(key, Auth(stack, "Auth", protection=Protection(encryption_key=key)))


def _http_api(stack: Stack) -> None:
    function = new_function(stack)
    routes = [Route("GET", "/a", function, access=[allow.authenticated])]
    function.add_environment("URL", Api(stack, "Api", auth=Auth(stack, "Auth"), routes=routes).url)


def _rest_api(stack: Stack) -> None:
    function = new_function(stack)
    routes = [Route("GET", "/a", function, access=[allow.authenticated])]
    function.add_environment("URL", Api(stack, "Api", auth=Auth(stack, "Auth"), kind="rest", routes=routes).url)


def _api_in_policy(stack: Stack) -> None:
    function = new_function(stack)
    routes = [Route("GET", "/a", function, access=[allow.authenticated])]
    api = Api(stack, "Api", auth=Auth(stack, "Auth"), routes=routes)
    arn = stack.format_arn(service="execute-api", resource=api.api_id)
    function.add_to_role_policy(iam.PolicyStatement(actions=["execute-api:Invoke"], resources=[arn]))


def _trigger_of_api(stack: Stack) -> None:
    function = new_function(stack)
    auth = Auth(stack, "Auth", triggers=Triggers(post_confirmation=function))
    handler = new_function(stack, "Handler")
    called = Route("GET", "/called", handler, access=[allow.function(function)])
    Api(stack, "Api", auth=auth, routes=[called, Route("GET", "/a", handler, access=[jwt()])])


def _url(stack: Stack) -> None:
    function = new_function(stack)
    url = FunctionUrl(stack, "Url", auth=Auth(stack, "Auth"), function=function, access=[allow.authenticated])
    function.add_environment("ADDRESS", url.url)


def _signing_in(stack: Stack) -> Auth:
    clients = [WebClient(callback_urls=["https://a.example.com"])]
    return Auth(stack, "Auth", domain=PrefixDomain("an-app"), clients=clients)


def _token_api(stack: Stack, auth: Auth, function: lambda_.Function) -> Api:
    return Api(stack, "Api", auth=auth, routes=[Route("GET", "/api/a", function, access=[jwt()])])


def _callback(stack: Stack) -> None:
    auth = _signing_in(stack)
    auth.add_callback_urls(f"{_token_api(stack, auth, new_function(stack)).url}/back")


def _backend(stack: Stack) -> None:
    function = new_function(stack)
    api = _token_api(stack, Auth(stack, "Auth"), function)
    function.add_environment("PAGE", Hosting(stack, "Page", build=PAGE, backends={"/api/*": api.url}).url)


def _backend_by_bucket(stack: Stack) -> None:
    """The page sends requests to the API, whose function names a bucket, which takes requests of the page."""
    auth, function = Auth(stack, "Auth"), new_function(stack)
    api = _token_api(stack, auth, function)
    page = Hosting(stack, "Page", build=PAGE, backends={"/api/*": api.url})
    files = Storage(stack, "Files", auth=auth, access=presets.private(), cors_origins=[page.url])
    function.add_environment("FILES", files.bucket_name)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (_pool, r"variable 'POOL' of post_confirmation .*\(S/Function -> S/Auth/UserPool\).*event\['userPoolId'\]"),
        (_client, r"'CLIENT' of post_confirmation .*\(S/Function -> S/Auth/WebClient -> S/Auth/UserPool\)"),
        (_sender_key, r"Triggers\(key=...\) .*\(S/Key -> S/Auth/UserPool\).* aws:SourceAccount"),
        (_encryption_key, r"Protection\(encryption_key=...\) .* aws:SourceAccount"),
        (_http_api, r"'URL' of handler 'Function' .*\(S/Function -> S/Api/HttpApi\).*requestContext"),
        (_rest_api, r"'URL' of handler 'Function' .*\(S/Function -> S/Api/RestApi\).*requestContext"),
        (_trigger_of_api, r"S/Api/HttpApi -> .*S/Auth/UserPool\); use a function that is not a trigger"),
        (_url, r"'ADDRESS' of function .*\(S/Function -> S/Url/Url\).*requestContext"),
        (_callback, r"client 'Web' .*\(S/Auth/WebClient -> S/Api/HttpApi -> S/Auth/WebClient\).*Api\(domain=...\)"),
        (_backend, r"the page .*\(S/Page/Distribution -> S/Api/HttpApi -> S/Function -> S/Page/Distribution\)"),
        (_backend_by_bucket, r"the page .*S/Function -> S/Files/Bucket -> S/Page/Distribution\).*domain_names"),
        (_api_in_policy, r"handler 'Function' .* allow.function\(handler\)"),
    ],
)
def test_what_names_the_maker_that_waits_for_it_is_a_circle(make: Callable[[Stack], None], said: str) -> None:
    app = App(context={"aws:cdk:bundling-stacks": []})
    make(Stack(app, "S"))
    with pytest.raises(RuntimeError, match=said):
        app.synth()


def test_what_waits_for_nothing_of_the_pools_is_named_freely() -> None:
    app = App()
    stack = Stack(app, "S")
    function, table_key = new_function(stack), _key(stack)
    auth = Auth(stack, "Auth", triggers=Triggers(post_confirmation=function))
    table = OwnedTable(stack, "Rows", auth=auth, access=[allow.owner.to("read")])
    table.grant(function, "write")
    function.add_environment("TABLE", table.table_name)
    function.add_environment("KEY", table_key.key_arn)
    app.synth()
