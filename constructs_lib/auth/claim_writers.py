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
"""Actions that write users' attributes, or change who may: clients, mappings and triggers."""


def check_writers(claims: Mapping[str, Claim], actions: Iterable[str], *, said: bool, how: str) -> None:
    """Refuse to let a function write claims that access depends on, unless that is said.

    Args:
        claims: The claims by their keys.
        actions: What the function may do to the pool.
        said: Whether it is said.
        how: How it is said.

    Raises:
        ValueError: For an action that can.
    """
    if claims and not said and (writing := sorted(WRITERS.intersection(actions))):
        raise ValueError(
            f"{writing[0]} can write {next(iter(claims.values())).claim!r}, which access depends on; if the function "
            f"is to be trusted with it, say {how}"
        )


def check_writing_triggers(claims: Mapping[str, Claim], triggers: Triggers) -> None:
    """Refuse triggers that can write claims, unless that is said.

    A migration trigger answers with all attributes of a new user, custom ones too ("Migrate user Lambda trigger"), one
    of inbound federation with those that a provider's mapping reads ("Inbound federation Lambda trigger").

    Raises:
        ValueError: For the first that can.
    """
    said = "Triggers(..., writes_claims=True)"
    for actions in triggers.admin_actions().values():
        check_writers(claims, actions, said=triggers.writes_claims, how=said)
    kept = next((each.claim for each in claims.values() if each.attribute is not None), None)
    if kept is not None and triggers.attribute_writers and not triggers.writes_claims:
        raise ValueError(
            f"{triggers.attribute_writers[0]} writes users' attributes, {kept!r} too, which access depends on: if the "
            f"function is to be trusted with it say {said}"
        )
