"""A route that sends another path on than the one that policies tie to the caller is told; one that keeps it is not."""

from typing import Any, Final

import pytest

from constructs_lib.analysis.model.owned_places import find_places
from constructs_lib.analysis.model.routes import ApiRoute
from constructs_lib.analysis.proof.route_backends import backend_findings
from tests.analysis.conftest import Document, template
from tests.analysis.proof.test_route_authorizers import BELOW, call
from tests.analysis.proof.test_route_functions import own
from tests.proofs import models_of

FUNCTION: Final = "arn:aws:lambda:us-east-1:123456789012:function:f"
INVOKE: Final = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{FUNCTION}/invocations"
LISTENER: Final = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/x/1/2"
UNKNOWN: Final = "⟦parameter P⟧"
BOTH: Final = {
    "integration.request.path.user": "method.request.path.user",
    "integration.request.path.rest": "method.request.path.rest",
}
QUERY: Final = {"integration.request.header.x-user": "method.request.querystring.user"}
STATED: Final = {
    "integration.request.header.x-stage": "'prod'",
    "integration.request.header.x-id": "context.identity.cognitoIdentityId",
    "integration.request.querystring.page": "method.request.querystring.page",
}
OVERRIDE: Final = {"application/json": "#set($context.requestOverride.path.user = $input.params('u'))"}


def rest(uri: str = "http://nlb/users/{user}/{rest}", parameters: Any = BOTH, **more: Any) -> Document:
    given = {"Type": "HTTP_PROXY", "ConnectionType": "VPC_LINK", "Uri": uri, "RequestParameters": parameters}
    return {**given, **more}


def http(parameters: Any = None, uri: str = LISTENER, **more: Any) -> Document:
    given = {"IntegrationType": "HTTP_PROXY", "ConnectionType": "VPC_LINK", "IntegrationUri": uri}
    return {**given, "RequestParameters": parameters, **more}


KEPT: Final[dict[str, Document]] = {
    "a function": {"Type": "AWS_PROXY", "Uri": INVOKE},
    "a function of an HTTP API": {"IntegrationType": "AWS_PROXY", "IntegrationUri": FUNCTION},
    "a function by OpenAPI": {"type": "aws_proxy", "uri": INVOKE},
    "API Gateway itself": {"Type": "MOCK", "RequestTemplates": {"application/json": "{}"}},
    "nothing": {},
    "an address with each parameter": rest(),
    "an address with each parameter, by OpenAPI": {
        "type": "http_proxy", "uri": "http://nlb/v2/{user}/{rest}", "requestParameters": BOTH
    },
    "an address by other names": rest("http://nlb/{u}/{r}", {
        "integration.request.path.u": "method.request.path.user",
        "integration.request.path.r": "method.request.path.rest",
    }),
    "an address that a stage names": rest("http://${stageVariables.host}/{user}/{rest}"),
    "an address with what says no caller": rest(parameters={**BOTH, **STATED}),
    "an object with each parameter": {
        "Type": "AWS", "Uri": "arn:aws:apigateway:us-east-1:s3:path/bucket/{user}/{rest}", "RequestParameters": BOTH
    },
    "a listener": http(),
    "a listener that no template has": http(uri=UNKNOWN),
    "a listener by OpenAPI": {"type": "http_proxy", "connectionType": "VPC_LINK", "uri": LISTENER},
    "a listener with the path": http({"overwrite:path": "$request.path"}),
    "a listener with another beginning": http({"overwrite:path": "/v2/${request.path.user}/$request.path.rest"}),
    "a listener with a beginning by the stage": http({"overwrite:path": "/${stageVariables.v}${request.path}"}),
    "a listener with headers that say no caller": http({
        "append:header.x-stage": "prod", "overwrite:header.x-id": "$context.identity.user",
        "overwrite:header.accept": "$request.header.accept", "remove:querystring.x": "''",
    }),
}  # fmt: skip
LOST: Final[dict[str, Document]] = {
    "a query instead of the user": rest(
        parameters={**BOTH, "integration.request.path.user": "method.request.querystring.user"}
    ),
    "the end of the path alone": rest("http://nlb/users/{rest}"),
    "the user behind what the caller chooses": rest("http://nlb/{rest}/{user}"),
    "the user in a query, which a client may repeat": rest("http://nlb/?user={user}&rest={rest}"),
    "no path": rest("http://nlb/users"),
    "an address that no template determines": rest(UNKNOWN),
    "a header of the caller's choice": rest(parameters={**BOTH, **QUERY}),
    "a template that replaces the path": rest(RequestTemplates=OVERRIDE),
    "a template that no template of the stack shows": rest(RequestTemplates=UNKNOWN),
    "parameters that no template determines": rest(parameters=UNKNOWN),
    "an object by a query": {
        "Type": "AWS", "Uri": "arn:aws:apigateway:us-east-1:s3:path/bucket/{key}",
        "RequestParameters": {"integration.request.path.key": "method.request.querystring.key"},
    },
    "an event that a template makes": {"Type": "AWS", "Uri": INVOKE, "RequestTemplates": {"a": "$input.body"}},
    "an event that the body is": {"Type": "AWS", "Uri": INVOKE},
    "a queue": {"IntegrationType": "AWS_PROXY", "IntegrationSubtype": "SQS-SendMessage",
                "RequestParameters": {"QueueUrl": "'x'"}},
    "an address that an HTTP API imports": http(uri=UNKNOWN, ConnectionType="INTERNET"),
    "a listener by a type that no template determines": http(IntegrationType=UNKNOWN),
    "a listener with a beginning that no template determines": http({"overwrite:path": f"{UNKNOWN}$request.path"}),
    "a type that no template determines": {"Type": UNKNOWN, "Uri": INVOKE},
    "an integration that no template determines": {"Uri": UNKNOWN},
    "a listener with a path by a query": http({"overwrite:path": "$request.querystring.p"}),
    "a listener with a path by a header": http({"overwrite:path": "/users/$request.header.u/$request.path.rest"}),
    "a listener with the end of the path": http({"overwrite:path": "/$request.path.rest"}),
    "a listener with the path and a query": http({"overwrite:path": "$request.path/$request.querystring.x"}),
    "a listener with a path that no template determines": http({"overwrite:path": UNKNOWN}),
    "a listener with a path of its own": http({"overwrite:path": "/users"}),
    "a listener with a header by a query": http({"overwrite:header.x-user": "$request.querystring.user"}),
    "a listener with a query by the body": http({"append:querystring.user": "$request.body.user"}),
    "an address of an HTTP API": http(uri="https://example.com/{rest}"),
    "a function with another path": {
        "IntegrationType": "AWS_PROXY", "IntegrationUri": FUNCTION,
        "RequestParameters": {"overwrite:path": "$request.querystring.p"},
    },
}  # fmt: skip


def told(integration: Document) -> list[str]:
    model = models_of(template([call(BELOW)], more=own()))[0]
    route = ApiRoute(method="GET", path="/users/{user}/{rest+}", auth="iam", integration=integration)
    return [each.story for each in backend_findings(find_places(model)[0], route, "GET /users")]


@pytest.mark.parametrize("name", KEPT)
def test_a_route_that_keeps_its_path_is_not_told(name: str) -> None:
    assert told(KEPT[name]) == []


@pytest.mark.parametrize("name", LOST)
def test_a_route_that_may_send_another_path_on_is_told(name: str) -> None:
    assert len(told(LOST[name])) == 1
