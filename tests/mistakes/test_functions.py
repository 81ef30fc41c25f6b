"""Mistakes about functions that clients call: each is an error of ours that says what to write."""

# Who checks types sees some of these by themselves.
# mypy: disable-error-code="arg-type,call-arg,list-item"

from typing import Final

import pytest
from aws_cdk import Duration, Environment, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_sqs as sqs

from constructs_lib.access import allow, anyone
from constructs_lib.api import jwt
from constructs_lib.functions import FunctionUrl, Invocable, PythonFunction
from tests.mistakes.here import ENTRY, Here, Mistake, refused

LAYER: Final = "arn:aws:lambda:us-east-1:111122223333:layer:x:1"


def layer(here: Here) -> lambda_.ILayerVersion:
    return lambda_.LayerVersion.from_layer_version_arn(here.stack, here.id(), LAYER)


def two_urls(here: Here, **options: object) -> None:
    function = here.function()
    FunctionUrl(here.stack, "One", function=function, access=[anyone])
    given = options or {"access": [anyone]}
    FunctionUrl(here.stack, "Two", function=function, **given)


def invoked_by_its_own(here: Here) -> None:
    function = here.function()
    Invocable(here.stack, "Open", auth=here.auth(), function=function, access=[allow.function(function)])


MISTAKES: Final[dict[str, Mistake]] = {
    "access no auth": lambda here: here.function(access=[allow.authenticated]),
    "auth no access": lambda here: here.function(auth=here.auth()),
    "access owner": lambda here: here.function(auth=here.auth(), access=[allow.owner]),
    "access anyone": lambda here: here.function(auth=here.auth(), access=[anyone]),
    "access jwt": lambda here: here.function(auth=here.auth(), access=[jwt()]),
    "access rule": lambda here: here.function(auth=here.auth(), access=[allow.authenticated.to("get")]),
    "access group unknown": lambda here: here.function(auth=here.auth(), access=[allow.group("x")]),
    "access guest no guests": lambda here: here.function(auth=here.auth(), access=[allow.guest]),
    "access tenant": lambda here: here.function(auth=here.tenants(), access=[allow.tenant]),
    "access duplicates": lambda here: here.function(
        auth=here.auth(), access=[allow.authenticated, allow.authenticated]
    ),
    "invocable empty": lambda here: Invocable(here.stack, "I", auth=here.auth(), function=here.function(), access=[]),
    "a URL: anyone with auth": lambda here: FunctionUrl(
        here.stack, "U", auth=here.auth(), function=here.function(), access=[anyone]
    ),
    "a URL: anyone beside": lambda here: FunctionUrl(
        here.stack, "U", auth=here.auth(), function=here.function(), access=[anyone, allow.authenticated]
    ),
    "a URL: no auth": lambda here: FunctionUrl(here.stack, "U", function=here.function(), access=[allow.authenticated]),
    "a URL: star origin": lambda here: FunctionUrl(
        here.stack, "U", function=here.function(), access=[anyone], origins=["*"]
    ),
    "a URL: origin path": lambda here: FunctionUrl(
        here.stack, "U", function=here.function(), access=[anyone], origins=["https://a.com/"]
    ),
    "a URL: methods lower": lambda here: FunctionUrl(
        here.stack, "U", function=here.function(), access=[anyone], methods=["get"]
    ),
    "a URL: methods OPTIONS": lambda here: FunctionUrl(
        here.stack, "U", function=here.function(), access=[anyone], methods=["OPTIONS"]
    ),
    "a URL: methods empty": lambda here: FunctionUrl(
        here.stack, "U", function=here.function(), access=[anyone], origins=["https://a.com"], methods=[]
    ),
    "a URL: methods twice": lambda here: FunctionUrl(
        here.stack, "U", function=here.function(), access=[anyone], origins=["https://a.com"], methods=["GET", "GET"]
    ),
    "a URL: methods no origins": lambda here: FunctionUrl(
        here.stack, "U", function=here.function(), access=[anyone], methods=["PUT"]
    ),
    "a URL: streaming python": lambda here: FunctionUrl(
        here.stack, "U", function=here.function(), access=[anyone], streaming=True
    ),
    "a URL: twice": two_urls,
    "a URL: open and signed": lambda here: two_urls(here, auth=here.auth(), access=[allow.authenticated]),
    "a function: security_groups empty": lambda here: here.function(vpc=here.vpc(), security_groups=[]),
    "a function: security_groups no vpc": lambda here: here.function(
        security_groups=[ec2.SecurityGroup(here.stack, "SG", vpc=here.vpc())]
    ),
    "a function: subnets no vpc": lambda here: here.function(
        vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC)
    ),
    "a function: public subnets": lambda here: here.function(
        vpc=here.vpc(), vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC)
    ),
    "a function: isolated subnets none": lambda here: here.function(
        vpc=here.vpc(), vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)
    ),
    "a function: entry missing": lambda here: PythonFunction(here.stack, "F", entry="nofolder"),
    "a function: entry file": lambda here: PythonFunction(here.stack, "F", entry="lambda_src/shares/handler.py"),
    "a function: shared missing": lambda here: here.function(shared=["nope.py"]),
    "a function: handler dotted": lambda here: here.function(handler="handler.handler"),
    "a function: layers twice": lambda here: here.function(layers=[layer(here), layer(here)]),
    "a function: layer region": lambda here: PythonFunction(
        Stack(here.app, "EU", env=Environment(region="eu-west-1")),
        "F",
        entry=ENTRY,
        layers=[
            lambda_.LayerVersion.from_layer_version_arn(
                here.stack, "L", "arn:aws:lambda:us-east-1:111122223333:layer:x:1"
            )
        ],
    ),
    "a function: exclude all": lambda here: here.function(exclude=["*"]),
    "a function: env reserved": lambda here: here.function(environment={"AWS_REGION": "x"}),
    "a function: env secret value": lambda here: here.function(environment={"K": "-----BEGIN PRIVATE KEY-----"}),
    "a function: env IDENTITY_POOL_ID": lambda here: here.function(
        auth=here.auth(), access=[allow.authenticated], environment={"IDENTITY_POOL_ID": "x"}
    ),
    "a function: timeout 0": lambda here: here.function(timeout=Duration.seconds(0)),
    "a function: timeout 20min": lambda here: here.function(timeout=Duration.minutes(20)),
    "a function: memory 100": lambda here: here.function(memory_size=100),
    "a function: log_retention None": lambda here: here.function(log_retention=None),
    "a function: runtime 3.8": lambda here: here.function(runtime="python3.8"),
    "a function: both failures": lambda here: here.function(
        dead_letters=True, on_failure=destinations.SqsDestination(sqs.Queue(here.stack, "Q"))
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_refused_with_what_to_write(name: str) -> None:
    refused(name, MISTAKES[name])
