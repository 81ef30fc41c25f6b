"""Services that act for a caller: their roles are asked what callers are asked, and safe set-ups stay proved."""

from dataclasses import replace

import pytest

from constructs_lib.analysis.proof.findings import Status
from tests.analysis.conftest import template
from tests.analysis.proof.access_paths.openings import (
    Document,
    allow,
    applied,
    att,
    join,
    of,
    reads,
    ref,
    role,
    sub,
)
from tests.analysis.proof.access_paths.openings_by_distribution import SIGNED, distribution, served
from tests.analysis.proof.access_paths.services_with_roles import (
    ASSETS,
    CODE,
    CREATED,
    CUSTOM,
    IAM,
    IMPORTED,
    INVOKE,
    NAMES,
    OF_ALL,
    OPEN_TO_ALL,
    PUT_EVENTS,
    START,
    TOPIC_RULE,
    WRITES_CODE,
    calls,
    copied,
    devices,
    machine,
    project,
    report,
    route,
    rule,
    signed,
    source,
    stored,
)
from tests.analysis.proof.test_traps import OWN, ROWS
from tests.proofs import proof_of

OPEN: dict[str, tuple[Document, tuple[Document, ...]]] = {
    "a route by token with a role that escalates": (route(calls("iam:action/x"), IAM, auth="COGNITO_USER_POOLS"), ()),
    "a route for IAM that users may call": (
        route(calls("iam:action/x"), IAM, auth="AWS_IAM"), (allow("execute-api:Invoke", "*"),)
    ),
    "a route whose template maps the body": (route(calls("iam:action/x"), IAM, RequestTemplates={"a": "$input"}), ()),
    "a route to the service that a stage names": (route(calls("${stageVariables.s}:action/x"), IAM), ()),
    "a route to a service that no list has": (route(calls("nothing:action/x"), IAM), ()),
    "a route that takes a role": (route(calls("sts:action/AssumeRole"), allow("sts:AssumeRole", "*")), ()),
    "a route whose role has an unknown policy": (
        route(calls("iam:action/x"), allow(["iam:Put*"], {"Fn::ImportValue": "resource"})), ()
    ),
    "a route whose role has a policy elsewhere": (
        {**route(calls("iam:action/x")), "Acts": role("x", ManagedPolicyArns=[{"Fn::ImportValue": "policy"}])}, ()
    ),
    "a route whose role has a statement of unknown effect": (
        route(calls("iam:action/x"), {**IAM, "Effect": {"Fn::ImportValue": "effect"}}), ()
    ),
    "a route to a function that the request names": (
        route(calls("lambda:path/2015-03-31/functions/{f}/code"), allow("lambda:UpdateFunctionCode", "*")), ()
    ),
    "a route with a role elsewhere": (route(calls("iam:action/x"), credentials=IMPORTED), ()),
    "a route to rows with a role elsewhere": (route(calls("dynamodb:action/Query"), credentials=IMPORTED), ()),
    "a machine that a route starts": (
        {**machine(IAM), **route(calls("states:action/StartExecution"), START)}, ()
    ),
    "a machine that users start by its alias": (
        machine(IAM, Alias=of("AWS::StepFunctions::StateMachineAlias", Name="live", RoutingConfiguration=[
            {"StateMachineVersionArn": join(ref("Machine"), ":1"), "Weight": 100}])),
        (allow("states:StartExecution", ref("Alias")),),
    ),
    "a machine with a role elsewhere": (machine(role_arn=IMPORTED), (START,)),
    "a machine that events of users start": ({**machine(IAM), **rule(CUSTOM)}, (PUT_EVENTS,)),
    "a machine that events of any source start": ({**machine(IAM), **rule({"detail-type": ["x"]})}, (PUT_EVENTS,)),
    "a machine that events by prefix start": (
        {**machine(IAM), **rule({"source": ["aws.s3", {"prefix": ""}]})}, (PUT_EVENTS,)
    ),
    "a machine that every event of a service starts": ({**machine(IAM), **rule({"source": ["aws.sqs"]})}, ()),
    "a machine that calls of a service start": (
        {**machine(IAM), **rule({"source": ["aws.sts"], "detail-type": ["AWS API Call via CloudTrail"]})}, ()
    ),
    "a machine that events of an undetermined pattern start": (
        {**machine(IAM), **rule({"Fn::ImportValue": "x"})}, (PUT_EVENTS,)
    ),
    "a machine that new objects start": ({**machine(IAM), **rule(CREATED)}, ()),
    "a machine that new objects of the users' bucket start": (
        {**machine(IAM), **rule({**CREATED, "detail": {"bucket": {"name": [ref("Bucket")]}}})}, ()
    ),
    "a machine that events of a service start that no list has": (
        {**machine(IAM), **rule({"source": ["aws.nothing"], "detail-type": ["X"]})}, ()
    ),
    "a machine that events of several words start": (
        {**machine(IAM), **rule({"detail-type": ["Job State Change"]})}, ()
    ),
    "a machine that new objects of a route start": (
        {**machine(IAM), **rule({**CREATED, "detail": {"bucket": {"name": [ref("Other")]}}}),
         "Other": of("AWS::S3::Bucket"), **route(calls("s3:path/x"), allow("s3:PutObject", sub("${Other.Arn}/*")))}, ()
    ),
    "a machine that reaches data and that new objects of a route start": (
        {**machine(*reads(NAMES)), **rule({**CREATED, "detail": {"bucket": {"name": [ref("Other")]}}}),
         "Other": of("AWS::S3::Bucket"), **route(calls("s3:path/x"), allow("s3:PutObject", sub("${Other.Arn}/*")))}, ()
    ),
    "a machine on a bus for everyone": ({**machine(IAM), **rule(CUSTOM), "Bus": OPEN_TO_ALL}, ()),
    "a machine on a bus whose policy is for everyone": (
        {**machine(IAM), **rule(CUSTOM), "Bus": of("AWS::Events::EventBus", Name="b", Policy={"Statement": OF_ALL})}, ()
    ),
    "a machine on a bus whose statement is for everyone": (
        {**machine(IAM), **rule(CUSTOM), "Bus": of("AWS::Events::EventBusPolicy", StatementId="s", Statement=OF_ALL)},
        (),
    ),
    "a route that sends the event": (
        {**machine(*reads(NAMES)), **rule(CUSTOM), **route(calls("events:action/PutEvents"), PUT_EVENTS)}, ()
    ),
    "a route that sends the event to what escalates": (
        {**machine(IAM), **rule(CUSTOM), **route(calls("events:action/PutEvents"), PUT_EVENTS)}, ()
    ),
    "a type without a review that users may use": (
        {"Rule": of("AWS::IoT::TopicRule", TopicRulePayload={"RoleArn": att("Acts")}), "Acts": role("iot", IAM)},
        (allow("iot:*", "*"),),
    ),
    "a pipe from a queue that users send to": (
        {
            **machine(IAM), "Queue": of("AWS::SQS::Queue"), "Moves": role("pipes.amazonaws.com", START),
            "Pipe": of("AWS::Pipes::Pipe", RoleArn=att("Moves"), Source=att("Queue"), Target=ref("Machine")),
        },
        (allow("sqs:SendMessage", att("Queue")),),
    ),
    "a rule on messages that users publish": (
        {"Rule": of("AWS::IoT::TopicRule", TopicRulePayload={"Sql": "SELECT * FROM 'u'", "Role": att("Acts")}),
         "Acts": role("iot.amazonaws.com", IAM)},
        (allow("iot:Publish", sub("arn:aws:iot:${AWS::Region}:${AWS::AccountId}:topic/u")),),
    ),
    "a rule on messages that devices publish": ({**TOPIC_RULE, "Policy": devices("iot:Publish")}, ()),
    "a rule on messages of devices that do what no template determines": (
        {**TOPIC_RULE, "Policy": devices({"Fn::ImportValue": "action"})}, ()
    ),
    "a rule on messages of devices with an authorizer's policy": (
        {**TOPIC_RULE, "Lets": of("AWS::IoT::Authorizer", AuthorizerFunctionArn="arn")}, ()
    ),
    "a rule whose target may get any role": (
        {"Rule": of("AWS::Events::Rule", EventPattern=CUSTOM, Targets=[{"Id": "1", "RoleArn": att("Acts")}]),
         "Acts": role("events.amazonaws.com", allow(["ecs:RunTask", "iam:PassRole"], "*"))},
        (PUT_EVENTS,),
    ),
    "a source that signs for any service": (source("HTTP", IAM, **signed(ref("AWS::StackName"))), ()),
    "a source that signs for users of a pool": (
        source("HTTP", IAM, auth="AMAZON_COGNITO_USER_POOLS", **signed("iam")), ()
    ),
    "a source of an unknown type": (source("NEW", IAM), ()),
    "a source with a role elsewhere": (source("HTTP", credentials=IMPORTED, **signed("iam")), ()),
    "a source that sends the event": (
        {**machine(IAM), **rule(CUSTOM), **source("AMAZON_EVENTBRIDGE", PUT_EVENTS)}, ()
    ),
    "objects of a folder that a stage names": (stored("${Bucket}/${!stageVariables.folder}/x"), ()),
    "objects of a bucket that the request names": (stored("{bucket}/open/x"), ()),
    "objects of a bucket before the service": (
        route(sub("arn:aws:apigateway:us-east-1:${Bucket}.s3:path/open/x"), *reads(NAMES)), ()
    ),
    "a copy of any object": (
        stored("${Bucket}/open/x",
               RequestParameters={"integration.request.header.X-Amz-Copy-Source": "method.request.header.from"}), ()
    ),
    "a copy by a template": (
        stored("${Bucket}/open/x", RequestTemplates={
            "a": "#set($context.requestOverride.header.x-amz-copy-source = $input.params('from'))"}), ()
    ),
    "a list of all objects": (stored("${Bucket}/"), ()),
}  # fmt: skip

