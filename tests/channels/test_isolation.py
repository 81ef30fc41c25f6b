"""The proof of channels: a rule that is lost, code that is changed, another way in - each is seen."""

import copy
import re
from collections.abc import Callable
from typing import Any, Final

import pytest
from aws_cdk import App, Environment, Stack
from aws_cdk.assertions import Template as Synthesized

from constructs_lib.access import allow
from constructs_lib.analysis.diff.compare import compare
from constructs_lib.analysis.engine.cvc5_engine import Cvc5
from constructs_lib.analysis.proof.findings import Status
from constructs_lib.analysis.proof.prove import prove
from constructs_lib.analysis.template.templates import Template
from constructs_lib.auth import Auth, Group
from constructs_lib.channels import Channels
from constructs_lib.storage import Storage
from constructs_lib.testing import assert_access
from tests.proofs import models_of, proof_of
from tests.synthesis import CONTEXT

Body = dict[str, Any]
ANY: Final = '"{any}"'


def by_sub(stack: Stack) -> Body:
    """Return a template with channels of users, known by their `sub`, to which a group listens on purpose."""
    auth = Auth(stack, "Auth", owner="sub", guests=True, groups=[Group("editors")])
    rules = [allow.owner.to("subscribe", "publish"), allow.group("editors").to("subscribe", everyone=True)]
    Channels(stack, "Channels", auth=auth, access={"/private/{owner}/*": rules})
    return dict(Synthesized.from_stack(stack).to_json())


def namespace(body: Body, name: str) -> Body:
    found = (each["Properties"] for each in body["Resources"].values() if "ChannelNamespace" in each["Type"])
    return next(each for each in found if each["Name"] == name)


def rules_say(name: str, old: str, new: str) -> Callable[[Body], None]:
    """Return what rewrites the rules in a namespace's handler and leaves the program as it is."""

    def change(body: Body) -> None:
        parts = namespace(body, name)["CodeHandlers"]["Fn::Join"][1]
        end = next(index for index, part in enumerate(parts) if "function roleOf" in str(part))
        changed = [re.sub(old, new, part) if isinstance(part, str) else part for part in parts[:end]]
        last, program = parts[end].split("]\n\nfunction", 1)
        parts[: end + 1] = [*changed, f"{re.sub(old, new, last)}]\n\nfunction{program}"]

    return change


def code_says(name: str, old: str, new: str) -> Callable[[Body], None]:
    def change(body: Body) -> None:
        parts = namespace(body, name)["CodeHandlers"]["Fn::Join"][1]
        assert any(old in str(part) for part in parts)
        parts[:] = [part.replace(old, new) if isinstance(part, str) else part for part in parts]

    return change


def without_handler(name: str) -> Callable[[Body], None]:
    return lambda body: namespace(body, name).pop("CodeHandlers")


def with_mode(name: str, mode: str) -> Callable[[Body], None]:
    return lambda body: namespace(body, name)["SubscribeAuthModes"].append({"AuthType": mode})


def together(*changes: Callable[[Body], None]) -> Callable[[Body], None]:
    def change(body: Body) -> None:
        for each in changes:
            each(body)

    return change


def tokens_of_another_pool(body: Body) -> None:
    api = next(each for each in body["Resources"].values() if each["Type"] == "AWS::AppSync::Api")
    api["Properties"]["EventConfig"]["AuthProviders"][1]["CognitoConfig"]["UserPoolId"] = "eu-west-1_another"


def a_data_source(body: Body) -> None:
    direct = {"Behavior": "DIRECT", "Integration": {"DataSourceName": "code"}}
    namespace(body, "private")["HandlerConfigs"] = {"OnPublish": direct}


def no_modes_known(body: Body) -> None:
    namespace(body, "tenants")["SubscribeAuthModes"] = [{"AuthType": {"Ref": "Mode"}}]
    body["Parameters"] = {"Mode": {"Type": "String"}}


