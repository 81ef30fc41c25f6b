"""Function URLs as on AWS: two permissions, the caller's role in the event, preflights, streaming handlers.

A call needs `lambda:InvokeFunctionUrl`, and since October 2025 `lambda:InvokeFunction` too ("Control access to Lambda
function URLs", AWS Lambda developer guide). With IAM the event names the signing principal, without `cognitoIdentity`
("Invoking Lambda function URLs"). Stock MiniStack (measured on 1.5.33) checks the first permission alone, omits the
caller, requires a signature for browsers' preflights, and has no `awslambda` for streaming handlers.
"""

import json
from typing import Any, Final

from ministack import app
from ministack.core import iam_evaluator, lambda_runtime
from ministack.services import apigateway, lambda_svc

from .ministack_interface import UnsupportedError, expect_attributes, expect_parameters

_BY_URL: Final = "lambda:InvokeFunctionUrl"
_INVOKE: Final = "lambda:InvokeFunction"
_VIA_URL: Final = {"lambda:InvokedViaFunctionUrl": "true"}
_FORBIDDEN: Final = (403, {"Content-Type": "application/json"}, json.dumps({"Message": "Forbidden"}).encode())
_NODE_HEAD: Final = 'const readline = require("readline");'
_AWSLAMBDA: Final = r"""
// The streaming interface of Lambda's Node.js runtimes; the complete response is returned at once, as text.
globalThis.awslambda = (() => {
  const { Writable } = require("stream");
  class ResponseStream extends Writable {
    chunks = [];
    _write(chunk, encoding, done) { this.chunks.push(Buffer.from(chunk, encoding)); done(); }
    setContentType(type) { this.contentType = type; }
  }
  return {
    streamifyResponse: (handler) => async (event, context) => {
      const stream = new ResponseStream();
      const ended = new Promise((resolve, reject) => stream.on("finish", resolve).on("error", reject));
      await handler(event, stream, context);
      await ended;
      const body = Buffer.concat(stream.chunks);
      if (!stream.contentType || body.includes("\0".repeat(8))) return body.toString();
      return JSON.stringify({ headers: { "content-type": stream.contentType } }) + "\0".repeat(8) + body;
    },
    HttpResponseStream: {
      from: (stream, prelude) => { stream.write(JSON.stringify(prelude) + "\0".repeat(8)); return stream; },
    },
  };
})();
"""


def check() -> None:
    """Refuse a MiniStack that serves them differently."""
    expect_parameters(
        app._enforce_data_plane,
        "service", "iam_action", "headers", "query_params", "request_id", "resource_arn", "service_context",
        "auth_error_response", "named_resource",
    )  # fmt: skip
    expect_parameters(
        app._handle_lambda_url_request,
        "host", "path", "method", "headers", "body", "query_params", "source_ip",
    )  # fmt: skip
    expect_parameters(app._parse_lambda_url, "host", "path")
    expect_parameters(lambda_svc.resolve_function_url, "url_id")
    expect_parameters(lambda_svc.function_policy_for_arn, "resource_arn")
    expect_attributes(iam_evaluator, "_anonymous")
    expect_parameters(lambda_svc._function_url_cors_headers, "cfg", "request_headers")
    expect_parameters(
        lambda_svc._build_function_url_event,
        "url_id", "account_id", "region", "method", "path", "headers", "body", "query_params", "source_ip",
        "anonymous", "trace_root",
    )  # fmt: skip
    expect_parameters(apigateway._iam_caller_identity_v2, "headers", "query_params")
    if lambda_runtime._NODEJS_WORKER_SCRIPT.count(_NODE_HEAD) != 1:
        raise UnsupportedError(f"ministack.core.lambda_runtime._NODEJS_WORKER_SCRIPT has not one {_NODE_HEAD!r}")


def install() -> None:
    """Override each function; MiniStack looks them up at call time."""
    _require_both_permissions()
    _answer_preflights()
    _add_signers()
    script = lambda_runtime._NODEJS_WORKER_SCRIPT
    lambda_runtime._NODEJS_WORKER_SCRIPT = script.replace(_NODE_HEAD, _NODE_HEAD + _AWSLAMBDA)


def _require_both_permissions() -> None:
    stock = app._enforce_data_plane

    def enforce(service: str, iam_action: str, *rest: Any, **options: Any) -> Any:
        denied = stock(service, iam_action, *rest, **options)
        if denied or iam_action != _BY_URL:
            return denied
        if iam_evaluator._anonymous.get():
            return None if _allows_everyone(options["resource_arn"]) else _FORBIDDEN
        return stock(service, _INVOKE, *rest, **{**options, "service_context": _VIA_URL})

    app._enforce_data_plane = enforce


def _allows_everyone(function: str) -> bool:
    """Return whether a function's policy allows anonymous calls by its URL, which MiniStack never checks."""
    found = lambda_svc.function_policy_for_arn(function)
    context = iam_evaluator.EvalContext(
        principal_arn="",
        principal_type="Anonymous",
        principal_account="",
        action=_INVOKE,
        resource_arn=function,
        region="",
        service_context={key.lower(): value for key, value in _VIA_URL.items()},
    )
    return found is not None and iam_evaluator.evaluate_resource_policy(found[0], context).decision == "Allow"


def _answer_preflights() -> None:
    stock = app._handle_lambda_url_request

    async def handle(host: str, path: str, method: str, headers: Any, *rest: Any, **options: Any) -> Any:
        found = app._parse_lambda_url(host, path) if method == "OPTIONS" else None
        resolved = None if found is None else lambda_svc.resolve_function_url(found[0])
        if resolved is not None and resolved[-1].get("Cors"):
            return 200, lambda_svc._function_url_cors_headers(resolved[-1], headers), b""
        return await stock(host, path, method, headers, *rest, **options)

    app._handle_lambda_url_request = handle


def _add_signers() -> None:
    stock = lambda_svc._build_function_url_event

    def build(
        url_id: str, account_id: str, region: str, method: str, path: str, headers: Any, body: bytes, query_params: Any,
        **options: Any,
    ) -> dict[str, Any]:  # fmt: skip
        event = stock(url_id, account_id, region, method, path, headers, body, query_params, **options)
        caller = None if options.get("anonymous") else apigateway._iam_caller_identity_v2(headers, query_params)
        if caller:
            event["requestContext"]["authorizer"] = {"iam": {**caller, "cognitoIdentity": None}}
        return dict(event)

    lambda_svc._build_function_url_event = build
