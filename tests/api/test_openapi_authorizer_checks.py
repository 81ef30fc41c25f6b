"""No operation of a document is open unless its route says anyone, whatever the code that writes it does."""

import copy
import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from constructs_lib.access import allow
from constructs_lib.api import Route, anyone, api_key, http_engine, jwt, rest_engine
from constructs_lib.api.openapi_authorizer_checks import check_security, security_of
from tests.cdk_stubs import FUNCTION

ROUTES = [
    Route("GET", "/signed", FUNCTION, access=[allow.guest, allow.group("editors")]),
    Route("ANY", "/token/{id}", FUNCTION, access=[jwt("a/b", "a/c")]),
    Route("GET", "/key", FUNCTION, access=[api_key]),
    Route("GET", "/both", FUNCTION, access=[allow.authenticated, api_key]),
    Route("GET", "/open", FUNCTION, access=[anyone]),
]
SCHEMES = {
    "iam": {"type": "apiKey", "x-amazon-apigateway-authtype": "awsSigv4"},
    "token": {"type": "oauth2", "x-amazon-apigateway-authorizer": {"type": "jwt"}},
    "key": {"type": "apiKey", "name": "x-api-key"},
}
ANY = "x-amazon-apigateway-any-method"
MOCK = {"type": "mock"}
PREFLIGHT = {"security": [], "x-amazon-apigateway-integration": MOCK}


def document() -> dict[str, Any]:
    paths: dict[str, Any] = {
        "/signed": {"get": {"security": [{"iam": []}]}, "options": PREFLIGHT},
        "/token/{id}": {ANY: {"security": [{"token": ["a/b", "a/c"]}]}},
        "/key": {"get": {"security": [{"key": []}]}},
        "/both": {"get": {"security": [{"iam": [], "key": []}]}},
        "/open": {"get": {}},
    }
    return copy.deepcopy({"paths": paths, "components": {"securitySchemes": SCHEMES}})


def test_a_document_with_the_authorizers_of_its_routes_is_accepted() -> None:
    check_security(document(), ROUTES)


def _without_security(path: str, method: str = "get") -> Callable[[dict[str, Any]], Any]:
    return lambda made: made["paths"][path][method].pop("security")


def _secured(path: str, method: str, *locks: dict[str, list[str]]) -> Callable[[dict[str, Any]], Any]:
    return lambda made: made["paths"][path][method].update(security=list(locks))


def _scheme(name: str, /, **changed: Any) -> Callable[[dict[str, Any]], Any]:
    return lambda made: made["components"]["securitySchemes"][name].update(changed)


LOOSENED: list[Callable[[dict[str, Any]], Any]] = [
    _without_security("/signed"),
    _without_security("/token/{id}", ANY),
    _without_security("/key"),
    _without_security("/both"),
    _secured("/signed", "get"),
    _secured("/signed", "get", {}),
    _secured("/signed", "get", {"iam": []}, {}),
    _secured("/signed", "get", {"token": []}),
    _secured("/signed", "get", {"iam": []}, {"key": []}),
    _secured("/token/{id}", ANY, {"token": []}),
    _secured("/token/{id}", ANY, {"token": ["a/b", "a/c", "a/d"]}),
    _secured("/both", "get", {"iam": []}),
    _secured("/both", "get", {"key": []}),
    _secured("/open", "get", {}),
    _scheme("iam", **{"x-amazon-apigateway-authtype": "custom"}),
    _scheme("token", **{"x-amazon-apigateway-authorizer": {}}),
    _scheme("key", name="x-other"),
    lambda made: made.update(security=[{}]),
    lambda made: made["components"]["securitySchemes"].pop("iam"),
    lambda made: made["components"].pop("securitySchemes"),
    lambda made: made.pop("components"),
    lambda made: made["paths"]["/signed"].pop("get"),
    lambda made: made["paths"].update({"/more": {"get": {"security": [{"iam": []}]}}}),
    lambda made: made["paths"]["/signed"].update(x={}),
    lambda made: made["paths"]["/signed"].update(put=PREFLIGHT),
    lambda made: made["paths"]["/signed"].update(options={}),
    lambda made: made["paths"]["/signed"].update(options={"x-amazon-apigateway-integration": {"type": "aws_proxy"}}),
    lambda made: made["paths"]["/signed"].update(options={"x-amazon-apigateway-integration": {**MOCK, "uri": "u"}}),
]