def no_metadata(body: Body) -> None:
    for each in body["Resources"].values():
        each.get("Metadata", {}).pop("cognito-app:opened", None)


OPENED: Final[dict[str, Callable[[Body], None]]] = {
    "the owner's rule": rules_say("private", re.escape('"{identity}"'), ANY),
    "the owner's segment": rules_say("private", re.escape(', "{identity}"'), ""),
    "the tenant's rule": rules_say("tenants", re.escape('"{claim}custom:tenant"'), ANY),
    "a group's tenant": rules_say("tenants", r'("editors", "segments": \["tenants", )"[^"]*"', rf"\1{ANY}"),
    "the handler for owners": without_handler("private"),
    "the handler for tenants": without_handler("tenants"),
    "a key, and no handler": together(without_handler("private"), with_mode("private", "API_KEY")),
    "that it is meant": no_metadata,
}
UNKNOWN: Final[dict[str, Callable[[Body], None]]] = {
    "an edited program": code_says("private", "segment === '*' || ", ""),
    "a comment": code_says("private", "// Written", "// Copied"),
    "a handler in a bucket": lambda body: namespace(body, "private").update(CodeS3Location="s3://code/handler.js"),
    "a data source": a_data_source,
    "an OpenID Connect provider": with_mode("private", "OPENID_CONNECT"),
    "another claim": rules_say("tenants", "custom:tenant", "email"),
    "another user pool": tokens_of_another_pool,
    "a group of nobody's": rules_say("tenants", r'"editors", (.*)"{claim}[^"]*"', rf'"x", \1{ANY}'),
    "the modes": no_modes_known,
}
SHUT: Final[dict[str, Callable[[Body], None]]] = {
    "a key before the handler": with_mode("private", "API_KEY"),
    "an authorizer before the handler": with_mode("private", "AWS_LAMBDA"),
    "tokens where rules name roles": with_mode("private", "AMAZON_COGNITO_USER_POOLS"),
}


@pytest.fixture
def body(channel_templates: dict[str, Body]) -> Body:
    return copy.deepcopy(channel_templates["chat"])


def test_nobody_reaches_anothers_channels_by_two_engines(channel_templates: dict[str, Body]) -> None:
    for each in channel_templates.values():
        models = models_of(each)
        report = prove(models, second=Cvc5())
        assert report.status is Status.PROVED
        assert not report.one_engine_only
        assert not [each for each in report.warnings if "no caller reaches" in each]
    assert report.owned


@pytest.mark.parametrize("change", OPENED.values(), ids=OPENED)
def test_what_is_opened_is_a_counterexample(body: Body, change: Callable[[Body], None]) -> None:
    change(body)
    assert proof_of(body).status is Status.COUNTEREXAMPLE


@pytest.mark.parametrize("change", UNKNOWN.values(), ids=UNKNOWN)
def test_what_is_not_known_is_undecided_and_named(body: Body, change: Callable[[Body], None]) -> None:
    change(body)
    report = proof_of(body)
    assert report.status is Status.UNDECIDED
    assert [
        each for each in report.findings if each.status is Status.UNDECIDED and re.search("amespace|claim", each.story)
    ]


@pytest.mark.parametrize("change", SHUT.values(), ids=SHUT)
def test_the_handler_shuts_what_gives_it_neither_role_nor_claims(body: Body, change: Callable[[Body], None]) -> None:
    change(body)
    assert proof_of(body).status is Status.PROVED


def test_iam_wider_than_the_rules_is_held_by_the_handler(body: Body) -> None:
    for name, each in body["Resources"].items():
        if re.match("Auth(Guest|Authenticated|Groupeditors)Policy", name):
            event = {"Effect": "Allow", "Action": "appsync:Event*", "Resource": "*"}
            each["Properties"]["PolicyDocument"]["Statement"].append(event)
    assert proof_of(body).status is Status.PROVED
    without_handler("private")(body)
    assert proof_of(body).status is Status.COUNTEREXAMPLE


