"""A stack says what Amplify clients need: outputs by Amplify's names, and the metadata its tool looks for."""

import json
import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aws_cdk import App, NestedStack, SecretValue, Stack
from aws_cdk.assertions import Template

from constructs_lib.access import allow, compile_folders, parse_folders
from constructs_lib.api import Api, Route
from constructs_lib.auth import (
    Auth,
    Claim,
    Factors,
    Google,
    Group,
    Messages,
    PrefixDomain,
    SesSender,
    Tenant,
    WebClient,
)
from constructs_lib.channels import Channels
from constructs_lib.client.amplify import amplify_outputs
from constructs_lib.client.construct import ClientConfig, _paths
from constructs_lib.functions import PythonFunction
from constructs_lib.storage import Storage

OWNER = "${cognito-identity.amazonaws.com:sub}"
REGION = {"region": "eu-west-1", "account": "111111111111"}


def app_stack() -> tuple[Stack, Auth, Storage]:
    stack = Stack(App(), "Documents", env=REGION)
    auth = Auth(stack, "Auth", guests=True, groups=[Group("editors"), Group("admins")])
    storage = Storage(
        stack,
        "Files",
        auth=auth,
        access={
            "public/*": [allow.guest.to("read"), allow.group("editors").to("read", "write")],
            "private/{owner}/*": [
                allow.owner.to("read", "write", "delete"),
                allow.group("admins").to("read", everyone=True),
            ],
        },
    )
    return stack, auth, storage


@pytest.fixture(scope="module")
def whole() -> tuple[Mapping[str, Any], Any]:
    """Return the template of an app with all there is to tell, and the content of its configuration."""
    stack, auth, storage = app_stack()
    config = ClientConfig(
        stack,
        auth=auth,
        storage=[storage],
        apis={"shares": "https://abc.execute-api.eu-west-1.amazonaws.com/"},
        custom={"notesTableName": storage.bucket.bucket_name},
    )
    return Template.from_stack(stack).to_json(), stack.resolve(config.content)


def deployed(template: Mapping[str, Any]) -> dict[str, str]:
    """Give every reference of the outputs a value, as a deploy would."""
    return {name: evaluate(output["Value"]) for name, output in template["Outputs"].items()}


def evaluate(value: Any) -> str:
    match value:
        case {"Ref": name}:
            return f"eu-west-1:{name}" if "IdentityPool" in name else f"eu-west-1_{name}"
        case {"Fn::Join": [separator, parts]}:
            return str(separator).join(evaluate(part) for part in parts)
        case {"Fn::GetAtt": [name, attribute]}:
            return f"{name}.{attribute}"
        case str():
            return value
        case other:
            raise AssertionError(other)


def test_the_outputs_make_the_whole_amplify_file(whole: tuple[Mapping[str, Any], Any]) -> None:
    content = amplify_outputs(deployed(whole[0]))
    auth_part = content["auth"]
    bucket = content["storage"]["bucket_name"]
    assert {key: auth_part[key] for key in sorted(auth_part) if not key.endswith("_id")} == {
        "aws_region": "eu-west-1",
        "groups": [{"editors": {"precedence": 0}}, {"admins": {"precedence": 1}}],
        "mfa_configuration": "OPTIONAL",
        "mfa_methods": ["TOTP"],
        "password_policy": {
            "min_length": 12,
            "require_lowercase": True,
            "require_numbers": True,
            "require_symbols": True,
            "require_uppercase": True,
        },
        "standard_required_attributes": ["email"],
        "unauthenticated_identities_enabled": True,
        "user_verification_types": ["email"],
        "username_attributes": ["email"],
    }
    assert content["storage"]["buckets"] == [
        {
            "name": "Files",
            "bucket_name": bucket,
            "aws_region": "eu-west-1",
            "paths": {
                f"private/{OWNER}/*": {"entityidentity": ["delete", "get", "list", "write"]},
                "private/*": {"groupsadmins": ["get"]},
                "public/*": {"groupseditors": ["get", "list", "write"], "guest": ["get", "list"]},
            },
        }
    ]
    assert content["custom"] == {
        "notesTableName": bucket,
        "API": {"shares": {"endpoint": "https://abc.execute-api.eu-west-1.amazonaws.com", "region": "eu-west-1"}},
    }


def test_the_metadata_names_exactly_the_outputs_there_are(whole: tuple[Mapping[str, Any], Any]) -> None:
    template, _ = whole
    parts = {name: part for name, part in template["Metadata"].items() if name.startswith("AWS::Amplify::")}
    assert set(parts) == {"AWS::Amplify::Auth", "AWS::Amplify::Storage", "AWS::Amplify::Custom"}
    assert all(part["version"] == "1" for part in parts.values())
    assert {name for part in parts.values() for name in part["stackOutputs"]} == set(template["Outputs"])


