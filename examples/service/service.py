"""The service: it verifies callers again, because a load balancer's rule changes more easily than a service.

Environment: `USER_POOL_ID`, `CLIENT_IDS` with commas between them, `LOAD_BALANCER_ARN`, `LOGOUT_URL`; on the local
cloud also `POOL_KEYS_URL` and `BALANCER_KEYS_URL`. It listens on the port that it is started with, 8000 by default.
"""

import json
import os
import sys
from collections.abc import Callable, Iterable
from html import escape
from typing import Any
from wsgiref.simple_server import make_server

from constructs_lib.verified import LoadBalancer, UserPool, VerifiedCallersWsgi, signed_out

_PAGE = """<!doctype html><title>Orders</title><h1>Hello, {name}</h1>
<form method="post" action="/app/sign-out"><button>Sign out</button></form>"""
_HEADERS = [("cache-control", "no-store"), ("x-content-type-options", "nosniff")]

StartResponse = Callable[[str, list[tuple[str, str]]], Any]


def serve(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    """Handle a request of a verified caller, or of an open path, where the caller is None."""
    caller = environ["cognito_app.caller"]
    asked = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
    if asked == "POST /app/sign-out":
        status, headers = signed_out(os.environ["LOGOUT_URL"])
        start_response(f"{status} See Other", headers)
        return [b""]
    if caller is None:
        return _answer(start_response, "text/plain", "welcome")
    if asked.startswith("GET /api/"):
        caller.require(scope="orders/read")
        return _answer(start_response, "application/json", json.dumps({"caller": caller.sub}))
    name = escape(str(caller.claims.get("email") or caller.sub))
    return _answer(start_response, "text/html; charset=utf-8", _PAGE.format(name=name))


def _answer(start_response: StartResponse, kind: str, text: str) -> list[bytes]:
    start_response("200 OK", [("content-type", kind), *_HEADERS])
    return [text.encode()]


def application() -> VerifiedCallersWsgi:
    """Return the service, for a WSGI server."""
    clients = os.environ["CLIENT_IDS"].split(",")
    pool = UserPool(os.environ["USER_POOL_ID"], client_ids=clients, keys_url=os.environ.get("POOL_KEYS_URL"))
    keys = os.environ.get("BALANCER_KEYS_URL")
    balancer = LoadBalancer(os.environ["LOAD_BALANCER_ARN"], pool=pool, keys_url=keys)
    return VerifiedCallersWsgi(serve, sources=[balancer, pool], anyone=["/health", "/welcome"])


if __name__ == "__main__":
    make_server("127.0.0.1", int((*sys.argv[1:], "8000")[0]), application()).serve_forever()
