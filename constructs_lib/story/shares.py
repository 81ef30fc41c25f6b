"""Rows about the API: the permitted and the refused callers of each route."""

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from botocore.credentials import ReadOnlyCredentials

from constructs_lib.story.actors import Call, Who, alice, bob, editor, guest
from constructs_lib.story.refusals import UNAUTHENTICATED, Refused, error_code
from constructs_lib.story.row import Row, WrongAnswerError, allowed, refused
from constructs_lib.story.users import Cast

if TYPE_CHECKING:
    import requests


_UNSIGNED: Final = frozenset({"403", "MissingAuthenticationTokenException"})
_WRONG_SIGNATURE: Final = frozenset({"403", "InvalidSignatureException"})
_UNKNOWN_KEY: Final = frozenset({"403", "UnrecognizedClientException"})
_NOT_A_SIGNATURE: Final = frozenset({"403", "IncompleteSignatureException"})
"""Codes for credentials that are not valid: an HTTP API sends the status alone, a REST API names them."""
_OK: Final = range(200, 300)
_NOT_FOUND: Final = 404


def _answer(response: "requests.Response") -> Any:
    if response.status_code in UNAUTHENTICATED:
        raise Refused(error_code(response))
    if response.status_code not in _OK:
        raise WrongAnswerError(f"{response.status_code} {response.text[:200]}")
    return response.json() if response.content else None


def _list(who: Who) -> Call:
    return lambda cast: _answer(who(cast).caller.request("GET", f"{cast.api}/shares"))


def _share(cast: Cast, who: Who) -> str:
    document = {"title": "A walk by the river", "document": "diary.txt"}
    created = _answer(who(cast).caller.request("POST", f"{cast.api}/shares", json_body=document))
    return str(created["share_id"])


def _post(who: Who) -> Call:
    return lambda cast: _share(cast, who)


def _existing_share(cast: Cast, whose: Who) -> str:
    try:
        return _share(cast, whose)
    except Refused as refusal:
        raise WrongAnswerError(f"there is nothing to delete: POST was refused ({refusal})") from refusal


def _remove(who: Who, whose: Who) -> Call:
    def call(cast: Cast) -> None:
        address = f"{cast.api}/shares/{_existing_share(cast, whose)}"
        _answer(who(cast).caller.request("DELETE", address))

    return call


def _remove_own(who: Who, whose: Who) -> Call:
    """Delete by the owner's route: IAM allows /users/{owner}/... to that owner only."""

    def call(cast: Cast) -> None:
        share = _existing_share(cast, whose)
        owner = quote(whose(cast).owner, safe="")
        _answer(who(cast).caller.request("DELETE", f"{cast.api}/users/{owner}/shares/{share}"))

    return call


def _send(cast: Cast, method: str, path: str, credentials: ReadOnlyCredentials | None, **options: Any) -> object:
    return _answer(cast.app.send(method, f"{cast.api}{path}", credentials=credentials, **options))


def _unsigned(cast: Cast) -> object:
    return _send(cast, "GET", "/shares", None)


def _wrong_secret(cast: Cast) -> object:
    mine = cast.alice.caller.credentials.get_frozen_credentials()
    return _send(cast, "GET", "/shares", mine._replace(secret_key="guessed"))  # noqa: S106 - a wrong one


def _without_session_token(cast: Cast) -> object:
    mine = cast.alice.caller.credentials.get_frozen_credentials()
    return _send(cast, "GET", "/shares", mine._replace(token=None))


def _by_jwt(cast: Cast) -> object:
    token = cast.alice.caller.tokens.id_token
    return _send(cast, "POST", "/shares", None, headers={"Authorization": f"Bearer {token}"})


def misfit(cast: Cast) -> str:
    """Return that the API does not serve the rows' routes, which an HTTP API states; otherwise nothing."""
    answer = cast.app.send("GET", f"{cast.api}/shares", credentials=None)
    return "the API has no route GET /shares" if answer.status_code == _NOT_FOUND else ""


def rows() -> list[Row]:
    """Return the rows in the order of execution."""
    return [
        allowed("Alice", "POST /shares", _post(alice)),
        allowed("Editor", "POST /shares: an editor is a signed-in user", _post(editor)),
        allowed("Alice", "GET /shares", _list(alice)),
        allowed("Editor", "GET /shares", _list(editor)),
        allowed("Guest", "GET /shares", _list(guest)),
        allowed("Editor", "DELETE /shares/{id} of Alice's", _remove(editor, alice)),
        allowed("Alice", "DELETE /users/{owner}/shares/{id} (her own)", _remove_own(alice, alice)),
        allowed("Editor", "DELETE /users/{owner}/shares/{id} (their own)", _remove_own(editor, editor)),
        refused("Alice", "DELETE /users/{owner}/shares/{id} of Bob's", _remove_own(alice, bob)),
        refused("Guest", "DELETE /users/{owner}/shares/{id} of Alice's", _remove_own(guest, alice)),
        refused("Guest", "POST /shares", _post(guest)),
        refused("Guest", "DELETE /shares/{id} of Alice's", _remove(guest, alice)),
        refused("Alice", "DELETE /shares/{id} of Bob's", _remove(alice, bob)),
        refused("Stranger", "GET /shares without a signature", _unsigned, _UNSIGNED),
        refused("Stranger", "GET /shares with Alice's key and a guessed secret", _wrong_secret, _WRONG_SIGNATURE),
        refused("Stranger", "GET /shares with Alice's key and no session token", _without_session_token, _UNKNOWN_KEY),
        refused("Stranger", "POST /shares with Alice's ID token instead", _by_jwt, _NOT_A_SIGNATURE),
    ]
