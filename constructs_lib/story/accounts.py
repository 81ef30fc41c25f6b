"""Rows about accounts: invented sessions, attributes used as claims, other users' addresses and tokens."""

from typing import TYPE_CHECKING, Final

from constructs_lib.story.actors import Call
from constructs_lib.story.row import Row, allowed, expect, refused
from constructs_lib.story.users import Cast

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp.type_defs import RespondToAuthChallengeResponseTypeDef

_SESSION: Final = "a-session-that-nobody-was-ever-given"
_NEW: Final = "Mallorys-own-1"
_UNWRITABLE: Final = {"NotAuthorizedException", "InvalidParameterException"}
_HERS: Final = "her password"
"""Placeholder for Alice's own answer, so that the session is the only invalid part of the call."""
_ANSWERS: Final = {
    "NEW_PASSWORD_REQUIRED": {"NEW_PASSWORD": _NEW},
    "MFA_SETUP": {},
    "SOFTWARE_TOKEN_MFA": {"SOFTWARE_TOKEN_MFA_CODE": "123456"},
    "SMS_MFA": {"SMS_MFA_CODE": "123456"},
    "EMAIL_OTP": {"EMAIL_OTP_CODE": "12345678"},
    "CUSTOM_CHALLENGE": {"ANSWER": "sesame"},
    "SELECT_CHALLENGE": {"ANSWER": "PASSWORD", "PASSWORD": _HERS},
    "PASSWORD": {"PASSWORD": _HERS},
}


def _alice(cast: Cast) -> str:
    return cast.alice.caller.username


def _invent(challenge: str) -> Call:
    return lambda cast: _respond(cast, challenge, _SESSION, _ANSWERS[challenge])


def _respond(
    cast: Cast, challenge: str, session: str, answers: dict[str, str]
) -> "RespondToAuthChallengeResponseTypeDef":
    return cast.app.cognito.respond_to_auth_challenge(
        ClientId=cast.app.settings.user_pool_client_id,
        ChallengeName=challenge,  # type: ignore[arg-type] # one of the names above
        Session=session,
        ChallengeResponses={
            "USERNAME": _alice(cast),
            **{name: cast.administration.password if answer == _HERS else answer for name, answer in answers.items()},
        },
    )


def _foreign_session(cast: Cast) -> object:
    return _respond(cast, "NEW_PASSWORD_REQUIRED", _session_of_mallory(cast), {"NEW_PASSWORD": _NEW})


def _session_of_mallory(cast: Cast) -> str:
    """Return the session of a newly invited user's first challenge."""
    answer = cast.app.answer_to_password(cast.intruders.invited, cast.administration.password)
    expect(answer.get("ChallengeName") == "NEW_PASSWORD_REQUIRED", "an invited user was not asked for a new password")
    return answer["Session"]


def _sign_up_with(name: str, value: str) -> Call:
    return lambda cast: cast.app.sign_up(
        f"claims-{cast.newcomer}", cast.administration.password, attributes={name: value}
    )


def _write(name: str, value: str) -> Call:
    return lambda cast: _update(cast, cast.alice.caller.tokens.access_token, name, value)


def _update(cast: Cast, token: str, name: str, value: str) -> object:
    return cast.app.cognito.update_user_attributes(AccessToken=token, UserAttributes=[{"Name": name, "Value": value}])


def _take_address_of_bob(cast: Cast) -> object:
    return _update(cast, cast.alice.caller.tokens.access_token, "email", cast.bob.caller.username)


def _move(cast: Cast) -> None:
    """Change an address and change it back: the unconfirmed address must not sign in."""
    user, elsewhere = cast.app.sign_in(cast.newcomer, cast.administration.password), f"elsewhere-{cast.newcomer}"
    token = user.tokens.access_token
    _update(cast, token, "email", elsewhere)
    attributes = {
        each["Name"]: each["Value"] for each in cast.app.cognito.get_user(AccessToken=token)["UserAttributes"]
    }
    expect(
        attributes["email"] == cast.newcomer or attributes["email_verified"] == "false",
        "an unconfirmed address takes effect",
    )
    try:
        cast.app.sign_in(elsewhere, cast.administration.password)
    except (
        cast.app.cognito.exceptions.NotAuthorizedException,
        cast.app.cognito.exceptions.UserNotFoundException,
    ):
        _update(cast, token, "email", cast.newcomer)
        return
    expect(condition=False, problem="the new address signs in before it is confirmed")


def _guess_reset(cast: Cast) -> object:
    return _reset(cast, "654321", _NEW)


def _weak_reset(cast: Cast) -> object:
    return _reset(cast, "654321", "weak")


def _reset(cast: Cast, code: str, password: str) -> object:
    client = cast.app.settings.user_pool_client_id
    cast.app.cognito.forgot_password(ClientId=client, Username=_alice(cast))
    guessed = code if cast.administration.last_code(_alice(cast)) != code else "000000"
    return cast.app.cognito.confirm_forgot_password(
        ClientId=client, Username=_alice(cast), ConfirmationCode=guessed, Password=password
    )


def _renew_revoked(cast: Cast) -> object:
    gone = cast.intruders.signed_out.tokens.refresh_token
    return cast.app.cognito.get_tokens_from_refresh_token(
        ClientId=cast.app.settings.user_pool_client_id, RefreshToken=gone
    )


def _still_alice(cast: Cast) -> None:
    again = cast.app.sign_in(_alice(cast), cast.administration.password)
    expect(again.sub == cast.alice.caller.sub, "Alice has another sub")
    expect(not again.groups, "Alice is in a group now")


def rows() -> list[Row]:
    """Return the rows in the order of execution."""
    denied = {"NotAuthorizedException"}
    return [
        *[
            refused("Mallory", f"answers {name} for Alice with an invented session", _invent(name), denied)
            for name in _ANSWERS
        ],
        refused("Mallory", "sets Alice's password with a session of her own", _foreign_session, denied),
        refused("Mallory", "signs up into a group", _sign_up_with("cognito:groups", "editors"), _UNWRITABLE),
        refused("Mallory", "signs up with a role", _sign_up_with("cognito:preferred_role", "arn:x"), _UNWRITABLE),
        *[
            refused("Alice", f"writes {name} into her account", _write(name, "1"), _UNWRITABLE)
            for name in ("sub", "exp", "iss", "aud", "token_use", "cognito:roles", "email_verified", "identities")
        ],
        refused("Alice", "takes Bob's e-mail address", _take_address_of_bob, {"AliasExistsException"}),
        allowed("Newcomer", "changes an e-mail address, effective once confirmed", _move),
        refused("Mallory", "resets Alice's password with a guessed code", _guess_reset, {"CodeMismatchException"}),
        refused("Mallory", "resets Alice's password to a weak one", _weak_reset, {"InvalidPasswordException"}),
        refused("Mallory", "renews the tokens of a user who signed out", _renew_revoked, denied),
        allowed("Alice", "signs in with her own password and unchanged identity", _still_alice),
    ]
