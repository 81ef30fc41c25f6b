"""The callers that ASGI and WSGI applications see, and the answers to everybody else."""

import asyncio
import json
from collections.abc import Iterable
from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI, WebSocket

from constructs_lib.verified import Caller, Forbidden, LoadBalancer, UserPool, VerifiedCallers, VerifiedCallersWsgi
from constructs_lib.verified.starlette import caller_of, needs
from tests.verified.conftest import SUB, Publisher, claims, data, signed, token

Pairs = Iterable[tuple[str, str]]


class Answer:
    """What came back."""

    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body


def asked(app: Any, path: str = "/me", headers: Pairs = (), kind: str = "http") -> Answer:
    """Send a request to an ASGI application, as a server does."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"} if kind == "websocket" else {"type": "http.request", "body": b""}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": kind, "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "",
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers],
        "scheme": "http", "http_version": "1.1", "server": ("testserver", 80), "client": ("127.0.0.1", 1),
    }  # fmt: skip
    asyncio.run(app(scope, receive, send))
    if kind == "websocket":
        return Answer(0, {}, json.dumps([message["type"] for message in sent]).encode())
    answered = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return Answer(sent[0]["status"], answered, b"".join(message.get("body", b"") for message in sent[1:]))


def bearer(text: str) -> list[tuple[str, str]]:
    return [("authorization", f"Bearer {text}")]


def service() -> FastAPI:
    app = FastAPI()

    @app.get("/me")
    def me(caller: Annotated[Caller, Depends(caller_of)]) -> dict[str, str]:
        return {"sub": caller.sub}

    @app.get("/health")
    def health() -> str:
        return "well"

    @app.get("/careless")
    def careless(caller: Annotated[Caller, Depends(caller_of)]) -> str:
        return caller.sub

    @app.get("/admins")
    def admins(caller: Annotated[Caller, Depends(needs(group="admins"))]) -> str:
        return caller.sub

    @app.get("/editors")
    def editors(caller: Annotated[Caller, Depends(needs(group="editors", scope="orders/read"))]) -> str:
        return caller.sub

    @app.get("/orders")
    def orders(caller: Annotated[Caller, Depends(needs(scope="orders/write"))]) -> str:
        return caller.sub

    @app.websocket("/live")
    async def live(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text(caller_of(socket).sub)

    return app


@pytest.fixture
def app(pool: UserPool, balancer: LoadBalancer) -> VerifiedCallers:
    return VerifiedCallers(service(), sources=[pool, balancer], anyone=["/health", "/careless"])


def test_a_token_brings_the_caller_into_the_application(app: VerifiedCallers) -> None:
    answer = asked(app, headers=bearer(token()))
    assert (answer.status, json.loads(answer.body)) == (200, {"sub": SUB})


def test_a_balancers_headers_do_too(app: VerifiedCallers) -> None:
    answer = asked(app, headers=[("X-Amzn-Oidc-Data", data()), ("X-Amzn-Oidc-Accesstoken", token())])
    assert (answer.status, json.loads(answer.body)) == (200, {"sub": SUB})


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("x-amzn-oidc-identity", SUB)],
        [("x-amzn-oidc-accesstoken", "x")],
        [("cookie", "AWSELBAuthSessionCookie-0=x")],
    ],
)
def test_without_a_token_the_answer_is_401_without_an_error_code(app: VerifiedCallers, headers: Pairs) -> None:
    answer = asked(app, headers=headers)
    assert answer.status == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert json.loads(answer.body) == {"message": "Unauthorized"}


def test_a_bad_token_is_401_and_the_reason_stays_in_the_log(
    app: VerifiedCallers, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    answer = asked(app, headers=bearer(token(client_id="another")))
    assert (answer.status, answer.headers["www-authenticate"]) == (401, 'Bearer error="invalid_token"')
    assert b"another" not in answer.body
    assert "the token is of the app client 'another'" in caplog.text


@pytest.mark.parametrize(
    "value", ["", "Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "Bearer a, Bearer b", "Bearer \xff", "Negotiate"]
)
def test_another_scheme_is_401(app: VerifiedCallers, value: str) -> None:
    assert asked(app, headers=[("authorization", value)]).status == 401


def test_a_bad_token_is_not_passed_over_for_a_good_one(app: VerifiedCallers) -> None:
    good = [("x-amzn-oidc-data", data()), ("x-amzn-oidc-accesstoken", token())]
    assert asked(app, headers=[*bearer("bad"), *good]).status == 401
    assert asked(app, headers=[*bearer(token()), *bearer(token())]).status == 401


def test_without_keys_the_answer_is_503(app: VerifiedCallers, publisher: Publisher) -> None:
    publisher.documents.clear()
    answer = asked(app, headers=bearer(token()))
    assert (answer.status, answer.headers["retry-after"]) == (503, "1")


def test_a_missing_group_or_scope_is_403(app: VerifiedCallers) -> None:
    assert asked(app, "/admins", bearer(token())).status == 403
    assert asked(app, "/editors", bearer(token())).status == 200
    answer = asked(app, "/orders", bearer(token()))
    assert (answer.status, answer.headers["www-authenticate"]) == (
        403,
        'Bearer error="insufficient_scope", scope="orders/write"',
    )
    with pytest.raises(ValueError, match=r"needs\(\) has no condition"):
        needs()


@pytest.mark.parametrize("path", ["/health/", "/healthy", "/health/../me", "//health", "/HEALTH", "/me"])
def test_only_the_path_said_is_open(app: VerifiedCallers, path: str) -> None:
    assert asked(app, "/health").status == 200
    assert asked(app, path).status == 401


def test_an_open_path_has_no_caller_even_for_a_good_token(app: VerifiedCallers) -> None:
    assert asked(app, "/careless").status == 401
    assert asked(app, "/careless", bearer(token())).status == 401


def test_a_dependency_without_the_middleware_lets_nobody_in() -> None:
    with pytest.raises(KeyError):
        asked(service(), headers=bearer(token()))


def test_websockets_are_held_to_the_same(app: VerifiedCallers) -> None:
    assert json.loads(asked(app, "/live", kind="websocket").body) == ["websocket.close"]
    assert json.loads(asked(app, "/live", bearer(token()), kind="websocket").body)[0] == "websocket.accept"


def test_the_start_and_end_of_the_application_pass(pool: UserPool) -> None:
    seen = []

    async def inner(scope: Any, _receive: Any, _send: Any) -> None:
        seen.append(scope["type"])

    asyncio.run(VerifiedCallers(inner, sources=[pool])({"type": "lifespan"}, None, None))  # type: ignore[arg-type] # never called
    assert seen == ["lifespan"]


def test_a_caller_that_stood_in_the_scope_before_is_replaced(pool: UserPool) -> None:
    seen = []

    async def inner(scope: Any, _receive: Any, _send: Any) -> None:
        seen.append(scope["cognito_app.caller"])

    wrapped = VerifiedCallers(inner, sources=[pool], anyone=["/open"])
    scope = {"type": "http", "path": "/open", "headers": [], "cognito_app.caller": "somebody"}
    asyncio.run(wrapped(scope, None, None))  # type: ignore[arg-type] # never called
    assert seen == [None]


def test_what_is_raised_in_the_middle_of_an_answer_is_the_servers(pool: UserPool) -> None:
    async def inner(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise Forbidden("late")

    with pytest.raises(Forbidden):
        asked(VerifiedCallers(inner, sources=[pool], anyone=["/me"]))


def test_a_middleware_that_would_refuse_everybody_or_open_too_much_is_an_error(pool: UserPool) -> None:
    def app(*_: Any) -> Any:
        """Answer nothing."""

    for made in (VerifiedCallers, VerifiedCallersWsgi):
        with pytest.raises(ValueError, match=r"sources=\[\] would reject every request"):
            made(app, sources=[])
        with pytest.raises(ValueError, match=r"write anyone=\['/health'\]"):
            made(app, sources=[pool], anyone="/health")
        for paths in (["health"], ["/health/*"], [""]):
            with pytest.raises(ValueError, match="list of whole paths"):
                made(app, sources=[pool], anyone=paths)


def asked_wsgi(app: Any, path: str = "/me", **environ: str) -> Answer:
    begun: list[Any] = []
    body = b"".join(app({"PATH_INFO": path, **environ}, lambda status, headers: begun.extend([status, dict(headers)])))
    return Answer(int(begun[0].split()[0]), begun[1], body)


@pytest.fixture
def wsgi(pool: UserPool, balancer: LoadBalancer) -> VerifiedCallersWsgi:
    def inner(environ: Any, start_response: Any) -> list[bytes]:
        caller = environ["cognito_app.caller"]
        if environ["PATH_INFO"] == "/admins":
            caller.require(group="admins")
        start_response("200 OK", [])
        return [caller.sub.encode() if caller else b"nobody"]

    return VerifiedCallersWsgi(inner, sources=[pool, balancer], anyone=["/health"])


def test_wsgi_callers_are_verified_too(wsgi: VerifiedCallersWsgi) -> None:
    assert asked_wsgi(wsgi, HTTP_AUTHORIZATION=f"Bearer {token()}").body == SUB.encode()
    both = {"HTTP_X_AMZN_OIDC_DATA": data(), "HTTP_X_AMZN_OIDC_ACCESSTOKEN": token()}
    assert asked_wsgi(wsgi, **both).body == SUB.encode()
    assert asked_wsgi(wsgi, "/health", **{"cognito_app.caller": "somebody"}).body == b"nobody"


def test_wsgi_refuses_everybody_else(wsgi: VerifiedCallersWsgi) -> None:
    assert asked_wsgi(wsgi).headers["www-authenticate"] == "Bearer"
    assert asked_wsgi(wsgi, **{"cognito_app.caller": "somebody"}).status == 401
    assert asked_wsgi(wsgi, "/health/").status == 401
    for value in (f"Bearer {token()},Bearer {token()}", "Basic x", "", f"Bearer {signed(claims(), kid='x')}"):
        assert asked_wsgi(wsgi, HTTP_AUTHORIZATION=value).status == 401
    twice = {"HTTP_X_AMZN_OIDC_DATA": f"{data()},{data()}", "HTTP_X_AMZN_OIDC_ACCESSTOKEN": token()}
    assert asked_wsgi(wsgi, **twice).status == 401
    assert asked_wsgi(wsgi, "/admins", HTTP_AUTHORIZATION=f"Bearer {token()}").status == 403


def test_a_mounted_wsgi_application_opens_the_whole_path_only(wsgi: VerifiedCallersWsgi) -> None:
    assert asked_wsgi(wsgi, "/health", SCRIPT_NAME="/admin").status == 401
