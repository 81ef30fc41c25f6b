"""Caller identity in the context of functions that clients invoke directly.

Lambda adds the identity pool's identity to the context, and the client's `X-Amz-Client-Context` ("Using the Lambda
context object to retrieve Python function information" and the same page for Node.js, AWS Lambda developer guide).
Stock MiniStack has neither (measured on 1.5.33).
"""

import base64
import binascii
import contextvars
import json
from typing import Any, Final

from ministack.core import lambda_runtime
from ministack.services import lambda_svc, sts

from .ministack_interface import UnsupportedError, expect_attributes, expect_parameters

_CALLER: Final = "_caller"
"""Inserted after the values of durable executions, which also reach a process with each call."""
_CLIENT_CONTEXT: Final = "x-amz-client-context"
_PYTHON: Final = {
    '"identity": None,': (
        '"identity": type("CognitoIdentity", (), {'
        '"cognito_identity_id": (_ms_durable.get("_caller") or {}).get("identity"), '
        '"cognito_identity_pool_id": (_ms_durable.get("_caller") or {}).get("pool")})(),'
    ),
    '"client_context": None,': (
        '"client_context": (lambda said: None if said is None else type("ClientContext", (), {'
        '"client": type("Client", (), said.get("client") or {})(), '
        '"custom": said.get("custom"), "env": said.get("env")})())'
        '((_ms_durable.get("_caller") or {}).get("client")),'
    ),
}
_NODE: Final = {
    "identity: null,": (
        "identity: ctx.durable?._caller?.identity ? { cognitoIdentityId: ctx.durable._caller.identity, "
        "cognitoIdentityPoolId: ctx.durable._caller.pool } : undefined,"
    ),
    "clientContext: null,": "clientContext: ctx.durable?._caller?.client ?? undefined,",
}
_invoked: contextvars.ContextVar[tuple[str, dict[str, Any]] | None] = contextvars.ContextVar("invoked", default=None)
"""The function that the current request invokes, and its caller."""


def check() -> None:
    """Refuse a MiniStack that runs functions differently."""
    expect_parameters(lambda_svc._invoke, "name", "event", "headers", "path_qualifier", "query_params")
    expect_attributes(lambda_svc, "_request_access_key")
    expect_attributes(sts, "_sessions")
    expect_parameters(
        lambda_runtime.Worker.invoke,
        "self", "event", "request_id", "trace_id", "depth", "durable", "invoked_function_arn",
    )  # fmt: skip
    for name, changes in _changes().items():
        for text in changes:
            if getattr(lambda_runtime, name).count(text) != 1:
                raise UnsupportedError(f"ministack.core.lambda_runtime.{name} has not one {text!r}")


def install() -> None:
    """Record the caller, and pass it to the process that runs the function."""
    stock_invoke, stock_worker = lambda_svc._invoke, lambda_runtime.Worker.invoke

    async def invoke(name: str, event: Any, headers: Any, *rest: Any, **options: Any) -> Any:
        token = _invoked.set((name, _caller(lambda_svc._request_access_key.get(), headers)))
        try:
            return await stock_invoke(name, event, headers, *rest, **options)
        finally:
            _invoked.reset(token)

    def run(worker: Any, event: Any, request_id: str, *, durable: Any = None, **options: Any) -> Any:
        name, caller = _invoked.get() or ("", {})
        # Follow-up invocations of this function, such as a destination, have no caller.
        context = {**(durable or {}), _CALLER: caller} if name == worker.func_name else durable
        return stock_worker(worker, event, request_id, durable=context, **options)

    lambda_svc._invoke, lambda_runtime.Worker.invoke = invoke, run
    for name, changes in _changes().items():
        script = getattr(lambda_runtime, name)
        for text, changed in changes.items():
            script = script.replace(text, changed)
        setattr(lambda_runtime, name, script)


def _changes() -> dict[str, dict[str, str]]:
    return {"_PYTHON_WORKER_SCRIPT": _PYTHON, "_NODEJS_WORKER_SCRIPT": _NODE}


def _caller(access_key: str, headers: dict[str, str]) -> dict[str, Any]:
    session = sts._sessions.get(access_key) or {}
    return {
        "identity": session.get("_identity_id"),
        "pool": session.get("_identity_pool_id"),
        "client": _client(headers.get(_CLIENT_CONTEXT, "")),
    }


def _client(header: str) -> dict[str, Any] | None:
    """Return the client context; None if there is none or it is unreadable."""
    try:
        context_data = json.loads(base64.b64decode(header))
    except (ValueError, binascii.Error):
        return None
    return context_data if isinstance(context_data, dict) else None