@pytest.mark.parametrize("loosen", LOOSENED)
def test_a_document_that_asks_for_less_is_not_written(loosen: Callable[[dict[str, Any]], Any]) -> None:
    made = document()
    loosen(made)
    with pytest.raises(RuntimeError, match="report this error of the library"):
        check_security(made, ROUTES)


def _of_access_tokens(**changed: Any) -> dict[str, Any]:
    """Return a document whose route with scopes has an authorizer of its own."""
    made = document()
    authorizer = {"type": "cognito_user_pools", **changed}
    scheme = {"x-amazon-apigateway-authtype": "cognito_user_pools", "x-amazon-apigateway-authorizer": authorizer}
    made["components"]["securitySchemes"]["access"] = scheme
    made["paths"]["/token/{id}"][ANY]["security"] = [{"access": ["a/b", "a/c"]}]
    return made


def test_an_authorizer_of_its_own_for_a_route_with_scopes_is_accepted() -> None:
    check_security(_of_access_tokens(), ROUTES)


@pytest.mark.parametrize("changed", [{"type": "token"}, {"identityValidationExpression": "^(a)$"}])
def test_an_authorizer_of_access_tokens_is_of_the_pool_and_asks_for_no_audience(changed: dict[str, str]) -> None:
    with pytest.raises(RuntimeError, match="report this error of the library"):
        check_security(_of_access_tokens(**changed), ROUTES)


def test_a_route_that_is_open_beside_other_callers_needs_a_lock() -> None:
    made = document()
    route = next(each for each in ROUTES if each.path == "/open")
    object.__setattr__(changed := dataclasses.replace(route), "access", (anyone, jwt()))
    with pytest.raises(RuntimeError, match="GET /open is open without anyone in its access"):
        check_security(made, [changed if each is route else each for each in ROUTES])


def test_an_access_that_nobody_knows_locks_nothing_and_is_refused() -> None:
    route = ROUTES[0]
    for unknown in (jwt, "guest", None, allow.guest.to("read"), object()):
        changed = dataclasses.replace(route)
        object.__setattr__(changed, "access", (unknown,))
        with pytest.raises(ValueError, match=r"route 'GET /signed' has .* in access, which is not a kind of caller"):
            security_of(changed)
    object.__setattr__(route_without_access := dataclasses.replace(route), "access", ())
    with pytest.raises(ValueError, match="route 'GET /signed' has no authorizer"):
        security_of(route_without_access)


@pytest.mark.parametrize("access", [[jwt], ["guest"], [None], [allow.guest.to("read")], "guest", [allow], [jwt()] * 0])
def test_a_route_with_such_an_access_cannot_be_made(access: Any) -> None:
    with pytest.raises(ValueError, match="access"):
        Route("GET", "/a", FUNCTION, access=access)


@pytest.mark.parametrize(("engine", "kind"), [(http_engine, "http"), (rest_engine, "rest")])
def test_an_engine_that_forgets_a_lock_writes_nothing(
    bench: Any, monkeypatch: pytest.MonkeyPatch, engine: Any, kind: str
) -> None:
    monkeypatch.setattr(engine, "security_of", lambda _: [])
    with pytest.raises(RuntimeError, match="GET /a is open without anyone in its access"):
        bench.api(Route("GET", "/a", bench.shares, access=[jwt()]), kind=kind)


def test_a_page_may_ask_before_it_sends_to_any_method_of_an_http_api(bench: Any) -> None:
    """OPTIONS without a route is the gateway's own to answer; ANY would hand it to the authorizer."""
    bench.api(
        Route("ANY", "/files/{rest+}", bench.shares, access=[jwt()]),
        Route("POST", "/files/{name+}", bench.shares, access=[allow.authenticated]),
        Route("ANY", "/open", bench.shares, access=[anyone]),
        cors_origins=["https://a.example.com"],
    )
    paths = bench.only("AWS::ApiGatewayV2::Api")["Body"]["paths"]
    assert paths["/files/{rest+}"].keys() == {"get", "head", "put", "patch", "delete"}
    assert all(each["security"] == [{"token": []}] for each in paths["/files/{rest+}"].values())
    assert paths["/open"].keys() == {ANY}
