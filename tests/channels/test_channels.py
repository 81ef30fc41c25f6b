"""What channels come to in a template: who signs, who shows a token, what IAM gives and what the handler holds."""

from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Template

from constructs_lib.access import allow
from constructs_lib.auth import Auth, Group
from constructs_lib.channel_handlers import HandlerRule, read_handler
from constructs_lib.channels import Channels
from constructs_lib.database import OwnedTable
from constructs_lib.storage import Storage
from tests.synthesis import new_function, plain, statements_of

Templates = dict[str, dict[str, Any]]
API = "arn:<AWS::Partition>:appsync:<AWS::Region>:<AWS::AccountId>:apis/<ChannelsApi.ApiId>"


def namespace(template: dict[str, Any], name: str) -> dict[str, Any]:
    kind = "AWS::AppSync::ChannelNamespace"
    [found] = [
        each for each in template["Resources"].values() if each["Type"] == kind and each["Properties"]["Name"] == name
    ]
    properties: dict[str, Any] = plain(found["Properties"])
    return properties | {"Metadata": found.get("Metadata", {})}


def modes(found: dict[str, Any]) -> dict[str, list[str]]:
    names = {"publish": "PublishAuthModes", "subscribe": "SubscribeAuthModes"}
    return {verb: [mode["AuthType"] for mode in found[name]] for verb, name in names.items()}


def rules(found: dict[str, Any]) -> set[HandlerRule]:
    held = read_handler(found["CodeHandlers"])
    assert held is not None
    return set(held)


def rule(verb: str, kind: str, name: str, *segments: str) -> HandlerRule:
    return HandlerRule(verb=verb, kind=kind, name=name, segments=segments)


def test_iam_holds_a_namespace_without_anybodys_channels_alone(channel_templates: Templates) -> None:
    news = namespace(channel_templates["chat"], "news")
    assert "CodeHandlers" not in news
    assert modes(news) == {"publish": ["AWS_IAM"], "subscribe": ["AWS_IAM"]}


def test_owners_are_held_by_a_handler_to_their_identity_id(channel_templates: Templates) -> None:
    private = namespace(channel_templates["chat"], "private")
    user, editors = "<AuthAuthenticatedRole>", "<AuthGroupeditorsRole>"
    assert rules(private) == {
        *(
            rule(verb, "role", role, "private", "{identity}")
            for verb in ("subscribe", "publish")
            for role in (user, editors)
        ),
        rule("subscribe", "role", editors, "private", "{any}"),
        rule("publish", "role", "<FunctionServiceRole>", "private", "{any}"),
    }
    assert modes(private) == {"publish": ["AWS_IAM"], "subscribe": ["AWS_IAM"]}


def test_tenants_are_held_to_the_claim_of_their_token_and_functions_sign(channel_templates: Templates) -> None:
    tenants = namespace(channel_templates["chat"], "tenants")
    own = ("tenants", "{claim}custom:tenant")
    assert rules(tenants) == {
        rule("subscribe", "user", "", *own),
        rule("publish", "group", "editors", *own),
        rule("publish", "role", "<FunctionServiceRole>", "tenants", "{any}"),
    }
    assert modes(tenants) == {
        "publish": ["AWS_IAM", "AMAZON_COGNITO_USER_POOLS"],
        "subscribe": ["AMAZON_COGNITO_USER_POOLS"],
    }


def test_under_sub_owners_are_held_to_their_tokens_sub_and_iam_gives_nothing(channel_templates: Templates) -> None:
    template = channel_templates["by_sub"]
    assert rules(namespace(template, "private")) == {
        rule(verb, "user", "", "private", "{sub}") for verb in ("publish", "subscribe")
    }
    assert not [name for name, each in template["Resources"].items() if each["Type"] == "AWS::IAM::Policy"]