def test_an_app_without_a_bucket_or_api_carries_no_such_part() -> None:
    stack = Stack(App(), "Plain", env=REGION)
    ClientConfig(stack, auth=Auth(stack, "Auth"))
    content = amplify_outputs(deployed(Template.from_stack(stack).to_json()))
    assert set(content) == {"version", "auth"}
    assert content["auth"]["unauthenticated_identities_enabled"] is False


def test_folders_named_by_sub_have_no_word_in_amplifys_file_and_are_left_out() -> None:
    stack = Stack(App(), "BySub", env=REGION)
    auth = Auth(stack, "Auth", owner="sub")
    storage = Storage(stack, "Files", auth=auth, access={"private/{owner}/*": [allow.owner.to("read")]})
    ClientConfig(stack, auth=auth, storage=[storage])
    content = amplify_outputs(deployed(Template.from_stack(stack).to_json()))
    assert content["storage"]["buckets"][0]["paths"] == {}


def test_clients_are_told_which_claim_each_placeholder_is_where_it_is_no_identity_id() -> None:
    stack = Stack(App(), "S", env=REGION)
    auth = Auth(stack, "Auth", owner="sub", tenant=Tenant(), claims={"team": Claim("custom:team", form="[a-z]{2,9}")})
    rules = {"tenants/{tenant}/*": [allow.tenant.to("read")]}
    config = ClientConfig(stack, auth=auth, storage=[Storage(stack, "Files", auth=auth, access=rules)])
    assert config.content["custom"]["placeholders"] == {
        "owner": "sub",
        "team": "custom:team",
        "tenant": "custom:tenant",
    }
    content = amplify_outputs(deployed(Template.from_stack(stack).to_json()))
    assert content["custom"] == config.content["custom"]
    assert content["storage"]["buckets"][0]["paths"] == {}


@pytest.mark.parametrize("key", ["placeholders", "events", "API"])
def test_a_key_that_is_written_for_another_option_is_not_overwritten(key: str) -> None:
    stack = Stack(App(), "S", env=REGION)
    auth = Auth(stack, "Auth", owner="sub")
    channels = Channels(stack, "Channels", auth=auth, access={"/p/{owner}/*": [allow.owner.to("subscribe")]})
    with pytest.raises(ValueError, match=rf"custom={{'{key}': \.\.\.}} is a key that ClientConfig writes itself"):
        ClientConfig(stack, auth=auth, channels=channels, apis={"a": "https://a.example.com"}, custom={key: {}})


@pytest.mark.parametrize("value", [object(), float("nan"), {"tables": {"a"}}])
def test_a_custom_value_that_is_not_json_is_refused(value: object) -> None:
    stack = Stack(App(), "S", env=REGION)
    with pytest.raises(ValueError, match=r"custom={'table': \.\.\.} is not JSON .*; write texts"):
        ClientConfig(stack, auth=Auth(stack, "Auth"), custom={"table": value})


def test_events_have_the_address_and_the_way_that_amplify_takes() -> None:
    told = {}
    for owner, way in (("identity", "AWS_IAM"), ("sub", "AMAZON_COGNITO_USER_POOLS")):
        stack = Stack(App(), "Events", env=REGION)
        auth = Auth(stack, "Auth", owner=cast("Any", owner))
        channels = Channels(stack, "Channels", auth=auth, access={"/p/{owner}/*": [allow.owner.to("subscribe")]})
        ClientConfig(stack, auth=auth, channels=channels)
        events = amplify_outputs(deployed(Template.from_stack(stack).to_json()))["custom"]["events"]
        assert re.fullmatch("https://ChannelsApi[0-9A-F]*.Dns.Http/event", events.pop("url"))
        told[owner] = events == {"aws_region": "eu-west-1", "default_authorization_type": way}
    assert told == {"identity": True, "sub": True}


def test_a_second_one_in_a_stack_is_refused() -> None:
    stack, auth, _ = app_stack()
    ClientConfig(stack, auth=auth)
    with pytest.raises(ValueError, match="stack 'Documents' already has a ClientConfig"):
        ClientConfig(stack, "Another", auth=auth)


def test_one_in_a_nested_stack_is_refused() -> None:
    stack, auth, _ = app_stack()
    with pytest.raises(ValueError, match="Amplify reads top-level stacks only"):
        ClientConfig(NestedStack(stack, "Nested"), auth=auth)


def test_two_buckets_of_one_name_are_refused() -> None:
    stack, auth, storage = app_stack()
    with pytest.raises(ValueError, match="Amplify identifies buckets by name"):
        ClientConfig(stack, auth=auth, storage=[storage, storage])


