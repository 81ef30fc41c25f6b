"""Another route to the code behind an owned path is told if that code may get another owner's path by it."""

from typing import Any, Final

import pytest

from constructs_lib.analysis.proof.findings import Status
from tests.analysis.conftest import Document, template
from tests.analysis.proof.access_paths.openings import att, of, ref
from tests.analysis.proof.test_route_authorizers import call
from tests.analysis.proof.test_route_functions import FUNCTION, calls_of
from tests.analysis.proof.test_traps import OWN, allow
from tests.proofs import proof_of

PROVED, UNDECIDED = Status.PROVED, Status.UNDECIDED
LISTENER: Final = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/x/1/2"
PROXY: Final = {"IntegrationType": "AWS_PROXY", "IntegrationUri": att("Code")}
PLAIN: Final = {"IntegrationType": "AWS", "IntegrationUri": att("Code")}
PRIVATE: Final = {"IntegrationType": "HTTP_PROXY", "ConnectionType": "VPC_LINK"}
LISTENS: Final = {**PRIVATE, "IntegrationUri": LISTENER}


def address(uri: str, **parameters: str) -> Document:
    given = {f"integration.request.path.{name}": value for name, value in parameters.items()}
    return {**PRIVATE, "IntegrationUri": uri, "RequestParameters": given}


def overwritten(path: str, **integration: Any) -> Document:
    return {**(integration or LISTENS), "RequestParameters": {"overwrite:path": path}}


OF_ADDRESS: Final = address("http://nlb/users/{id}")


def api(name: str, key: str, integration: Document, auth: str = "AWS_IAM", protocol: str = "HTTP") -> Document:
    return {
        name: of("AWS::ApiGatewayV2::Api", Name=name, ProtocolType=protocol),
        f"{name}To": of("AWS::ApiGatewayV2::Integration", ApiId=ref(name), **integration),
        f"{name}Route": of(
            "AWS::ApiGatewayV2::Route", ApiId=ref(name), RouteKey=key, AuthorizationType=auth,
            Target={"Fn::Join": ["", ["integrations/", ref(f"{name}To")]]},
        ),
    }  # fmt: skip


CASES: Final[dict[str, tuple[Document, str, Document, Status]]] = {
    # What the owned route calls; the other route, which is open, and what it calls.
    "a function, with the other call": (PROXY, "POST /hook", PROXY, PROVED),
    "a function, with the body as event": (PROXY, "POST /hook", PLAIN, UNDECIDED),
    "a function, with a path by a query": (
        PROXY, "POST /hook", overwritten("$request.querystring.p", **PROXY), UNDECIDED
    ),
    "a function, with a path of its own": (PROXY, "POST /hook", overwritten("/other", **PROXY), PROVED),
    "a function, with the owned path": (PROXY, "POST /hook", overwritten("/users/me", **PROXY), UNDECIDED),
    "a listener, with the other path": (LISTENS, "GET /health", LISTENS, PROVED),
    "a listener, with the owned path": (LISTENS, "GET /users/{id}", LISTENS, UNDECIDED),
    "a listener, with the end of its path": (LISTENS, "GET /go/{p+}", overwritten("/$request.path.p"), UNDECIDED),
    "a listener, with what is below another path": (
        LISTENS, "GET /go/{p+}", overwritten("/open/$request.path.p"), PROVED
    ),
    "another listener, with the owned path": (
        LISTENS, "GET /users/{id}", {**LISTENS, "IntegrationUri": f"{LISTENER}0"}, PROVED
    ),
    "an address, with the other path": (OF_ADDRESS, "GET /health", address("http://nlb/health"), PROVED),
    "an address, with the path by a query": (
        OF_ADDRESS, "GET /go", address("http://nlb/users/{u}", u="method.request.querystring.u"), UNDECIDED
    ),
    "an address, with the end of the path": (
        OF_ADDRESS, "GET /go/{p+}", address("http://nlb/{p}", p="method.request.path.p"), UNDECIDED
    ),
    "an address, with what is below another path": (
        OF_ADDRESS, "GET /go/{p+}", address("http://nlb/open/{p}", p="method.request.path.p"), PROVED
    ),
    "an address with another path than the call's": (
        address("http://nlb/people/{id}"), "GET /go/{p+}", address("http://nlb/people/{p}"), UNDECIDED
    ),
    "an address, with the path before a query": (
        address("http://nlb/users/{id}/x"), "GET /go/{u}", address("http://nlb/users/{u}/x?y=1"), UNDECIDED
    ),
    "an address, with a path by a template": (
        OF_ADDRESS, "GET /go", {**address("http://nlb/health"), "RequestTemplates": {"a": "$context.requestOverride"}},
        UNDECIDED,
    ),
    "another address, with any path": (OF_ADDRESS, "GET /go/{p+}", address("http://web/{p}"), PROVED),
}  # fmt: skip


def status(more: Document, *rights: Document) -> Status:
    return proof_of(template([OWN, call("prod/GET/users/{owner}"), *rights], more={"Code": FUNCTION, **more})).status


@pytest.mark.parametrize("name", CASES)
def test_an_open_route_to_the_same_code_is_told_by_the_path_that_this_may_get(name: str) -> None:
    owned, key, other, expected = CASES[name]
    assert status({**api("Api", "GET /users/{id}", owned), **api("Other", key, other, auth="NONE")}) is expected


def test_a_message_to_the_same_code_is_told_if_its_body_is_the_event() -> None:
    owned = api("Api", "GET /users/{id}", PROXY)
    for auth, rights in (("NONE", ()), ("AWS_IAM", (allow("execute-api:Invoke", calls_of("Other", "*/$connect")),))):
        for integration, expected in ((PLAIN, UNDECIDED), (PROXY, PROVED)):
            other = api("Other", "send", integration, auth=auth, protocol="WEBSOCKET")
            connects = of("AWS::ApiGatewayV2::Route", ApiId=ref("Other"), RouteKey="$connect", AuthorizationType=auth)
            assert status({**owned, **other, "Connects": connects}, *rights) is expected


def test_a_route_for_iam_with_the_body_as_event_is_told_if_a_caller_may_call_it() -> None:
    both = {**api("Api", "GET /users/{id}", PROXY), **api("Other", "POST /hook", PLAIN)}
    assert status(both) is PROVED
    assert status(both, allow("execute-api:Invoke", calls_of("Other", "*/POST/hook"))) is UNDECIDED
    assert status(both, allow("execute-api:Invoke", calls_of("Other", "*/GET/hook"))) is PROVED


def test_nobodys_path_of_a_route_for_iam_is_told_if_the_body_is_the_event() -> None:
    theirs = allow("execute-api:Invoke", calls_of("Other", "*/POST/users/me"))
    for integration, expected in ((PLAIN, UNDECIDED), (PROXY, PROVED)):
        both = {**api("Api", "GET /users/{id}", PROXY), **api("Other", "POST /users/{id}", integration)}
        assert status(both, theirs) is expected
