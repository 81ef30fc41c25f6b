"""Rows about functions called without an API: the permitted callers, and the identity that IAM gives the function."""

import base64
import json
from typing import Any, Final

from constructs_lib.story.actors import Call, Name, Who, alice, bob, editor, guest
from constructs_lib.story.refusals import ACCESS_DENIED, UNAUTHENTICATED, Refused, error_code
from constructs_lib.story.row import Row, WrongAnswerError, allowed, expect, refused
from constructs_lib.story.users import Cast

_UNSIGNED: Final = ACCESS_DENIED | {"MissingAuthenticationTokenException"}
_BAD_SIGNATURE: Final = frozenset({"403", "InvalidSignatureException"})
_EVENT: Final = {"name": "Ann"}


def _open(cast: Cast) -> str:
    return cast.settings.other("OpenFunctionName")


def _of_editors(cast: Cast) -> str:
    return cast.settings.other("EditorsFunctionName")


def _response_of_url(cast: Cast) -> str:
    return cast.settings.other("UrlFunctionName")


def _invoked(cast: Cast, who: Who, name: str, event: Any, **options: Any) -> Any:
    client = who(cast).caller.session().client("lambda")
    answer = client.invoke(FunctionName=name, Payload=json.dumps(event), **options)
    return json.loads(answer["Payload"].read())


def _invoke(who: Who, function: Name) -> Call:
    """Invoke a function that returns the caller's identity."""

    def call(cast: Cast) -> None:
        seen = _invoked(cast, who, function(cast), _EVENT).get("identity_id")
        expect(seen == who(cast).caller.identity_id, f"the function identified the caller as {seen}")

    return call


def _pretend(who: Who, other: Who) -> Call:
    """Claim another user's identity in the event and in the client context."""

    def call(cast: Cast) -> None:
        theirs = other(cast).caller.identity_id
        iam = {"userArn": "arn:aws:sts::0:assumed-role/admin/x", "cognitoIdentity": {"identityId": theirs}}
        event = {**_EVENT, "identity_id": theirs, "requestContext": {"authorizer": {"iam": iam}}}
        says = {"custom": {"cognito_identity_id": theirs}, "identity": {"cognitoIdentityId": theirs}}
        context = base64.b64encode(json.dumps(says).encode()).decode()
        seen = _invoked(cast, who, _open(cast), event, ClientContext=context).get("identity_id")
        expect(seen == who(cast).caller.identity_id, f"the function identified the caller as {seen}")

    return call


def _write_event(who: Who) -> Call:
    return lambda cast: _invoked(cast, who, _response_of_url(cast), {"rawPath": "/", "requestContext": {}})


def _list(who: Who) -> Call:
    return lambda cast: who(cast).caller.session().client("lambda").list_functions()


def _get(cast: Cast, credentials: Any) -> Any:
    answer = cast.app.send("GET", cast.settings.other("FunctionUrl"), credentials=credentials)
    if answer.status_code in UNAUTHENTICATED:
        raise Refused(error_code(answer))
    if not answer.ok:
        raise WrongAnswerError(f"{answer.status_code} {answer.text[:200]}")
    return answer.json()


def _url(who: Who) -> Call:
    """Call the URL, whose function returns the caller's role."""

    def call(cast: Cast) -> None:
        seen = _get(cast, who(cast).caller.credentials.get_frozen_credentials()).get("role")
        expect(bool(seen), "the function received no role")

    return call


def _url_with_guessed_secret(cast: Cast) -> object:
    mine = cast.alice.caller.credentials.get_frozen_credentials()
    return _get(cast, mine._replace(secret_key="guessed"))  # noqa: S106 - a wrong one


def rows() -> list[Row]:
    """Return the rows in the order of execution."""
    return [
        allowed("Alice", "invokes the function for every caller", _invoke(alice, _open)),
        allowed("Guest", "invokes the function for every caller", _invoke(guest, _open)),
        allowed("Editor", "invokes the function for every caller", _invoke(editor, _open)),
        allowed("Editor", "invokes the function for editors", _invoke(editor, _of_editors)),
        allowed("Alice", "claims to be Bob, and is identified as Alice", _pretend(alice, bob)),
        allowed("Alice", "calls the function's URL", _url(alice)),
        allowed("Editor", "calls the function's URL", _url(editor)),
        refused("Alice", "invokes the function for editors", _invoke(alice, _of_editors)),
        refused("Guest", "invokes the function for editors", _invoke(guest, _of_editors)),
        refused("Alice", "invokes the URL's function with an invented event", _write_event(alice)),
        refused("Alice", "lists the functions", _list(alice)),
        refused("Guest", "calls the function's URL", _url(guest)),
        refused("Stranger", "calls the function's URL unsigned", lambda cast: _get(cast, None), _UNSIGNED),
        refused(
            "Stranger",
            "calls the URL with Alice's key and a guessed secret",
            _url_with_guessed_secret,
            _BAD_SIGNATURE,
        ),
    ]
