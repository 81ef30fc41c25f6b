"""IAM limits callers to their own path only at the route: other principals who run its code are reported."""

import json
from typing import Any

import pytest

from constructs_lib.analysis.engine.automata import TooManyStatesError
from constructs_lib.analysis.proof import other_routes
from constructs_lib.analysis.proof.access_paths.distribution_caches import CACHING_DISABLED
from constructs_lib.analysis.proof.findings import Report, Status
from tests.analysis.conftest import SUB, Document, template
from tests.analysis.proof.access_paths.openings import att, of, ref, role, sub
from tests.analysis.proof.test_route_authorizers import GET_USER, USERS, call
from tests.analysis.proof.test_traps import OWN, allow
from tests.proofs import proof_of

PROVED, CEX, UNDECIDED = Status.PROVED, Status.COUNTEREXAMPLE, Status.UNDECIDED
FUNCTION = of("AWS::Lambda::Function", Role="arn:aws:iam::123456789012:role/x", Code={"ZipFile": "x"})
OF_API = sub("arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*/*/*")


def api(*routes: tuple[str, str], uri: Any = None, name: str = "Api", **more: Document) -> Document:
    """An HTTP API with further routes to the function of the owner's route."""
    made: Document = {
        name: of("AWS::ApiGatewayV2::Api", Name=name, ProtocolType="HTTP"),
        f"{name}Calls": of(
            "AWS::ApiGatewayV2::Integration", ApiId=ref(name), IntegrationType="AWS_PROXY",
            IntegrationUri=uri or att("Code"),
        ),
        "Code": FUNCTION,
        **more,
    }  # fmt: skip
    for number, (key, auth) in enumerate(routes):
        made[f"{name}{number}"] = of(
            "AWS::ApiGatewayV2::Route", ApiId=ref(name), RouteKey=key, AuthorizationType=auth,
            Target={"Fn::Join": ["", ["integrations/", ref(f"{name}Calls")]]},
        )  # fmt: skip
    return made


def own(*routes: tuple[str, str], **more: Any) -> Document:
    return api((GET_USER, "AWS_IAM"), *routes, **more)


def foreign(*rights: Document) -> Document:
    """A role of another account's principals."""
    made = role("x", *rights)
    made["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] = {"AWS": "999999999999"}
    return made


def permission(principal: Any = "apigateway.amazonaws.com", function: Any = None, **more: Any) -> Document:
    said = {"Action": "lambda:InvokeFunction", "FunctionName": function or ref("Code"), "Principal": principal}
    return of("AWS::Lambda::Permission", **said, **more)


DISTRIBUTION = "arn:aws:cloudfront::${AWS::AccountId}:distribution/E1"
BALANCER = "arn:aws:elasticloadbalancing:${AWS::Region}:${AWS::AccountId}:targetgroup/x/1"
ALIAS = of("AWS::Lambda::Alias", FunctionName=ref("Code"), FunctionVersion="1", Name="live")
BY_NAME = of("AWS::Lambda::Function", **FUNCTION["Properties"], FunctionName="users")
LITERAL = "arn:aws:lambda:us-east-1:123456789012:function:users"
REST = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
MACHINE = of("AWS::StepFunctions::StateMachine", DefinitionString=sub("${Code.Arn}"), RoleArn="arn")
TOPIC_RULE = of("AWS::IoT::TopicRule", TopicRulePayload={"Actions": [{"Lambda": {"FunctionArn": att("Code")}}]})


def before(policy: Any, domain: Any = None) -> Document:
    """A distribution in front of the API."""
    origin = {"Id": "a", "DomainName": domain or sub("${Api}.execute-api.us-east-1.amazonaws.com")}
    behavior = {"TargetOriginId": "a", "CachePolicyId": policy}
    config = {"Enabled": True, "Origins": [origin], "DefaultCacheBehavior": behavior}
    return of("AWS::CloudFront::Distribution", DistributionConfig=config)


OPEN_BUS = of("AWS::Events::EventBusPolicy", StatementId="s", Action="events:PutEvents", Principal="*")
RULE = of("AWS::Events::Rule", EventPattern={"source": ["x"]}, Targets=[{"Id": "1", "Arn": att("Code")}])

RUNS = allow("lambda:InvokeFunction", att("Code"))
WARMER = of(
    "AWS::Scheduler::Schedule", ScheduleExpression="rate(5 minutes)",
    Target={"Arn": att("Code"), "RoleArn": att("Warms"), "Input": "{}"},
)  # fmt: skip
NAMED_BY_INPUT = json.dumps({"Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName.$": "$.f"}})
BY_INPUT = {
    "M": of("AWS::StepFunctions::StateMachine", DefinitionString=NAMED_BY_INPUT, RoleArn=att("Does")),
    "Does": role("states.amazonaws.com", RUNS),
}