def test_who_may_change_a_handler_may_hear_everything(body: Body) -> None:
    policy = next(each for name, each in body["Resources"].items() if name.startswith("AuthAuthenticatedPolicy"))
    change = {"Effect": "Allow", "Action": "appsync:UpdateChannelNamespace", "Resource": "*"}
    policy["Properties"]["PolicyDocument"]["Statement"].append(change)
    assert proof_of(body).status is Status.COUNTEREXAMPLE


def test_groups_of_tokens_hear_what_their_rules_say_and_others_do_not() -> None:
    body = by_sub(Stack(App(context=CONTEXT), "S"))
    assert proof_of(body).status is Status.PROVED
    name = next(key for key, each in body["Resources"].items() if "ChannelNamespace" in each["Type"])
    own, others = f"subscribe {name} private/{{owner}}/x", f"subscribe {name} private/{{other}}/x"
    assert_access(body, "authenticated", can=[own], cannot=[others])
    sent = [each.replace("subscribe", "publish") for each in (own, others)]
    assert_access(body, "group:editors", can=[own, others, sent[0]], cannot=[sent[1]])
    assert_access(body, "guest", cannot=[own, others])
    signed = [each.replace(name, f"{name}/signed") for each in (own, others)]
    assert_access(body, "authenticated", cannot=signed)


def test_no_policy_of_a_role_holds_who_comes_with_a_token() -> None:
    body = by_sub(Stack(App(context=CONTEXT), "S"))
    for each in body["Resources"].values():
        if each["Type"] == "AWS::IAM::Role":
            each["Properties"]["PermissionsBoundary"] = "arn:aws:iam::aws:policy/AWSDenyAll"
    name = next(key for key, each in body["Resources"].items() if "ChannelNamespace" in each["Type"])
    assert_access(body, "authenticated", can=[f"publish {name} private/{{owner}}/x"])
    held = namespace(body, "private")
    held["CodeHandlers"] = held["CodeHandlers"].replace('"{sub}"', ANY)
    assert proof_of(body).status is Status.COUNTEREXAMPLE


def test_a_way_in_that_is_not_said_may_be_by_token() -> None:
    body = by_sub(Stack(App(context=CONTEXT), "S"))
    held = namespace(body, "private")
    held["CodeHandlers"] = held["CodeHandlers"].replace('"{sub}"', ANY)
    body["Parameters"]["Way"] = {"Type": "String"}
    for verb in ("Subscribe", "Publish"):
        held[f"{verb}AuthModes"] = [{"AuthType": {"Ref": "Way"}}]
    assert proof_of(body).status is Status.UNDECIDED


@pytest.mark.parametrize("region", ["cn-north-1", "us-gov-west-1"])
def test_identity_ids_of_other_partitions_are_the_owners_too(region: str) -> None:
    stack = Stack(App(context=CONTEXT), "S", env=Environment(account="1" * 12, region=region))
    auth = Auth(stack, "Auth", groups=[Group("editors")])
    rules = [allow.owner.to("subscribe", "publish"), allow.group("editors").to("subscribe", everyone=True)]
    Channels(stack, "Channels", auth=auth, access={"/private/{owner}/*": rules})
    files = [allow.owner.to("read", "write"), allow.group("editors").to("read", everyone=True)]
    Storage(stack, "Files", auth=auth, access={"private/{owner}/*": files})
    assert proof_of(dict(Synthesized.from_stack(stack).to_json())).status is Status.PROVED


def test_the_diff_tells_what_a_namespace_opens(body: Body) -> None:
    old = Template(name="T", body=copy.deepcopy(body), source="test")
    rules_say("private", re.escape('"{identity}"'), ANY)(body)
    found = compare([old], [Template(name="T", body=body, source="test")])
    assert any("A signed-in user can now subscribe and publish" in each.sentence for each in found.gained)
