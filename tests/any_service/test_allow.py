"""Rights in any AWS service by a sentence: what a policy says of it, and what is refused because it means nothing."""

import itertools
import re
from typing import Any

import pytest
from aws_cdk import CfnParameter, CfnResource, Fn, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kinesisfirehose as firehose
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Template

from constructs_lib.access import Statement, Subject, allow
from constructs_lib.auth import Auth, Claim, Group, Tenant
from constructs_lib.functions import PythonFunction
from tests.functions.conftest import entry, stack

__all__ = ["entry", "stack"]

UUID = "${aws:PrincipalTag/sub}"
ACME = "${aws:PrincipalTag/tenant}"
MODEL = "arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-lite-v1:0"


def arn(service: str, name: str) -> str:
    return f"arn:aws:{service}:eu-west-1:123456789012:{name}"


def say(service: str, name: str, *actions: str, **more: Any) -> Statement:
    return Statement(actions=tuple(f"{service}:{each}" for each in actions), resources=(arn(service, name),), **more)


def given(stack: Stack) -> dict[str, list[dict[str, Any]]]:
    """Return the statements of each policy of people, by the policy's name without its hash."""
    found = Template.from_stack(stack).find_resources("AWS::IAM::Policy")
    return {
        str(name)[:-8].removeprefix("Auth"): list(policy["Properties"]["PolicyDocument"]["Statement"])
        for name, policy in found.items()
        if "Role" not in name
    }


@pytest.fixture
def auth(stack: Stack) -> Auth:
    return Auth(
        stack, "Auth", guests=True, owner="sub", groups=[Group("admins")], tenant=Tenant(form="[a-z0-9-]{3,36}")
    )


