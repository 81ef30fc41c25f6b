"""Authorization of Event APIs: connect, subscribe and publish by IAM, a token or a key, then the namespace's handler.

Stock MiniStack (measured on 1.5.33) accepts any text as a token and any signature in a WebSocket message, evaluates no
policy, and stores handlers without running them. Sources: "Configuring authorization and authentication to secure
Event APIs", "Understanding the Event API WebSocket protocol", "AWS AppSync Event API context reference" (AWS AppSync
Events developer guide).
"""

import contextvars
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ministack.core import iam_evaluator, router
from ministack.core.responses import get_account_id, get_region
from ministack.services import appsync_events

from . import handler_process
from .event_callers import RefusedError, by_signature, by_token
from .ministack_interface import expect_attributes, expect_parameters

_SERVICE: Final = "appsync-events"
_VERBS: Final = {"EVENT_PUBLISH": "publish", "EVENT_SUBSCRIBE": "subscribe"}
_NOT_AUTHORIZED: Final = "You are not authorized to make this call."
_ACTIONS: Final = {"publish": "appsync:EventPublish", "subscribe": "appsync:EventSubscribe"}


@dataclass(kw_only=True, slots=True)
class _Request:
    """The current authorization request.

    Attributes:
        signed: The content that a signature in a WebSocket message covers; None for an HTTP request, which is signed
            itself.
        events: The events to publish, as texts; None for a subscription. A handler may remove or change events.
    """

    signed: bytes | None = None
    events: list[Any] | None = None


_request: Final[contextvars.ContextVar[_Request]] = contextvars.ContextVar("asked_of_channels")


def check() -> None:
    """Refuse a MiniStack that authorizes elsewhere."""
    expect_parameters(appsync_events._publish, "api_id", "headers", "body")
    expect_parameters(appsync_events._handle_client_frame, "api_id", "connection_id", "frame", "outbox")
    expect_parameters(appsync_events._modes_accept, "api_id", "modes", "auth")
    expect_parameters(appsync_events._fanout_publish, "api_id", "channel", "events")
    expect_parameters(appsync_events._effective_auth, "frame", "connection_id")
    expect_parameters(
        appsync_events._authorize_event_op, "api_id", "channel", "operation", "auth", "request_headers",
    )  # fmt: skip
    expect_parameters(iam_evaluator.check_credentials, "access_key_id", "service")
    expect_attributes(appsync_events, "_apis", "_channel_namespaces", "_api_keys", "_find_lambda_authorizer_arn")


def install() -> None:
    """Override the checks, and the steps before and after them."""
    _remember_request()
    stock_credentials, stock_fanout = iam_evaluator.check_credentials, appsync_events._fanout_publish

    def check_credentials(access_key_id: str, service: str | None = None) -> Any:
        # A request without an action for the gateway goes to `authorize`, which checks its credentials.
        return None if service == _SERVICE else stock_credentials(access_key_id, service)

    async def fanout(api_id: str, channel: str, events: list[Any]) -> tuple[list[Any], list[Any]]:
        request_data = _request.get(None)
        sent: tuple[list[Any], list[Any]] = await stock_fanout(
            api_id, channel, request_data.events if request_data else events
        )
        return sent

    iam_evaluator.check_credentials = check_credentials
    appsync_events._fanout_publish = fanout
    appsync_events._authorize_event_op = authorize
    appsync_events._modes_accept = _may_connect
    # Each message has its own credentials; those of the connection identify its opener only.
    appsync_events._effective_auth = lambda frame, connection_id: frame.get("authorization")  # noqa: ARG005 - called by its keyword
    appsync_events._find_lambda_authorizer_arn = lambda api_id: None  # noqa: ARG005 - refused as a mode


def _remember_request() -> None:
    stock_publish, stock_frame = appsync_events._publish, appsync_events._handle_client_frame

    async def publish(api_id: str, headers: dict[str, str], body: bytes) -> Any:
        try:
            content = json.loads(body or b"{}")
        except ValueError:
            content = {}
        _request.set(_Request(events=content.get("events") if isinstance(content, dict) else None))
        return await stock_publish(api_id, headers, body)

    async def handle_frame(api_id: str, connection_id: str, frame: Any, outbox: Any) -> None:
        message = frame if isinstance(frame, dict) else {}
        signed = {name: message[name] for name in ("channel", "events") if name in message}
        text = json.dumps(signed, separators=(",", ":"), ensure_ascii=False)
        events = message.get("events") if message.get("type") == "publish" else None
        _request.set(_Request(signed=text.encode(), events=events))
        await stock_frame(api_id, connection_id, message, outbox)

    appsync_events._publish = publish
    appsync_events._handle_client_frame = handle_frame