def logged(to: Any, **more: Document) -> Document:
    """A stage with access logs."""
    stage = of("AWS::ApiGatewayV2::Stage", ApiId=ref("Api"), StageName="prod", AccessLogSettings={"DestinationArn": to})
    return own(Stage=stage, Group=of("AWS::Logs::LogGroup"), Stream=STREAM, **more)


STREAM = of("AWS::KinesisFirehose::DeliveryStream", DeliveryStreamName="amazon-apigateway-x")


def sent(to: Any) -> Document:
    return of("AWS::Logs::SubscriptionFilter", LogGroupName=ref("Group"), FilterPattern="", DestinationArn=to)


RESOURCES: dict[str, tuple[Document, Status]] = {
    "access logs in a log group": (logged(att("Group")), PROVED),
    "access logs in a log group that no template has": (
        logged("arn:aws:logs:us-east-1:123456789012:log-group:x"), PROVED
    ),
    "access logs in a log group that code reads": (logged(att("Group"), Sent=sent(att("Code"))), PROVED),
    "access logs in a log group that sends them on": (logged(att("Group"), Sent=sent(att("Stream"))), UNDECIDED),
    "access logs in a log group that sends them to a list": (
        logged(att("Group"), Sent=sent([att("Code")])), UNDECIDED
    ),
    "access logs in a stream": (logged(att("Stream")), UNDECIDED),
    "access logs where the template does not determine it": (logged({"Fn::ImportValue": "x"}), UNDECIDED),
    "access logs of a deployment in a stream": (
        own(D=of("AWS::ApiGateway::Deployment", RestApiId=ref("Api"), StageDescription={
            "AccessLogSetting": {"DestinationArn": att("Stream")}}), Stream=STREAM), UNDECIDED
    ),
    "access logs of another API in a stream": (
        own(S=of("AWS::ApiGatewayV2::Stage", ApiId=ref("More"), AccessLogSettings={"DestinationArn": att("Stream")}),
            More=of("AWS::ApiGatewayV2::Api", Name="m", ProtocolType="HTTP"), Stream=STREAM), PROVED
    ),
    "the API alone": (own(P=permission(SourceArn=OF_API)), PROVED),
    "the API, by the account": (own(P=permission(SourceAccount=ref("AWS::AccountId"))), PROVED),
    "any API of any account": (own(P=permission()), CEX),
    "any API of any account, by the name": (own(P=permission(function="users"), Code=BY_NAME), CEX),
    "any API of any account, by the ARN": (own(P=permission(function=LITERAL), Code=BY_NAME), CEX),
    "another function's name": (own(P=permission(function="users2"), Code=BY_NAME), PROVED),
    "any API by an alias": (own(P=permission(function=ref("Live")), Live=ALIAS, uri=ref("Live")), CEX),
    "any API by a star": (own(P=permission(SourceArn="*")), CEX),
    "any API of a region": (own(P=permission(SourceArn="arn:aws:execute-api:us-east-1:*:*")), CEX),
    "an API that a parameter names": (own(P=permission(SourceArn={"Fn::ImportValue": "api"})), UNDECIDED),
    "an API of another account": (own(P=permission(SourceAccount="999999999999")), CEX),
    "everyone": (own(P=permission("*")), CEX),
    "everyone of an organization": (own(P=permission("*", PrincipalOrgID="o-1")), UNDECIDED),
    "everyone by a URL": (own(P=permission("*", FunctionUrlAuthType="NONE")), UNDECIDED),
    "another account": (own(P=permission("999999999999")), UNDECIDED),
    "an account that is not known": (own(P=permission({"Fn::ImportValue": "who"})), UNDECIDED),
    "a service that is not known, for the account": (
        own(P=permission({"Fn::ImportValue": "who.calls"}, SourceAccount=ref("AWS::AccountId"))), UNDECIDED
    ),
    "the account itself": (own(P=permission(ref("AWS::AccountId"))), PROVED),
    "the users' role": (own(P=permission(att("User"))), UNDECIDED),
    "a service for any account": (own(P=permission("events.amazonaws.com")), UNDECIDED),
    "a service for a rule": (own(P=permission("events.amazonaws.com", SourceArn=att("Rule")), Rule=RULE), PROVED),
    "a service for a bucket": (own(P=permission("s3.amazonaws.com", SourceArn=att("Bucket"))), PROVED),
    "the root of another account": (own(P=permission("arn:aws:iam::999988887777:root")), UNDECIDED),
    "the root of this account": (own(P=permission(sub("arn:aws:iam::${AWS::AccountId}:root"))), PROVED),
    "a distribution": (
        own(P=permission("cloudfront.amazonaws.com", SourceArn=sub(DISTRIBUTION), FunctionUrlAuthType="AWS_IAM")),
        UNDECIDED,
    ),
    "a load balancer's permission": (
        own(P=permission("elasticloadbalancing.amazonaws.com", SourceArn=sub(BALANCER))), UNDECIDED
    ),
    "an API that no template has": (
        own(P=permission(SourceArn="arn:aws:execute-api:us-east-1:123456789012:abcdef1234/*")), UNDECIDED
    ),
    "an API that quick create makes": (
        own(Q=of("AWS::ApiGatewayV2::Api", Name="q", ProtocolType="HTTP", Target=att("Code"))), UNDECIDED
    ),
    "a pipe": (own(P=of("AWS::Pipes::Pipe", Source="arn", Target=att("Code"), RoleArn="arn")), UNDECIDED),
    "an address of its own": (own(uri="https://example.com/{id}"), UNDECIDED),
    "a distribution that keeps answers": (own(D=before("658327ea-f89d-4fab-a63d-7e88639e58f6")), UNDECIDED),
    "a distribution whose policy is not known": (own(D=before({"Fn::ImportValue": "x"})), UNDECIDED),
    "a distribution that keeps nothing": (own(D=before(CACHING_DISABLED)), PROVED),
    "a distribution before another API": (
        own(D=before("658327ea-f89d-4fab-a63d-7e88639e58f6", "abc.execute-api.us-east-1.amazonaws.com")), PROVED
    ),
    "a service network": (own(T=of("AWS::VpcLattice::TargetGroup", Targets=[{"Id": att("Code")}])), UNDECIDED),
    "a policy of a kind of its own": (
        own(P=of("AWS::Lambda::ResourcePolicy", ResourceArn=att("Code"), PolicyDocument={})), UNDECIDED
    ),
    "an open URL": (own(U=of("AWS::Lambda::Url", TargetFunctionArn=att("Code"), AuthType="NONE")), UNDECIDED),
    "an open URL, with both its permissions": (
        own(
            U=of("AWS::Lambda::Url", TargetFunctionArn=att("Code"), AuthType="NONE"),
            P=permission("*", FunctionUrlAuthType="NONE"),
            Q=permission("*", InvokedViaFunctionUrl="true"),
        ),
        UNDECIDED,
    ),
    "an open URL, and an event of one's own": (
        own(
            U=of("AWS::Lambda::Url", TargetFunctionArn=att("Code"), AuthType="NONE"),
            Q=permission("*", InvokedViaFunctionUrl=False),
        ),
        CEX,
    ),
    "an open URL of an alias": (
        own(Live=ALIAS, U=of("AWS::Lambda::Url", TargetFunctionArn=ref("Live"), AuthType="NONE")), UNDECIDED
    ),
    "the authorizer of another API": (
        own(A=of("AWS::ApiGateway::Authorizer", Type="REQUEST", AuthorizerUri=sub(f"{REST}${{Code.Arn}}/invocations"))),
        UNDECIDED,
    ),
    "a URL for IAM": (own(U=of("AWS::Lambda::Url", TargetFunctionArn=att("Code"), AuthType="AWS_IAM")), PROVED),
    "a URL that asks what is not known": (
        own(U=of("AWS::Lambda::Url", TargetFunctionArn=att("Code"), AuthType={"Fn::ImportValue": "a"})), UNDECIDED
    ),
    "a load balancer": (
        own(T=of("AWS::ElasticLoadBalancingV2::TargetGroup", TargetType="lambda", Targets=[{"Id": att("Code")}])),
        UNDECIDED,
    ),
    "a GraphQL API": (
        own(S=of("AWS::AppSync::DataSource", LambdaConfig={"LambdaFunctionArn": att("Code")})), UNDECIDED
    ),
    "an open route of another method": (own(("POST /users/{id}", "NONE")), UNDECIDED),
    "an open route of every method": (own(("ANY /users/{id}", "NONE")), UNDECIDED),
    "an open route of everything": (own(("ANY /{proxy+}", "NONE")), UNDECIDED),
    "a schedule that keeps it warm": (own(W=WARMER, Warms=role("scheduler.amazonaws.com", RUNS)), PROVED),
    "a rule that sends it a text of its own": (
        own(R=of("AWS::Events::Rule", EventPattern={"source": ["x"]}, Targets=[{"Arn": att("Code"), "Input": "{}"}]),
            B=OPEN_BUS), PROVED
    ),
    "a rule on events of a service, on a bus for everyone": (
        own(R=of("AWS::Events::Rule", EventPattern={"source": ["aws.s3"]}, Targets=[{"Arn": att("Code")}]),
            B=OPEN_BUS), PROVED
    ),
    "a rule that makes another event of one of a service": (
        own(R=of("AWS::Events::Rule", EventPattern={"source": ["aws.s3"]}, Targets=[
            {"Arn": att("Code"), "InputTransformer": {"InputTemplate": "{}"}}])), UNDECIDED
    ),
    "a rule that makes another event for another target": (
        own(R=of("AWS::Events::Rule", EventPattern={"source": ["aws.s3"]}, Targets=[
            {"Arn": att("Code")}, {"Arn": att("More"), "InputPath": "$.detail"}]), More=FUNCTION), PROVED
    ),
    "a rule on a bus for everyone": (own(R=RULE, B=OPEN_BUS), UNDECIDED),
    "a state machine that runs what its input names, and that nobody starts": (own(**BY_INPUT), PROVED),
    "a type that has not been reviewed": (
        own(T=of("AWS::BedrockAgentCore::GatewayTarget", TargetConfiguration={"Lambda": att("Code")})), UNDECIDED
    ),
    "subnets of a network": (
        own(A=of("AWS::EC2::Subnet", VpcId="vpc-1", AvailabilityZone={"Fn::Select": [0, {"Fn::GetAZs": ""}]})), PROVED
    ),
    "logs and alarms of it": (
        own(L=of("AWS::Logs::LogGroup", LogGroupName=sub("/aws/lambda/${Code}")),
            A=of("AWS::CloudWatch::Alarm", Dimensions=[{"Name": "FunctionName", "Value": ref("Code")}])), PROVED
    ),
    "a role of another account that may run it": (own(X=foreign(RUNS)), UNDECIDED),
    "a role of another account that may run another": (
        own(X=foreign(allow("lambda:InvokeFunction", att("More"))), More=FUNCTION), PROVED
    ),
    "an open default": (own(("$default", "NONE")), UNDECIDED),
    "a route of another method by token": (own(("PUT /users/{name}", "JWT")), UNDECIDED),
    "a route of another method by code": (own(("PUT /users/{name}", "CUSTOM")), UNDECIDED),
    "a route of another method for IAM": (own(("PUT /users/{name}", "AWS_IAM")), PROVED),
    "an open route of another path": (own(("POST /health", "NONE"), ("GET /posts/{id}", "NONE")), PROVED),
    "an open route below": (own(("GET /users/{id}/photo", "NONE")), UNDECIDED),
    "an open route of another API": ({**own(), **api((GET_USER, "NONE"), name="Other")}, UNDECIDED),
    "an open route of another API, to another function": (
        {**own(), **api((GET_USER, "NONE"), name="Other", uri=LITERAL)}, PROVED
    ),
    "an open route to the same function, which no template has": (
        own(("POST /users/{id}", "NONE"), uri=f"{REST}{LITERAL}/invocations"), UNDECIDED
    ),
    "an open route to the same address": (
        own(("POST /users/{id}", "NONE"), uri="https://example.com/{id}"), UNDECIDED
    ),
}  # fmt: skip


