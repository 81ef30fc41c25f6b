"""`cognito:roles` and `cognito:preferred_role` in ID tokens, which stock MiniStack leaves out."""

from typing import Any

from ministack.services import cognito

from .role_choice import role_claims
from .surface import expect_attributes, expect_parameters


def check() -> None:
    """Refuse a MiniStack that makes tokens elsewhere."""
    expect_parameters(
        cognito._apply_pretoken_trigger,  # noqa: SLF001 - the last step before a token is signed
        "pool_id", "claims", "token_type", "trigger_source", "client_id", "username", "user_attrs", "groups",
        "client_metadata", "scope",
    )  # fmt: skip
    expect_attributes(cognito, "_get_pool_unscoped")


def install() -> None:
    """Override the last step before a token is signed; a trigger may have changed the groups by then."""
    stock = cognito._apply_pretoken_trigger  # noqa: SLF001

    def apply_pretoken_trigger(**arguments: Any) -> dict[str, Any]:
        claims: dict[str, Any] = stock(**arguments)
        if arguments["token_type"] == "id":  # noqa: S105 - a kind of token, no secret
            pool = cognito._get_pool_unscoped(arguments["pool_id"]) or {}  # noqa: SLF001
            known = pool.get("_groups", {})
            groups = [known[name] for name in claims.get("cognito:groups") or [] if name in known]
            claims.update(role_claims(groups))
        return claims

    cognito._apply_pretoken_trigger = apply_pretoken_trigger  # noqa: SLF001