async def authorize(
    api_id: str, channel: str | None, operation: str, auth: Any, request_headers: Any = None
) -> tuple[bool, str | None]:
    """Decide a subscription or a publication.

    Args:
        api_id: The Event API.
        channel: The channel.
        operation: `EVENT_SUBSCRIBE` or `EVENT_PUBLISH`.
        auth: The headers with the caller's credentials.
        request_headers: Ignored.

    Returns:
        Whether it is allowed, and the reason if it is not.
    """
    del request_headers
    verb, request_data = _VERBS[operation], _request.get()
    segments = [each for each in str(channel).split("/") if each]
    namespace = appsync_events._channel_namespaces.get(api_id, {}).get(segments[0]) or {}
    arn = f"arn:aws:appsync:{get_region()}:{get_account_id()}:apis/{api_id}/channelNamespace/{segments[0]}"
    modes = namespace.get("publishAuthModes" if verb == "publish" else "subscribeAuthModes")
    try:
        identity = _identify(api_id, modes, auth, request_data, action=_ACTIONS[verb], arn=arn)
        _handle(namespace, verb, _context(identity, segments, verb, request_data), request_data)
    except RefusedError as error:
        return False, str(error)
    return True, None


def _may_connect(api_id: str, modes: set[str], auth: Any) -> tuple[bool, str | None]:
    """Decide a connection; its signature covers an empty object."""
    arn = f"arn:aws:appsync:{get_region()}:{get_account_id()}:apis/{api_id}"
    providers = [{"authType": each} for each in modes]
    try:
        _identify(api_id, providers, auth, _Request(signed=b"{}"), action="appsync:EventConnect", arn=arn)
    except RefusedError as error:
        return False, str(error)
    return True, None


def _identify(
    api_id: str, modes: Any, auth: Any, request_data: _Request, *, action: str, arn: str
) -> dict[str, Any] | None:
    """Return the caller's identity for a handler; None for a caller with an API key.

    Raises:
        RefusedError: Unless the credentials are valid and of an accepted authorization mode.
    """
    accepted = {each.get("authType") for each in modes or () if isinstance(each, Mapping)}
    headers = {str(name).lower(): str(value) for name, value in auth.items()} if isinstance(auth, Mapping) else {}
    api = appsync_events._apis.get(api_id) or {}
    authorization = headers.get("authorization", "")
    if authorization.startswith("AWS4-HMAC-SHA256") and "AWS_IAM" in accepted:
        key = router.extract_access_key_id({"authorization": authorization}, {})
        if request_data.signed is not None:
            _pin({**headers, "host": str(api["dns"]["HTTP"])}, request_data.signed)
        denied = iam_evaluator.enforce(key, action, _SERVICE, get_region(), arn) if key else True
        if denied:
            raise RefusedError(_NOT_AUTHORIZED)
        return by_signature(key)
    if authorization and not authorization.startswith("AWS4-") and "AMAZON_COGNITO_USER_POOLS" in accepted:
        return by_token(authorization, api.get("eventConfig") or {})
    key = appsync_events._api_keys.get(api_id, {}).get(headers.get("x-api-key", "")) or {}
    if "API_KEY" in accepted and key.get("expires", 0) > time.time():
        return None
    raise RefusedError(_NOT_AUTHORIZED)


def _pin(headers: Mapping[str, str], body: bytes) -> None:
    """Use the headers of a WebSocket message as those of the request that they sign."""
    raw = [(name.encode("latin-1", "replace"), value.encode("latin-1", "replace")) for name, value in headers.items()]
    iam_evaluator.pin_signed_request("POST", "/event", {}, raw)
    iam_evaluator.pin_signed_body(body)


def _context(identity: dict[str, Any] | None, segments: list[str], verb: str, request_data: _Request) -> dict[str, Any]:
    events = [{"id": str(index), "payload": _read(event)} for index, event in enumerate(request_data.events or ())]
    return {
        "identity": identity,
        "events": events if verb == "publish" else None,
        "info": {
            "channel": {"path": f"/{'/'.join(segments)}", "segments": segments},
            "channelNamespace": {"name": segments[0]},
            "operation": verb.upper(),
        },
        "request": {"headers": {}, "domainName": None},
        "stash": {},
    }


def _handle(namespace: Mapping[str, Any], verb: str, context: dict[str, Any], request_data: _Request) -> None:
    """Run a namespace's handler, and keep the events that it returns.

    Raises:
        RefusedError: If the handler refuses, or cannot run.
    """
    code = namespace.get("codeHandlers")
    if not code:
        return
    answer = handler_process.run(str(code), verb, context)
    if "error" in answer:
        raise RefusedError(str(answer["error"]))
    if verb == "publish" and not answer.get("missing"):
        returned = answer.get("value") or []
        request_data.events = [json.dumps(each.get("payload")) for each in returned if "error" not in each]


def _read(event: Any) -> Any:
    try:
        return json.loads(event)
    except (TypeError, ValueError):
        return event
