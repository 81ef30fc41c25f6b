"""Rows about the two pools: passwords, tokens, identities and roles."""

from typing import Final

from constructs_lib.story.actors import Call, Name
from constructs_lib.story.row import Row, allowed, expect, refused
from constructs_lib.story.users import Cast

_NO_ROLE: Final = frozenset({"NotAuthorizedException", "InvalidIdentityPoolConfigurationException"})
_GUESSED: Final = frozenset({"CodeMismatchException", "ExpiredCodeException"})
"""Codes for a guessed confirmation code; the second one if the pool sends no codes."""
_CLASSIC_FLOW_OFF: Final = frozenset({"InvalidParameterException", "NotAuthorizedException"})


def _password(cast: Cast) -> str:
    return cast.administration.password


def _wrong(cast: Cast) -> str:
    return f"{cast.administration.password}!"


def _sign_up(name: Name, password: Name) -> Call:
    return lambda cast: cast.app.sign_up(name(cast), password(cast))


def _sign_in(name: Name, password: Name) -> Call:
    return lambda cast: cast.app.sign_in(name(cast), password(cast))


def _confirm(code: str) -> Call:
    return lambda cast: cast.app.confirm(cast.newcomer, code)


def _confirm_by_mail(cast: Cast) -> None:
    cast.administration.confirm(cast.app, cast.newcomer)


def _newcomer(cast: Cast) -> str:
    return cast.newcomer


def _alice(cast: Cast) -> str:
    return cast.alice.caller.username


def _forged(cast: Cast) -> str:
    return cast.intruders.forged_token


def _unsigned(cast: Cast) -> str:
    return cast.intruders.unsigned_token


def _expired(cast: Cast) -> str:
    return cast.administration.ended(cast.intruders.expired_token)


def _signed_out(cast: Cast) -> object:
    return cast.intruders.signed_out.fetch_credentials()


def _foreign(cast: Cast) -> str:
    return cast.intruders.foreign_token


def _token_of_bob(cast: Cast) -> str:
    return cast.bob.caller.tokens.id_token


def _access_token(cast: Cast) -> str:
    return cast.alice.caller.tokens.access_token


def _renew(cast: Cast) -> None:
    before = cast.alice.caller.tokens.id_token
    cast.alice.caller.renew_tokens()
    expect(cast.alice.caller.tokens.id_token != before, "the token is still the old one")


def _same_identity(cast: Cast) -> None:
    again = cast.app.sign_in(cast.alice.caller.username, cast.administration.password)
    expect(again.identity_id == cast.alice.caller.identity_id, "a second sign-in gave another identity")


def _different_identities(cast: Cast) -> None:
    users = (cast.alice, cast.bob, cast.editor, cast.guest)
    expect(len({person.caller.identity_id for person in users}) == len(users), "two users have one identity")


def _get_id(token: Name) -> Call:
    return lambda cast: cast.app.identities.get_id(
        IdentityPoolId=cast.app.settings.identity_pool_id, Logins={cast.app.settings.provider: token(cast)}
    )


def _credentials_of_alice(token: Name) -> Call:
    return lambda cast: cast.app.identities.get_credentials_for_identity(
        IdentityId=cast.alice.caller.identity_id, Logins={cast.app.settings.provider: token(cast)}
    )


def _foreign_login(cast: Cast) -> object:
    intruders = cast.intruders
    return cast.app.identities.get_id(
        IdentityPoolId=cast.app.settings.identity_pool_id,
        Logins={intruders.foreign_provider: intruders.foreign_token},
    )


def _without_login(cast: Cast) -> object:
    return cast.app.identities.get_credentials_for_identity(IdentityId=cast.alice.caller.identity_id)


def _foreign_guest(cast: Cast) -> object:
    return cast.app.identities.get_credentials_for_identity(IdentityId=cast.intruders.foreign_guest)


def _invented_identity(cast: Cast) -> object:
    invented = f"{cast.app.settings.region}:00000000-0000-4000-8000-000000000000"
    return cast.app.identities.get_credentials_for_identity(IdentityId=invented)