OPEN |= {
    "code that a route writes": ({**ASSETS, **route(calls("s3:path/x"), WRITES_CODE)}, ()),
    "code that a route may write by the bucket's policy": (
        {
            **ASSETS,
            **route(calls("s3:path/x")),
            "Says": of(
                "AWS::S3::BucketPolicy",
                Bucket=ref("Assets"),
                PolicyDocument={"Statement": [{**WRITES_CODE, "Principal": {"AWS": att("Acts")}}]},
            ),
        },
        (),
    ),
    "code that a machine writes": ({**ASSETS, **machine(WRITES_CODE)}, (START,)),
    "code that a source writes": ({**ASSETS, **source("HTTP", WRITES_CODE, **signed("s3"))}, ()),
    "code that is a copy of what a route writes": (copied(allow("s3:PutObject", sub("${In.Arn}/*"))), ()),
    "code that is a copy of what users write": (
        copied(allow("sns:Publish", "*")),
        (allow("s3:PutObject", sub("${In.Arn}/code/*")),),
    ),
    "a build that events override": (project(*reads(NAMES), InputPath="$.detail"), (PUT_EVENTS,)),
    "a build that may escalate and that events override": (project(IAM, InputPath="$.detail"), (PUT_EVENTS,)),
    "a user of Transfer Family whose role writes code": (
        {
            **ASSETS,
            "Client": of("AWS::Transfer::User", Role=att("Acts"), ServerId="s-1", UserName="u"),
            "Acts": role("transfer.amazonaws.com", WRITES_CODE),
        },
        (),
    ),
    "a role alias of devices whose role escalates": (
        {"Alias": of("AWS::IoT::RoleAlias", RoleArn=att("Acts")), "Acts": role("iot.amazonaws.com", IAM)},
        (),
    ),
    "devices that get a role that escalates": ({"Acts": role("credentials.iot.amazonaws.com", IAM)}, ()),
}