SENTENCES: dict[str, tuple[Subject, Statement, str]] = {
    "a queue": (allow.owner, say("sqs", "inbox-{owner}", "ReceiveMessage"), arn("sqs", f"inbox-{UUID}")),
    "a queue that keeps the order": (
        allow.owner, say("sqs", "in-{owner}.fifo", "SendMessage"), arn("sqs", f"in-{UUID}.fifo"),
    ),
    "a topic": (allow.owner, say("sns", "to-{owner}", "Subscribe"), arn("sns", f"to-{UUID}")),
    "parameters": (
        allow.owner, say("ssm", "parameter/of/{owner}/*", "GetParameter"), arn("ssm", f"parameter/of/{UUID}/*"),
    ),
    "secrets": (
        allow.owner, say("secretsmanager", "secret:{owner}-*", "GetSecretValue"),
        arn("secretsmanager", f"secret:{UUID}-*"),
    ),
    "MQTT": (allow.owner, say("iot", "topic/u/{owner}/*", "Publish", "Receive"), arn("iot", f"topic/u/{UUID}/*")),
    "a tenant's": (
        allow.tenant, say("iot", "topicfilter/t/{tenant}/*", "Subscribe"), arn("iot", f"topicfilter/t/{ACME}/*"),
    ),
    "an owner's in a tenant's": (
        allow.owner, say("ssm", "parameter/{tenant}/{owner}/*", "GetParameter"),
        arn("ssm", f"parameter/{ACME}/{UUID}/*"),
    ),
    "a group's in its tenant": (allow.group("admins"), say("sns", "of-{tenant}", "Publish"), arn("sns", f"of-{ACME}")),
    "nobody's": (
        allow.authenticated, say("geo", "place-index/Here", "SearchPlaceIndexForText"), arn("geo", "place-index/Here"),
    ),
    "a model": (allow.group("admins"), Statement(actions=("bedrock:InvokeModel",), resources=(MODEL,)), MODEL),
    "what names no resource": (
        allow.guest, Statement(actions=("rekognition:DetectLabels",), resources=("*",)), "*",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SENTENCES)
def test_a_sentence_becomes_a_statement_for_whom_it_speaks_of(stack: Stack, auth: Auth, name: str) -> None:
    subject, statement, resource = SENTENCES[name]
    auth.allow(stack, subject, [statement])
    found = given(stack)
    assert {str(each["Resource"]) for statements in found.values() for each in statements} == {resource}
    people = {"guest": {"GuestPolicy"}, 'group("admins")': {"GroupadminsPolicy"}}
    assert found.keys() == people.get(str(subject), {"AuthenticatedPolicy", "GroupadminsPolicy"})


def test_arns_of_the_stack_may_have_tokens(stack: Stack, auth: Auth) -> None:
    here = f"arn:{stack.partition}:sqs:{stack.region}:{stack.account}:inbox-{{owner}}"
    auth.allow(stack, allow.owner, [Statement(actions=("sqs:ReceiveMessage",), resources=(here,))])
    (statement,) = given(stack)["AuthenticatedPolicy"]
    assert statement["Resource"]["Fn::Join"][1][-1] == f":inbox-{UUID}"


def constructs(stack: Stack) -> dict[str, str]:
    function = lambda_.Function(
        stack, "F", runtime=lambda_.Runtime.PYTHON_3_13, handler="i.h", code=lambda_.Code.from_inline("x")
    )
    key = dynamodb.Attribute(name="key", type=dynamodb.AttributeType.STRING)
    return {
        "queue": sqs.Queue(stack, "Q").queue_arn,
        "function": function.function_arn,
        "any version": f"{function.function_arn}:*",
        "version": function.current_version.function_arn,
        "alias": function.add_alias("live").function_arn,
        "topic": sns.Topic(stack, "T").topic_arn,
        "log": logs.LogGroup(stack, "L").log_group_arn,
        "secret": secretsmanager.Secret(stack, "S").secret_arn,
        "stream": firehose.CfnDeliveryStream(stack, "E").attr_arn,
        "machine": CfnResource(stack, "M", type="AWS::StepFunctions::StateMachine").ref,
        "table": dynamodb.TableV2(stack, "D", partition_key=key).table_arn,
        "name of a queue": sqs.Queue(stack, "N").queue_name,
        "address of a queue": sqs.Queue(stack, "A").queue_url,
        "parameter": CfnParameter(stack, "Text").value_as_string,
        "import": Fn.import_value("Elsewhere"),
        "type that IAM does not have": CfnResource(stack, "C", type="AWS::SQS::Other").get_att("Arn").to_string(),
        "type of no service": CfnResource(stack, "X", type="Custom::Queue").get_att("Arn").to_string(),
    }


WORKS_ON = {
    "sqs:SendMessage": {"queue"},
    "lambda:InvokeFunction": {"function", "any version", "version", "alias"},
    "sns:Publish": {"topic"},
    "logs:FilterLogEvents": {"log"},
    "secretsmanager:GetSecretValue": {"secret"},
    "firehose:PutRecord": {"stream"},
    "states:StartExecution": {"machine"},
    "dynamodb:GetItem": {"table"},
}


def test_the_arn_of_a_construct_is_accepted_for_actions_on_its_type_alone(stack: Stack, auth: Auth) -> None:
    accepted, messages = set(), []
    for (name, text), action in itertools.product(constructs(stack).items(), WORKS_ON):
        try:
            auth.allow(stack, allow.authenticated, [Statement(actions=(action,), resources=(text,))])
            accepted.add((action, name))
        except ValueError as error:
            messages.append(str(error))
    assert accepted == {(action, name) for action, names in WORKS_ON.items() for name in names}
    assert not [message for message in messages if "Token[" in message]


@pytest.mark.parametrize(
    ("action", "resource", "message"),
    [
        ("sns:Publish", "{queue}", "sns:Publish applies to none of '${S/Q.Arn}' (AWS's action data); use arn:${Part"),
        ("sqs:SendMessage", "{import}", "sqs:SendMessage applies to none of '${...}'"),
        (
            "sqs:SendMessage",
            "arn:{partition}:sqs:{region}:*:{{tenant}}-*",
            "'arn:${AWS::Partition}:sqs:${AWS::Region}:*:{ten",
        ),
    ],
)
def test_an_error_names_the_construct_and_no_token(
    stack: Stack, auth: Auth, action: str, resource: str, message: str
) -> None:
    known = {"queue": sqs.Queue(stack, "Q").queue_arn, "import": Fn.import_value("Elsewhere")}
    arn = resource.format(**known, partition=stack.partition, region=stack.region)
    with pytest.raises(ValueError, match=re.escape(message)):
        auth.allow(stack, allow.authenticated, [Statement(actions=(action,), resources=(arn,))])


def test_a_condition_may_name_the_caller_too(stack: Stack, auth: Auth) -> None:
    tagged = {"StringEquals": {"aws:ResourceTag/of": "{owner}"}}
    auth.allow(stack, allow.owner, [say("sqs", "inbox-{owner}", "SendMessage", conditions=tagged)])
    (statement,) = given(stack)["AuthenticatedPolicy"]
    assert statement["Condition"] == {"StringEquals": {"aws:ResourceTag/of": UUID}}


def queue(name: str, *actions: str, **more: Any) -> Statement:
    return say("sqs", name, *(actions or ("SendMessage",)), **more)


LONG = "inbox-of-the-customers-of-this-company-{owner}-for-orders"
REFUSED: dict[str, tuple[Subject, Statement, str]] = {
    "a wildcard of actions": (allow.owner, queue("q-{owner}", "*"), "write each action in full"),
    "an unknown service": (allow.owner, say("sqqs", "q-{owner}", "SendMessage"), "has the service prefix 'sqqs'"),
    "a typing error": (allow.owner, queue("q-{owner}", "SendMesage"), "did you mean 'sqs:SendMessage'"),
    "another kind of resource": (allow.owner, say("iot", "topicfilter/{owner}/*", "Publish"), "applies to none of"),
    "one resource too many": (
        allow.owner,
        Statement(actions=("sqs:SendMessage",), resources=(arn("sqs", "q-{owner}"), arn("sns", "q-{owner}"))),
        "never match",
    ),
    "every resource": (
        allow.authenticated, Statement(actions=("sqs:SendMessage",), resources=("*",)), "applies to none of",
    ),
    "a name where there is none": (allow.authenticated, say("rekognition", "x", "DetectLabels"), "write '\\*'"),
    "a channel below its namespace": (
        allow.owner, say("appsync", "apis/a/channelNamespace/chat/{owner}", "EventPublish"),
        r"would never match, because \w+ has no name",
    ),
    "an ID that AWS makes up": (allow.owner, say("kms", "key/{owner}", "Decrypt"), "because kms has no name"),
    "another part than the name": (
        allow.owner, Statement(actions=("sqs:SendMessage",), resources=("arn:aws:sqs:eu-west-1:{owner}:queue",)),
        r"resource 'arn:aws:sqs:eu-west-1:\{owner\}:queue' has a placeholder",
    ),
    "files": (
        allow.owner, Statement(actions=("s3:GetObject",), resources=("arn:aws:s3:::b/{owner}/*",)),
        "use Storage, which grants access to s3 by owner",
    ),
    "nothing of the owner's": (allow.owner, queue("shared"), r"does not contain \{owner\}"),
    "an owner's for everybody": (allow.authenticated, queue("q-{owner}"), "is one caller's"),
    "nothing of the tenant's": (allow.tenant, queue("shared"), r"does not contain \{tenant\}"),
    "a guest's tenant": (allow.guest, queue("q-{tenant}"), "has no claims"),
    "an unknown claim": (allow.authenticated, queue("q-{team}"), r"the placeholders here are \{owner\}, \{tenant\}"),
    "a star before": (allow.owner, queue("*-{owner}"), "wildcard"),
    "a star that may be of a tenant": (allow.tenant, queue("q-{tenant}-*"), "another's"),
    "two that run together": (
        allow.owner, say("ssm", "parameter/{tenant}{owner}", "GetParameter"), "so two owners could have the same key",
    ),
    "a name that is too long": (allow.owner, queue(LONG), "at most 80"),
    "a letter that no name has": (allow.owner, queue("q/{owner}"), "contains '/', which the name of a queue cannot"),
    "a right to give rights": (allow.owner, queue("q-{owner}", "AddPermission"), "Permissions management"),
    "what no guest's session carries": (
        allow.guest, say("ssm", "parameter/x", "GetParameter"), "not available to a guest's session",
    ),
    "an unknown key": (
        allow.owner, queue("q-{owner}", conditions={"StringEquals": {"sqs:Of": "x"}}),
        "condition key 'sqs:Of' is not in any request of sqs:SendMessage",
    ),
    "a condition that may hold for all": (
        allow.owner, queue("q-{owner}", conditions={"StringEqualsIfExists": {"aws:ResourceTag/of": "{owner}"}}),
        "condition StringEqualsIfExists on 'aws:ResourceTag/of' contains a",
    ),
    "a Deny": (allow.owner, queue("q-{owner}", deny=True), "is a Deny statement, and allow only grants"),
    "nothing": (allow.owner, Statement(actions=(), resources=(arn("sqs", "q-{owner}"),)), "grants nothing"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_means_nothing_or_more_than_it_says_is_refused(stack: Stack, auth: Auth, name: str) -> None:
    subject, statement, message = REFUSED[name]
    with pytest.raises(ValueError, match=message):
        auth.allow(stack, subject, [statement])
    assert given(stack) == {}


def test_an_identity_id_stands_in_no_name_of_a_queue(stack: Stack) -> None:
    """It has a colon in it, and no queue's name does; MQTT topics take it."""
    auth = Auth(stack, "ByIdentity", guests=True)
    with pytest.raises(ValueError, match="whose values can contain ':', which the name of a queue cannot"):
        auth.allow(stack, allow.owner, [say("sqs", "inbox-{owner}", "SendMessage")])
    auth.allow(stack, allow.guest_owner, [say("iot", "topic/u/{owner}/*", "Publish")])
    (statement,) = given(stack)["ByIdentityGuestPolicy"]
    assert statement["Resource"] == arn("iot", "topic/u/${cognito-identity.amazonaws.com:sub}/*")


def test_a_claim_with_a_wildcard_of_mqtt_stands_in_no_topic(stack: Stack) -> None:
    auth = Auth(stack, "A", claims={"team": Claim("custom:team", form="[a-z+]{1,9}")})
    with pytest.raises(ValueError, match=r"whose values can contain '\+', which the name of a IoT topic cannot"):
        auth.allow(stack, allow.claim("team"), [say("iot", "topicfilter/{team}/*", "Subscribe")])


def test_functions_are_nobody(stack: Stack, auth: Auth, entry: Any) -> None:
    function = allow.function(PythonFunction(stack, "F", entry=entry))
    with pytest.raises(ValueError, match="is one caller's"):
        auth.allow(stack, function, [say("sqs", "inbox-{owner}", "SendMessage")])
    auth.allow(stack, function, [say("sqs", "inbox-{owner}", "SendMessage")], everyone=True)
    auth.allow(stack, function, [say("sqs", "shared", "AddPermission")])
