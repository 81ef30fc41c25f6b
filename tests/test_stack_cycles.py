"""Stacks that wait for each other are refused with what each names of the other, at the line where that is known."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, NestedStack, Stack
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs

from constructs_lib.access import allow
from constructs_lib.api import Api, Route
from constructs_lib.auth import Auth, Group, PrefixDomain, Triggers, WebClient
from constructs_lib.client import ClientConfig
from constructs_lib.database import OwnedTable
from constructs_lib.functions import FunctionUrl, Invocable, PythonFunction
from constructs_lib.hosting import Hosting
from constructs_lib.memberships import Memberships
from constructs_lib.storage import Storage, presets
from tests.synthesis import new_function

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "tests" / "hosting" / "page"


def _api(stack: Stack, auth: Auth, function: lambda_.IFunction) -> Api:
    return Api(stack, "Api", auth=auth, routes=[Route("GET", "/a", function, access=[allow.authenticated])])


def _third(beside: Stack) -> Stack:
    app: Any = beside.node.root
    return Stack(app, "Third")


def _triggered(one: Stack, other: Stack) -> tuple[Auth, lambda_.Function]:
    function = new_function(one)
    return Auth(other, "Auth", triggers=Triggers(post_confirmation=function)), function


def _api_elsewhere(one: Stack, other: Stack) -> None:
    function = new_function(one)
    function.add_environment("URL", _api(other, Auth(other, "Auth"), function).url)


def _api_in_a_third(one: Stack, other: Stack) -> None:
    function = new_function(one)
    third = _third(one)
    function.add_environment("URL", _api(third, Auth(other, "Auth"), function).url)


def _pool_elsewhere(one: Stack, other: Stack) -> None:
    auth, function = _triggered(one, other)
    function.add_environment("POOL", auth.user_pool.user_pool_id)


def _by_another_stack(one: Stack, other: Stack) -> None:
    """The function's stack waits for a third one, which waits for the pool's."""
    auth, function = _triggered(one, other)
    third = _third(one)
    files = Storage(third, "Files", auth=auth, access=presets.private())
    function.add_environment("FILES", files.bucket_name)


def _bucket_elsewhere(one: Stack, other: Stack) -> None:
    """A function that may read the bucket answers an API beside the bucket."""
    auth, function = Auth(other, "Auth"), new_function(one)
    Storage(other, "Files", auth=auth, access=presets.private()).grant(function, "read")
    _api(other, auth, function)


def _url_elsewhere(one: Stack, other: Stack) -> None:
    function = new_function(one)
    url = FunctionUrl(other, "Url", auth=Auth(other, "Auth"), function=function, access=[allow.authenticated])
    function.add_environment("URL", url.url)


def _page_of_a_bucket(one: Stack, other: Stack) -> None:
    auth = Auth(other, "Auth")
    page = Hosting(one, "Page", build=PAGE)
    files = Storage(other, "Files", auth=auth, access=presets.private(), cors_origins=[page.url])
    page.configure({"bucket": files.bucket_name})


def _page_that_is_returned_to(one: Stack, other: Stack) -> None:
    clients = [WebClient(callback_urls=["https://a.example.com"])]
    auth = Auth(other, "Auth", domain=PrefixDomain("an-app"), clients=clients)
    page = Hosting(one, "Page", build=PAGE, configuration=ClientConfig(one, "Config", auth=auth).content)
    auth.add_callback_urls(page.url)


AT_SYNTH: list[tuple[Callable[[Stack, Stack], Any], str]] = [
    (_api_elsewhere, "in which 'One/Function' names 'Other/Api/HttpApi', a circular .*; read event"),
    (_api_in_a_third, "stack 'Third' depends on 'One', in which 'One/Function' names 'Third/Api/HttpApi'"),
    (_pool_elsewhere, r"post_confirmation of 'Other/Auth/UserPool' is 'One/Function', .*read event\['userPoolId'\]"),
    (_by_another_stack, r"'One/Function' names 'Third/Files/Bucket', and 'Third/.*' names 'Other/Auth/.*create 'One"),
    (_bucket_elsewhere, "'One/Function/ServiceRole/DefaultPolicy' names 'Other/Files/Bucket'.*create 'One/Function'"),
    (_url_elsewhere, r"function of 'Other/Url/Url' is 'One/Function', .*requestContext"),
    (_page_of_a_bucket, r"cors_origins\[0\] of 'Other/Files/Bucket' is 'One/Page/Distribution', .*create a domain"),
    (_page_that_is_returned_to, r"callback_urls and logout_urls\[0\] of 'Other/Auth/WebClient' is 'One/Page/Distrib"),
]  # fmt: skip


@pytest.fixture
def stacks() -> tuple[Stack, Stack]:
    app = App(context={"aws:cdk:bundling-stacks": []})
    return Stack(app, "One"), Stack(app, "Other")


@pytest.mark.parametrize(("make", "said"), AT_SYNTH)
def test_stacks_that_wait_for_each_other_are_named_with_the_way_out(
    stacks: tuple[Stack, Stack], make: Callable[[Stack, Stack], Any], said: str
) -> None:
    make(*stacks)
    app: Any = stacks[0].node.root
    with pytest.raises(RuntimeError, match=said):
        app.synth()


def _rules_beside_the_trigger(one: Stack, other: Stack) -> None:
    auth, _ = _triggered(one, other)
    OwnedTable(one, "Rows", auth=auth, access=[allow.owner.to("read")])


def _members_elsewhere(one: Stack, other: Stack) -> None:
    members = Memberships(one, "Members")
    triggers = Triggers(pre_token_generation=members.pre_token)
    groups = [Group("admins")]
    members.routes(
        Auth(other, "Auth", tenant=members.tenant, groups=groups, role_rules=members.role_rules, triggers=triggers)
    )


def _queue_elsewhere(one: Stack, other: Stack) -> None:
    files = Storage(other, "Files", auth=Auth(other, "Auth"), access=presets.private())
    files.on_upload("On", new_function(one), dead_letter_queue=sqs.Queue(other, "Failed"))


def _opened_elsewhere(one: Stack, other: Stack) -> None:
    function = PythonFunction(one, "Function", entry=ROOT / "lambda_src" / "shares")
    Invocable(other, "Open", auth=Auth(other, "Auth"), function=function, access=[allow.authenticated])


AT_THE_LINE: list[tuple[Callable[[Stack, Stack], Any], str]] = [
    (_rules_beside_the_trigger, "'One/Rows' adds policies .* trigger post_confirmation, 'One/Function'"),
    (_members_elsewhere, "'One/Members' is in stack 'One' and 'Other/Auth' in 'Other'.*create both in one stack"),
    (_queue_elsewhere, "dead_letter_queue='Other/Failed' is in stack 'Other'.*create the queue in 'One'"),
    (_opened_elsewhere, "'Other/Open' grants rights in stack 'Other'.*create the Invocable in 'One'"),
]


@pytest.mark.parametrize(("make", "said"), AT_THE_LINE)
def test_what_always_closes_a_circle_is_refused_at_its_line(
    stacks: tuple[Stack, Stack], make: Callable[[Stack, Stack], Any], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        make(*stacks)


def test_references_in_one_direction_between_stacks_are_accepted(stacks: tuple[Stack, Stack]) -> None:
    one, other = stacks
    auth, function = _triggered(one, other)
    auth.allow_admin(function, "cognito-idp:AdminGetUser")
    known = lambda_.Function.from_function_arn(one, "Known", "arn:aws:lambda:us-east-1:111122223333:function:known")
    third = _third(one)
    answers = new_function(third, "Answers")
    answers.add_environment("POOL", auth.user_pool.user_pool_id)
    Api(
        third,
        "Api",
        auth=auth,
        routes=[
            Route("GET", "/a", answers, access=[allow.authenticated]),
            Route("GET", "/b", known, access=[allow.authenticated]),
        ],
    )
    page = Hosting(third, "Page", build=PAGE)
    files = Storage(third, "Files", auth=auth, access=presets.private(), cors_origins=[page.url])
    page.configure({"bucket": files.bucket_name})
    nested = NestedStack(third, "Nested")
    files.on_upload("On", new_function(nested), dead_letter_queue=sqs.Queue(nested, "Failed"))
    app: Any = one.node.root
    app.synth()