SHUT: dict[str, tuple[Document, tuple[Document, ...]]] = {
    "a compute environment whose role escalates": (
        {"Jobs": of("AWS::Batch::ComputeEnvironment", ServiceRole=att("Acts")), "Acts": role("x", IAM)}, ()
    ),
    "a type without a review that names such an environment": (
        {"Jobs": of("AWS::Batch::ComputeEnvironment", ServiceRole=att("Acts")), "Acts": role("x", IAM),
         "Chat": of("AWS::Chatbot::MicrosoftTeamsChannelConfiguration", GuardrailPolicies=[ref("Jobs")])}, ()
    ),
    "a rule on messages that devices receive": ({**TOPIC_RULE, "Policy": devices(["iot:Connect", "iot:Receive"])}, ()),
    "a policy of nobody that publishes": (
        {**TOPIC_RULE, "P": of("AWS::IAM::ManagedPolicy", PolicyDocument={"Statement": [allow("iot:Publish", "*")]})},
        (),
    ),
    "devices beside a state machine": ({**machine(IAM), "Policy": devices("iot:*")}, ()),
    "a route to another service than the role's": (route(calls("sqs:path/1/q"), IAM), ()),
    "a route for IAM that nobody may call": (route(calls("iam:action/x"), IAM, auth="AWS_IAM"), ()),
    "a route that invokes a function": ({**CODE, **route(INVOKE, allow("lambda:*", "*"))}, ()),
    "a route that invokes a function, with a role elsewhere": ({**CODE, **route(INVOKE, credentials=IMPORTED)}, ()),
    "a route to a queue, with a role elsewhere": (route(calls("sqs:path/1/q"), credentials=IMPORTED), ()),
    "a route to other objects, with a role elsewhere": (
        route(calls("s3:path/public-files/{key}"), credentials=IMPORTED), ()
    ),
    "a route to a machine that does nothing, with a role elsewhere": (
        {**machine(allow("sns:Publish", "*")),
         **route(calls("states:action/StartExecution"), credentials=IMPORTED,
                 RequestTemplates={"a": join('{"stateMachineArn": "', ref("Machine"), '"}')})}, ()
    ),
    "a machine that nobody starts": (machine(IAM), ()),
    "a machine that users start and that does nothing": (machine(allow("sns:Publish", "*")), (START,)),
    "a machine that users describe": (machine(IAM), (allow("states:DescribeStateMachine", "*"),)),
    "a machine that events of a service start in which users do nothing": (
        {**machine(IAM), **rule({"source": ["aws.health"], "detail-type": ["AWS Health Event"]})}, (PUT_EVENTS,)
    ),
    "a machine that new objects of a bucket start to which users do not write": (
        {**machine(IAM), **rule({**CREATED, "detail": {"bucket": {"name": [ref("Other")]}}}),
         "Other": of("AWS::S3::Bucket")}, ()
    ),
    "a machine that events with a prefix of one's own start": (
        {**machine(IAM), **rule({"source": [{"prefix": "my."}]})}, ()
    ),
    "a machine that events of one word start": ({**machine(IAM), **rule({"detail-type": ["x"]})}, ()),
    "a machine that gets nothing of an event": ({**machine(IAM), **rule(CUSTOM, Input="{}")}, (PUT_EVENTS,)),
    "a machine on a bus for this account": (
        {**machine(IAM), **rule(CUSTOM), "Bus": of("AWS::Events::EventBusPolicy", StatementId="s",
                                                   Action="events:PutEvents", Principal=ref("AWS::AccountId"))}, ()
    ),
    "trusted code that sends the event": (
        {**machine(IAM), **rule(CUSTOM), **CODE, "Runs": role("lambda.amazonaws.com", PUT_EVENTS)}, ()
    ),
    "a type without a review that nobody may use": (
        {"Pipeline": of("AWS::CodePipeline::Pipeline", RoleArn=att("Acts")), "Acts": role("codepipeline", IAM)}, ()
    ),
    "a pipe from a queue that nobody here sends to": (
        {
            **machine(IAM), "Queue": of("AWS::SQS::Queue"), "Moves": role("pipes.amazonaws.com", START),
            "Pipe": of("AWS::Pipes::Pipe", RoleArn=att("Moves"), Source=att("Queue"), Target=ref("Machine")),
        },
        (),
    ),
    "objects beside the code that a route writes": (
        {**ASSETS, **route(calls("s3:path/x"), allow("s3:PutObject", sub("${Assets.Arn}/uploads/*")))}, ()
    ),
    "code that a machine writes, which nobody starts": ({**ASSETS, **machine(WRITES_CODE)}, ()),
    "scripts beside the code that users write": (ASSETS, (allow("s3:PutObject", sub("${Assets.Arn}/x.js")),)),
    "objects beside the code's original that a route writes": (
        copied(allow("s3:PutObject", sub("${In.Arn}/uploads/*"))), ()
    ),
    "a build that events start with a text": (project(*reads(NAMES), Input="{}"), (PUT_EVENTS,)),
    "scaling by the requests to a load balancer, whose label is cut from an ARN": (
        {"Listener": of("AWS::ElasticLoadBalancingV2::Listener"), "Scale": of(
            "AWS::ApplicationAutoScaling::ScalingPolicy", PolicyName="x", TargetTrackingScalingPolicyConfiguration={
                "Label": {"Fn::Select": [1, {"Fn::Split": ["/", ref("Listener")]}]}}),
         "Role": role("lambda.amazonaws.com", IAM)}, ()
    ),
    "a build that can do nothing": (project(InputPath="$.detail"), (PUT_EVENTS,)),
    "a build that nobody's events override": (project(*reads(NAMES), InputPath="$.detail"), ()),
    "a source that invokes a function": ({**CODE, **source("AWS_LAMBDA", allow("lambda:*", "*"))}, ()),
    "a source that signs nothing": (source("HTTP", IAM, HttpConfig={"Endpoint": "https://x"}), ()),
    "a source that signs for another service": (source("HTTP", IAM, **signed("sqs")), ()),
    "objects of another folder, with headers": (
        stored("${Bucket}/open/{key}", RequestParameters={
            "integration.request.path.key": "method.request.path.key",
            "integration.request.header.Content-Type": "method.request.header.Content-Type"}), ()
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", OPEN)
def test_a_service_that_does_for_a_caller_what_callers_may_not_is_told(name: str) -> None:
    resources, rights = OPEN[name]
    assert report(resources, *rights).status is not Status.PROVED


@pytest.mark.parametrize("name", SHUT)
def test_a_service_that_opens_nothing_to_callers_stays_proved(name: str) -> None:
    resources, rights = SHUT[name]
    found = report(resources, *rights)
    assert found.status is Status.PROVED, [each.story for each in found.findings if each.story]


def test_a_route_that_passes_its_body_to_iam_is_an_attack_with_the_statement() -> None:
    found = [
        each for each in report(route(calls("iam:action/x"), IAM)).findings if each.caller == "anyone on the internet"
    ]
    attack = next(each for each in found if each.status is Status.COUNTEREXAMPLE)
    assert "the role may call iam:PutRolePolicy" in attack.story
    assert [str(each) for each in attack.because] == ["Allow iam:PutRolePolicy on * (in Acts, inline p)"]


def test_a_service_that_reads_secrets_for_a_caller_may_show_the_key_that_signs() -> None:
    machine_of_users = machine(allow("secretsmanager:GetSecretValue", "*"))
    signed_urls = served(NAMES, distribution(NAMES, SIGNED))
    for rights, status in (((START,), Status.UNDECIDED), ((), Status.PROVED)):
        what = replace(signed_urls, resources={**signed_urls.resources, **machine_of_users}, user=rights)
        found = proof_of(applied(template([OWN, ROWS]), NAMES, what))
        assert found.status is status, [each.story for each in found.findings if each.story]
        assert any("a key that signs URLs" in each.story for each in found.findings) is bool(rights)
