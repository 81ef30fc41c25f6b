"""Rows about the API: the permitted and the refused callers of each route."""

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from botocore.credentials import ReadOnlyCredentials

from constructs_lib.story.actors import Call, Who, alice, bob, editor, guest
from constructs_lib.story.row import Refused, Row, WrongAnswerError, allowed, refused
from constructs_lib.story.users import Cast

if TYPE_CHECKING:
    import requests


_FORBIDDEN: Final = frozenset({"401", "403"})
_OK: Final = range(200, 300)


def _answer(response: "requests.Response") -> Any:
    if response.status_code in {401, 403}:
        raise Refused(str(response.status_code))
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


def rows() -> list[Row]:
    """Return the rows in the order of execution."""
    return [
        allowed("Alice", "POST /shares", _post(alice)),
        allowed("Editor", "POST /shares: an editor is a signed-in user", _post(editor)),
        allowed("Alice", "GET /shares", _list(alice)),
        allowed("Editor", "GET /shares", _list(editor)),
        allowed("Guest", "GET /shares", _list(guest)),
        allowed("Editor", "DELETE /shares/{id} of Alice's", _remove(editor, alice)),
        allowed("Alice", "DELETE /users/{owner}/shares/{id} , her own", _remove_own(alice, alice)),
        allowed("Editor", "DELETE /users/{owner}/shares/{id} , their own", _remove_own(editor, editor)),
        refused("Alice", "DELETE /users/{owner}/shares/{id} of Bob's", _remove_own(alice, bob), _FORBIDDEN),
        refused("Guest", "DELETE /users/{owner}/shares/{id} of Alice's", _remove_own(guest, alice), _FORBIDDEN),
        refused("Guest", "POST /shares", _post(guest), _FORBIDDEN),
        refused("Guest", "DELETE /shares/{id} of Alice's", _remove(guest, alice), _FORBIDDEN),
        refused("Alice", "DELETE /shares/{id} of Bob's", _remove(alice, bob), _FORBIDDEN),
        refused("Stranger", "GET /shares without a signature", _unsigned, _FORBIDDEN),
        refused("Stranger", "GET /shares with Alice's key and a guessed secret", _wrong_secret, _FORBIDDEN),
        refused("Stranger", "GET /shares with Alice's key and no session token", _without_session_token, _FORBIDDEN),
        refused("Stranger", "POST /shares with Alice's ID token instead", _by_jwt, _FORBIDDEN),
    ]
