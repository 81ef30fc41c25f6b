"""Services that act with a role, for tests of what they do for a caller."""

import json
from typing import Any, Final

from constructs_lib.analysis.proof.findings import Report
from tests.analysis.conftest import template
from tests.analysis.proof.access_paths.openings import (
    Document,
    Names,
    Opening,
    allow,
    applied,
    att,
    of,
    reads,
    ref,
    role,
    sub,
)
from tests.analysis.proof.test_traps import OWN, ROWS
from tests.proofs import proof_of

NAMES: Final = Names()
IAM: Final = allow("iam:PutRolePolicy", "*")
IMPORTED: Final = {"Fn::ImportValue": "role"}
START: Final = allow("states:StartExecution", "*")
PUT_EVENTS: Final = allow("events:PutEvents", "*")


def report(resources: Document, *user: Document) -> Report:
    return proof_of(applied(template([OWN, ROWS]), NAMES, Opening(resources=resources, user=user)))


def route(uri: Any, *rights: Document, auth: str = "NONE", credentials: Any = None, **more: Any) -> Document:
    """A route of a REST API that calls AWS with a role."""
    integration = {"Type": "AWS", "Credentials": credentials or att("Acts"), "Uri": uri, **more}
    return {
        "Api": of("AWS::ApiGateway::RestApi", Name="a"),
        "Call": of("AWS::ApiGateway::Method", RestApiId=ref("Api"), ResourceId=att("Api", "RootResourceId"),
                   HttpMethod="POST", AuthorizationType=auth, Integration=integration),
        "Acts": role("apigateway.amazonaws.com", *rights),
    }  # fmt: skip


def calls(service: str) -> str:
    return f"arn:aws:apigateway:us-east-1:{service}"


def stored(path: str, **more: Any) -> Document:
    """An open route to objects, with a role that reads and writes every object."""
    uri = sub(f"arn:aws:apigateway:us-east-1:s3:path/{path}")
    return route(uri, *reads(NAMES), allow("s3:PutObject", NAMES.objects), **more)


def machine(*rights: Document, role_arn: Any = None, **more: Any) -> Document:
    states = {"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:iam:x"}}}
    made = of("AWS::StepFunctions::StateMachine", RoleArn=role_arn or att("Does"), DefinitionString=json.dumps(states))
    return {"Machine": made, "Does": role("states.amazonaws.com", *rights), **more}


def rule(pattern: Document, **target: Any) -> Document:
    said = {"Id": "1", "Arn": ref("Machine"), "RoleArn": att("Starts"), **target}
    starts = role("events.amazonaws.com", allow("states:StartExecution", ref("Machine")))
    return {"Rule": of("AWS::Events::Rule", EventPattern=pattern, Targets=[said]), "Starts": starts}


def source(kind: str, *rights: Document, auth: str = "API_KEY", credentials: Any = None, **more: Any) -> Document:
    return {
        "Graph": of("AWS::AppSync::GraphQLApi", Name="g", AuthenticationType=auth),
        "Source": of("AWS::AppSync::DataSource", ApiId=att("Graph", "ApiId"), Name="s", Type=kind,
                     ServiceRoleArn=credentials or att("Acts"), **more),
        "Acts": role("appsync.amazonaws.com", *rights),
    }  # fmt: skip


def signed(service: Any) -> Document:
    how = {"AuthorizationType": "AWS_IAM", "AwsIamConfig": {"SigningServiceName": service}}
    return {"HttpConfig": {"Endpoint": "https://x", "AuthorizationConfig": how}}


CUSTOM: Final = {"source": ["my.app"]}
OPEN_TO_ALL: Final = of("AWS::Events::EventBusPolicy", StatementId="s", Action="events:PutEvents", Principal="*")
OF_ALL: Final = {"Effect": "Allow", "Principal": "*", "Action": "events:PutEvents", "Resource": "*"}
INVOKE: Final = sub(calls("lambda:path/2015-03-31/functions/${Code.Arn}/invocations"))
CODE: Final = {"Code": of("AWS::Lambda::Function", Role=att("Runs"), Code={"ZipFile": "x"}),
               "Runs": role("lambda.amazonaws.com", IAM)}  # fmt: skip

WRITES_CODE: Final = allow("s3:PutObject", sub("${Assets.Arn}/*"))
ASSETS: Final = {
    "Assets": of("AWS::S3::Bucket"), "Fetched": of("AWS::Lambda::Function", Role="arn", Code={
        "S3Bucket": ref("Assets"), "S3Key": "code/app.zip"}),
}  # fmt: skip
"""A bucket, and a function with code of it."""


def project(*rights: Document, **target: Any) -> Document:
    """A build that a rule starts with events, with an imported role of the rule."""
    said = {"Id": "1", "Arn": att("Build"), "RoleArn": IMPORTED, **target}
    return {
        "Build": of("AWS::CodeBuild::Project", ServiceRole=att("Builds"), Source={"Type": "NO_SOURCE"}),
        "Builds": role("codebuild.amazonaws.com", *rights),
        "Rule": of("AWS::Events::Rule", EventPattern=CUSTOM, Targets=[said]),
    }


def copied(rights: Document) -> Document:
    """A bucket that is replicated to the one with the code, and a route that writes there."""
    rule = {"Status": "Enabled", "Destination": {"Bucket": att("Assets")}}
    copies = of("AWS::S3::Bucket", ReplicationConfiguration={"Role": "arn", "Rules": [rule]})
    return {**ASSETS, "In": copies, **route(calls("s3:path/x"), rights)}


TOPIC_RULE: Final[Document] = {
    "Rule": of("AWS::IoT::TopicRule", TopicRulePayload={"Sql": "SELECT * FROM 'u'", "Role": att("Acts")}),
    "Acts": role("iot.amazonaws.com", IAM),
}


def devices(action: Any) -> Document:
    return of(
        "AWS::IoT::Policy", PolicyDocument={"Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}
    )


CREATED: Final = {"source": ["aws.s3"], "detail-type": ["Object Created"]}
