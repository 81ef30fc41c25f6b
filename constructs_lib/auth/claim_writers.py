"""Functions that can write claims that access depends on: each needs `writes_claims=True`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from constructs_lib.auth.triggers import Triggers
    from constructs_lib.auth.user_claims import Claim

WRITERS: Final = frozenset(
    f"cognito-idp:{action}"
    for action in (
        *("AdminCreateUser", "AdminUpdateUserAttributes", "AdminRespondToAuthChallenge"),
        *("CreateUserImportJob", "StartUserImportJob", "CreateIdentityProvider", "UpdateIdentityProvider"),
        *("CreateUserPoolClient", "UpdateUserPoolClient", "UpdateUserPool"),
    )
)
"""Actions that write users' attributes, or change their writers: clients, mappings and triggers."""


def check_writers(claims: Mapping[str, Claim], actions: Iterable[str], *, declared: bool, how: str) -> None:
    """Refuse a function that can write claims that access depends on, unless it is declared.

    `how` is the option that declares it.

    Raises:
        ValueError: For an action that can write them.
    """
    if claims and not declared and (writing := sorted(WRITERS.intersection(actions))):
        raise ValueError(
            f"{writing[0]} allows a function to write {next(iter(claims.values())).claim!r}, which access depends on; "
            f"add {how} if the function is trusted with it"
        )


def check_writing_triggers(claims: Mapping[str, Claim], triggers: Triggers) -> None:
    """Refuse triggers that can write claims, unless it is declared.

    A migration trigger returns all attributes of a new user, custom ones too ("Migrate user Lambda trigger"), one of
    inbound federation with those that a provider's mapping reads ("Inbound federation Lambda trigger").

    Raises:
        ValueError: For the first trigger that can write them.
    """
    option = "Triggers(..., writes_claims=True)"
    for actions in triggers.admin_actions().values():
        check_writers(claims, actions, declared=triggers.writes_claims, how=option)
    kept = next((each.claim for each in claims.values() if each.attribute is not None), None)
    if kept is not None and triggers.attribute_writers and not triggers.writes_claims:
        raise ValueError(
            f"{triggers.attribute_writers[0]} allows a function to write users' attributes including {kept!r}, which "
            f"access depends on; add {option} if the function is trusted with it"
        )