def test_groups_amplify_would_mix_up_are_refused_at_synth() -> None:
    stack = Stack(App(), "Groups", env=REGION)
    auth = Auth(stack, "Auth", groups=[Group("admin"), Group("superadmin")])
    with pytest.raises(ValueError, match="which compares parts of names"):
        ClientConfig(stack, auth=auth)


def test_outputs_are_json_after_every_value_is_known(whole: tuple[Mapping[str, Any], Any]) -> None:
    outputs = deployed(whole[0])
    assert json.loads(json.loads(outputs["buckets"])[0])["name"] == "Files"


def test_the_content_is_what_the_command_makes_of_the_deployed_outputs(whole: tuple[Mapping[str, Any], Any]) -> None:
    template, content = whole
    assert filled_in(content) == amplify_outputs(deployed(template))


def filled_in(content: Any) -> Any:
    match content:
        case {"Ref": _} | {"Fn::Join": _}:
            return evaluate(content)
        case dict():
            return {key: filled_in(value) for key, value in content.items()}
        case list():
            return [filled_in(value) for value in content]
        case _:
            return content


def test_hosted_sign_in_providers_and_passkeys_are_told() -> None:
    stack = Stack(App(), "Hosted", env=REGION)
    auth = Auth(
        stack,
        "Auth",
        domain=PrefixDomain("documents-of-mine"),
        providers=[Google(client_id="g", client_secret=SecretValue.secrets_manager("google"))],
        clients=[WebClient(callback_urls=["https://a.example/"], logout_urls=["https://a.example/bye"])],
        factors=Factors(first=["password", "email_otp", "passkey"], relying_party_id="a.example", mfa="off"),
        messages=Messages(email=SesSender(from_email="hello@a.example")),
    )
    ClientConfig(stack, auth=auth)
    content = amplify_outputs(deployed(Template.from_stack(stack).to_json()))["auth"]
    # The prefix stands in a reference to the domain, which has its made-up value here.
    assert content["oauth"].pop("domain").endswith(".auth.eu-west-1.amazoncognito.com")
    assert content["oauth"] == {
        "identity_providers": ["GOOGLE"],
        "scopes": ["openid", "email", "profile"],
        "redirect_sign_in_uri": ["https://a.example/"],
        "redirect_sign_out_uri": ["https://a.example/bye"],
        "response_type": "code",
    }
    assert content["passwordless"] == {
        "email_otp_enabled": True,
        "sms_otp_enabled": False,
        "web_authn": {"relying_party_id": "a.example", "user_verification": "preferred"},
    }


MAPS = [
    {"private/{owner}/*": [allow.owner.to("read"), allow.group("admins").to("read", everyone=True)]},
    {"private/*": [allow.group("admins").to("read", everyone=True)], "private/{owner}/*": [allow.owner.to("read")]},
    {"private/{owner}/*": [allow.owner.to("read"), allow.group("admins").to("list", everyone=True)]},
    {"public/*": [allow.group("admins").to("list"), allow.authenticated.to("get")]},
]


@pytest.mark.parametrize("access", MAPS)
def test_the_file_offers_a_listing_exactly_where_iam_allows_it(access: Mapping[str, Any]) -> None:
    """Amplify's client lists the part of a path before its `*`."""
    storage: Any = SimpleNamespace(folders=parse_folders(access))
    auth: Any = SimpleNamespace(owner="identity")
    everything = frozenset({allow.authenticated, allow.owner, allow.group("admins")})
    offered = {path: set().union(*keys.values()) for path, keys in _paths(storage, auth).items()}
    assert all(offered.values())
    statements = compile_folders(storage.folders, everything, bucket_arn="B", variables={"owner": OWNER})
    patterns = [
        pattern
        for statement in statements
        for pattern in cast("list[str]", statement.conditions.get("StringLike", {}).get("s3:prefix", []))
    ]
    for path, verbs in offered.items():
        prefix = path.removesuffix("*")
        listed = any(pattern == path or fnmatchcase(prefix, pattern) for pattern in patterns)
        assert ("list" in verbs) == listed, (path, verbs, patterns)


def test_an_api_in_place_of_its_address_is_refused_with_the_attribute_that_is_the_address(tmp_path: Path) -> None:
    stack, auth, _ = app_stack()
    (tmp_path / "handler.py").write_text("def handler(event, context): ...\n", encoding="utf-8")
    routes = [Route("GET", "/shares", PythonFunction(stack, "F", entry=tmp_path), access=[allow.guest])]
    apis: Any = {"shares": Api(stack, "Api", auth=auth, routes=routes)}
    with pytest.raises(ValueError, match=r"apis\['shares'\] is an Api; write its .*\.url\b.*, or a string"):
        ClientConfig(stack, auth=auth, apis=apis)