def report(resources: Document, *rights: Document) -> Report:
    return proof_of(template([OWN, call("prod/GET/users/{owner}"), *rights], more=resources))


@pytest.mark.parametrize("name", RESOURCES)
def test_whoever_else_runs_the_code_behind_an_owned_path_is_told(name: str) -> None:
    resources, expected = RESOURCES[name]
    found = report(resources)
    assert found.status is expected, [each.story for each in found.findings if each.story]


STAGE = of("AWS::ApiGatewayV2::Stage", ApiId=ref("Other"), StageName="live")
THEIRS = SUB.replace("${", "${!")
THIRD = of("AWS::ApiGatewayV2::Api", Name="Third", ProtocolType="HTTP")


def calls_of(name: str, calls: str) -> Any:
    return sub(f"arn:aws:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{{name}}}/{calls}")


OTHER = sub("arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Other}/*/GET/*")
RIGHTS: dict[str, tuple[Document, Document, Status]] = {
    "its URL": (own(), allow("lambda:InvokeFunctionUrl", att("Code")), UNDECIDED),
    "a function that no template has": (own(uri=LITERAL), allow("lambda:InvokeFunction", LITERAL), UNDECIDED),
    "another that no template has": (own(uri=LITERAL), allow("lambda:InvokeFunction", f"{LITERAL}2"), PROVED),
    "another function of the template": (own(More=FUNCTION), allow("lambda:InvokeFunction", att("More")), PROVED),
    "another one's alias": (own(More=FUNCTION), allow("lambda:InvokeFunction", sub("${More.Arn}:live")), PROVED),
    "a function of the template, which a stage may name": (
        own(uri=f"{REST}arn:aws:lambda:us-east-1:123456789012:function:${{stageVariables.fn}}/invocations"),
        allow("lambda:InvokeFunction", att("Code")), UNDECIDED,
    ),
    "a function of the template, which an import may name": (
        own(uri={"Fn::ImportValue": "handler"}), allow("lambda:InvokeFunction", att("Code")), UNDECIDED,
    ),
    "functions of the stack": (
        own(), allow("lambda:InvokeFunction", sub("arn:aws:lambda:*:*:function:${AWS::StackName}-*")), UNDECIDED,
    ),
    "functions whose names begin as a stack may": (
        own(), allow("lambda:InvokeFunction", "arn:aws:lambda:us-east-1:123456789012:function:app-*"), UNDECIDED,
    ),
    "functions whose names do not begin as its": (
        own(Code=BY_NAME), allow("lambda:InvokeFunction", "arn:aws:lambda:us-east-1:123456789012:function:app-*"),
        PROVED,
    ),
    "a function and all whose names begin as its": (
        own(More=FUNCTION), allow("lambda:InvokeFunction", sub("${More.Arn}*")), UNDECIDED,
    ),
    "an alias": (own(uri=ref("Live"), Live=ALIAS), allow("lambda:InvokeFunction", sub("${Code.Arn}:live")), UNDECIDED),
    "a function that a stage names": (
        own(uri=f"{REST}arn:aws:lambda:us-east-1:123456789012:function:${{stageVariables.fn}}/invocations"),
        allow("lambda:InvokeFunction", LITERAL), UNDECIDED,
    ),
    "a state machine that runs it": (own(M=MACHINE), allow("states:StartExecution", ref("M")), UNDECIDED),
    "a state machine, to look at": (own(M=MACHINE), allow("states:DescribeStateMachine", ref("M")), PROVED),
    "a topic's rule that runs it": (own(R=TOPIC_RULE), allow("iot:Publish", "*"), UNDECIDED),
    "a state machine that runs what its input names": (
        own(**BY_INPUT), allow("states:StartExecution", ref("M")), UNDECIDED
    ),
    "a rule that runs it with a text of its own": (
        own(R=of("AWS::Events::Rule", EventPattern={"source": ["x"]}, Targets=[{"Arn": att("Code"), "Input": "{}"}])),
        allow("events:PutEvents", "*"), PROVED,
    ),
    "a rule that runs it": (own(R=RULE), allow("events:PutEvents", "*"), UNDECIDED),
    "another API for IAM": (
        {**own(), **api((GET_USER, "AWS_IAM"), name="Other")}, allow("execute-api:Invoke", OTHER), UNDECIDED
    ),
    "their own path of another API": (
        {**own(), **api((GET_USER, "AWS_IAM"), name="Other")},
        allow("execute-api:Invoke", {"Fn::Join": ["/", [
            sub("arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Other}/prod/GET/users"), SUB]]}), PROVED,
    ),
    "a path of another API that they choose": (
        {**own(), **api((GET_USER, "AWS_IAM"), name="Other")},
        allow("execute-api:Invoke", calls_of("Other", "prod/GET/users/${!aws:Referer}")), UNDECIDED,
    ),
    "a path of another API with their own behind what they choose": (
        {**own(), **api(("GET /users/{rest+}", "AWS_IAM"), name="Other")},
        allow("execute-api:Invoke", calls_of("Other", f"prod/GET/users/${{!aws:Referer}}/{THEIRS}")), UNDECIDED,
    ),
    "a path of another API by a tag that no template sets": (
        {**own(), **api((GET_USER, "AWS_IAM"), name="Other")},
        allow("execute-api:Invoke", calls_of("Other", "prod/GET/users/${!aws:PrincipalTag/none}")), UNDECIDED,
    ),
    "another path of another API": (
        {**own(), **api((GET_USER, "AWS_IAM"), ("GET /x", "AWS_IAM"), name="Other")},
        allow("execute-api:Invoke", calls_of("Other", "*/GET/x")), PROVED,
    ),
    "the same call of a third API": (
        {**own(), **api((GET_USER, "AWS_IAM"), name="Other"), "Third": THIRD},
        allow("execute-api:Invoke", calls_of("Third", "*/GET/users/*")), PROVED,
    ),
    "the call of an API whose name is spelt out": (
        {**own(), **api((GET_USER, "AWS_IAM"), name="Other")},
        allow("execute-api:Invoke", "arn:aws:execute-api:us-east-1:123456789012:a1b2c3/*/GET/users/*"), UNDECIDED,
    ),
    "a stage that the template makes": (
        {**own(), **api((GET_USER, "AWS_IAM"), name="Other"), "Live": STAGE},
        allow("execute-api:Invoke", calls_of("Other", "${Live}/GET/users/*")), UNDECIDED,
    ),
    "another method of the same API": (
        own(("POST /users/{id}", "AWS_IAM")),
        allow("execute-api:Invoke", calls_of("Api", "prod/POST/users/*")), UNDECIDED,
    ),
    "their own path by another method": (
        own(("POST /users/{id}", "AWS_IAM")),
        allow("execute-api:Invoke", calls_of("Api", f"prod/POST/users/{THEIRS}")), PROVED,
    ),
    "another path of the same API": (
        own(("POST /people/{id}", "AWS_IAM")),
        allow("execute-api:Invoke", calls_of("Api", "prod/POST/people/*")), PROVED,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", RIGHTS)
def test_callers_who_run_the_code_behind_an_owned_path_by_another_way_are_told(name: str) -> None:
    resources, rights, expected = RIGHTS[name]
    found = report(resources, rights)
    assert found.status is expected, [each.story for each in found.findings if each.story]


def test_a_question_that_is_too_large_is_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    def too_large(*_: Any) -> Any:
        raise TooManyStatesError

    resources, rights, expected = RIGHTS["another path of another API"]
    assert expected is PROVED
    monkeypatch.setattr(other_routes, "vectors_among", too_large)
    assert report(resources, rights).status is UNDECIDED


@pytest.mark.parametrize("holder", ["AWS::IoT::RoleAlias", "AWS::Transfer::User"])
def test_a_role_that_may_call_owned_paths_is_followed_where_nothing_else_is_owned(holder: str) -> None:
    calls = role("x.amazonaws.com", allow("execute-api:Invoke", sub(OF_API["Fn::Sub"])))
    more = own(Calls=calls, Holder=of(holder, RoleArn=att("Calls"), Role=att("Calls")))
    found = proof_of(template([call(USERS)], more=more))
    assert any(f"Holder ({holder}) holds the name of the role Calls" in each.story for each in found.findings)