def test_each_role_may_use_exactly_its_namespaces(channel_templates: Templates) -> None:
    def of(*names: str) -> Any:
        arns = [f"{API}/channelNamespace/{name}" for name in names]
        return arns if len(arns) > 1 else arns[0]

    def given(policy: str) -> dict[str, Any]:
        said = statements_of(channel_templates["chat"], policy)
        actions = ((each, each["Action"] if isinstance(each["Action"], list) else [each["Action"]]) for each in said)
        return {action: each["Resource"] for each, names in actions for action in names}

    connects = {"appsync:EventConnect": API}
    assert given("AuthGuestPolicy") == {"appsync:EventSubscribe": of("news"), **connects}
    assert given("AuthAuthenticatedPolicy") == {
        "appsync:EventSubscribe": of("news", "private"),
        "appsync:EventPublish": of("private"),
        **connects,
    }
    assert given("AuthGroupeditorsPolicy") == {
        "appsync:EventSubscribe": of("news", "private"),
        "appsync:EventPublish": of("news", "private"),
        **connects,
    }
    assert given("FunctionServiceRoleDefaultPolicy") == {"appsync:EventPublish": of("private", "tenants")}


def test_only_tokens_of_the_auths_own_clients_are_taken_and_no_key(channel_templates: Templates) -> None:
    [api] = [each for each in channel_templates["chat"]["Resources"].values() if each["Type"] == "AWS::AppSync::Api"]
    config = plain(api["Properties"]["EventConfig"])
    assert [each["AuthType"] for each in config["AuthProviders"]] == ["AWS_IAM", "AMAZON_COGNITO_USER_POOLS"]
    assert config["AuthProviders"][1]["CognitoConfig"]["AppIdClientRegex"] == "^(<AuthWebClient>)$"
    iam_alone = [{"AuthType": "AWS_IAM"}]
    assert config["DefaultPublishAuthModes"] == config["DefaultSubscribeAuthModes"] == iam_alone


def test_the_template_says_whose_the_channels_are_and_what_is_opened(channel_templates: Templates) -> None:
    me = "private/${cognito-identity.amazonaws.com:sub}/*"
    assert namespace(channel_templates["chat"], "private")["Metadata"] == {
        "cognito-app:owned": [me],
        "cognito-app:opened": [{"place": me, "caller": "group:editors", "actions": ["appsync:EventSubscribe"]}],
    }
    tenants = namespace(channel_templates["chat"], "tenants")["Metadata"]
    assert tenants == {"cognito-app:owned": ["tenants/${aws:PrincipalTag/tenant}/*"]}


def test_the_order_of_rules_and_paths_changes_nothing() -> None:
    access = {
        "/a/{owner}/*": [allow.owner.to("publish", "subscribe"), allow.group("g").to("subscribe", everyone=True)],
        "/b/{owner}/*": [allow.owner.to("publish")],
    }

    def made(access: Any) -> Any:
        stack = Stack(App(), "Stack")
        Channels(stack, "Channels", auth=Auth(stack, "Auth", groups=[Group("g")]), access=access)
        return Template.from_stack(stack).to_json()["Resources"]

    turned = {path: rules[::-1] for path, rules in reversed(access.items())}
    assert made(access) == made(turned)


def test_a_function_without_a_role_and_more_rules_than_code_holds_are_refused() -> None:
    stack = Stack(App(), "Stack")
    auth = Auth(stack, "Auth", groups=[Group(f"group{number}") for number in range(300)])
    nobody = allow.function(iam.ServicePrincipal("x.amazonaws.com")).to("publish")
    with pytest.raises(ValueError, match="no role of its own"):
        Channels(stack, "One", auth=auth, access={"/news/*": [nobody]})
    with pytest.raises(ValueError, match=r"the rules of namespace 'private' have \d{6} characters"):
        Channels(stack, "Two", auth=auth, access={"/private/{owner}/*": [allow.owner.to("publish", "subscribe")]})


def test_verbs_of_channels_mean_nothing_for_folders_and_rows() -> None:
    stack = Stack(App(), "Stack")
    auth = Auth(stack, "Auth")
    hears = allow.owner.to("subscribe")
    with pytest.raises(ValueError, match="'subscribe' is not a verb for this"):
        Storage(stack, "Files", auth=auth, access={"private/{owner}/*": [hears]})
    with pytest.raises(ValueError, match="'subscribe' is not a verb for this"):
        OwnedTable(stack, "Rows", auth=auth, access=[hears])
    with pytest.raises(ValueError, match="'publish' is not a verb for this"):
        OwnedTable(stack, "Others", auth=auth, access=[]).grant(new_function(stack), "publish")