def _role_of_editors(cast: Cast) -> object:
    return cast.alice.caller.fetch_credentials(custom_role_arn=cast.editors_role)


def _classic_flow(cast: Cast) -> object:
    alice = cast.alice.caller
    return cast.app.identities.get_open_id_token(IdentityId=alice.identity_id, Logins=alice.logins())


def _join_editors(cast: Cast) -> object:
    idp = cast.alice.caller.session().client("cognito-idp")
    return idp.admin_add_user_to_group(
        UserPoolId=cast.app.settings.user_pool_id, Username=cast.alice.caller.username, GroupName="editors"
    )


def _read_identity_pool(cast: Cast) -> object:
    pools = cast.alice.caller.session().client("cognito-identity")
    return pools.list_identities(IdentityPoolId=cast.app.settings.identity_pool_id, MaxResults=10)


def _become_editor(cast: Cast) -> object:
    sts = cast.alice.caller.session().client("sts")
    return sts.assume_role(RoleArn=cast.editors_role, RoleSessionName="alice")


def _unauthorized(who: str, what: str, call: Call) -> Row:
    return refused(who, what, call, {"NotAuthorizedException"})


def rows() -> list[Row]:
    """Return the rows in the order of execution."""
    return [
        refused(
            "Newcomer",
            "signs up with a weak password",
            _sign_up(_newcomer, lambda _: "password"),
            {"InvalidPasswordException", "InvalidParameterException"},
        ),
        refused("Newcomer", "signs up under Alice's address", _sign_up(_alice, _password), {"UsernameExistsException"}),
        allowed("Newcomer", "signs up", _sign_up(_newcomer, _password)),
        refused(
            "Newcomer", "signs in before confirming", _sign_in(_newcomer, _password), {"UserNotConfirmedException"}
        ),
        refused("Newcomer", "confirms with a guessed code", _confirm("000000"), _GUESSED),
        allowed("Newcomer", "confirms with the code that was sent", _confirm_by_mail),
        allowed("Newcomer", "signs in", _sign_in(_newcomer, _password)),
        _unauthorized("Stranger", "signs in as Alice with a wrong password", _sign_in(_alice, _wrong)),
        allowed("Alice", "renews her tokens", _renew),
        allowed("Alice", "signs in again and gets the same identity", _same_identity),
        allowed("Everyone", "has a separate identity", _different_identities),
        _unauthorized("Mallory", "brings Alice's token with other claims", _get_id(_forged)),
        _unauthorized("Mallory", "brings Alice's token unsigned", _get_id(_unsigned)),
        _unauthorized("Mallory", "brings a token of Alice's that has expired", _credentials_of_alice(_expired)),
        _unauthorized("Mallory", "brings the token of a user who signed out everywhere", _signed_out),
        _unauthorized("Mallory", "brings an access token instead of an ID token", _get_id(_access_token)),
        _unauthorized("Mallory", "brings another pool's token as this pool's", _get_id(_foreign)),
        _unauthorized("Mallory", "brings another pool's token under that pool's name", _foreign_login),
        refused("Mallory", "takes this app's role from another identity pool", _foreign_guest, _NO_ROLE),
        _unauthorized("Mallory", "asks for Alice's credentials as a guest", _without_login),
        refused(
            "Mallory",
            "asks for credentials of an invented identity",
            _invented_identity,
            {"ResourceNotFoundException", "NotAuthorizedException"},
        ),
        _unauthorized("Bob", "asks for Alice's credentials with his token", _credentials_of_alice(_token_of_bob)),
        refused("Alice", "asks for the editors' role", _role_of_editors, _NO_ROLE),
        refused("Alice", "assumes the editors' role at STS", _become_editor),
        refused("Alice", "leaves the enhanced flow for the classic one", _classic_flow, _CLASSIC_FLOW_OFF),
        refused("Alice", "makes herself an editor", _join_editors),
        refused("Alice", "lists everybody's identities", _read_identity_pool),
    ]
