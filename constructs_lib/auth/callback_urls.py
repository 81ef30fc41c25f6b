"""Callback and logout addresses of clients with hosted sign-in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_cdk import aws_cognito as cognito

from constructs_lib.auth.value_checks import check_redirect_urls
from constructs_lib.cdk_tokens import is_token
from constructs_lib.resource_cycles import NoCycle
from constructs_lib.stack_cycles import forbid_by_address

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.auth.clients import UserClient

_REMEDIES: Final = {
    "else": "create the API with Api(domain=...) and write that name, because an API whose routes accept tokens refers "
    "to its client"
}


def open_hosted_sign_in(
    created: cognito.IUserPoolClient,
    client: UserClient,
    *,
    scopes: Sequence[str],
    callback_urls: Sequence[str],
    logout_urls: Sequence[str],
) -> None:
    """Add addresses that hosted sign-in and sign-out may return to.

    Raises:
        ValueError: For an address Cognito would not return to.
    """
    resource = created.node.default_child
    assert isinstance(resource, cognito.CfnUserPoolClient)  # noqa: S101 - what the L2 is made of
    callbacks, logouts = resource.callback_ur_ls or (), resource.logout_ur_ls or client.logout_urls
    callbacks, logouts = _checked(
        [*callbacks, *callback_urls], [*logouts, *logout_urls], custom_schemes=client.custom_schemes
    )
    resource.allowed_o_auth_flows_user_pool_client = True
    resource.allowed_o_auth_flows = ["code"]
    resource.allowed_o_auth_scopes = list(scopes)
    resource.callback_ur_ls = callbacks
    resource.default_redirect_uri = client.default_redirect_uri
    resource.logout_ur_ls = logouts or None


def extend_hosted_sign_in(
    name: str, client: cognito.IUserPoolClient, *, callback_urls: Sequence[str], logout_urls: Sequence[str]
) -> None:
    """Add addresses that hosted sign-in through an existing client may return to.

    Raises:
        ValueError: For an imported client, one without hosted sign-in, or an address Cognito would not return to.
    """
    resource = client.node.default_child
    if not isinstance(resource, cognito.CfnUserPoolClient):
        raise ValueError(  # noqa: TRY004 - a bad value
            f"client {name!r} ({client.node.path}) is imported, and CloudFormation changes only the clients that it "
            "creates; add the URLs to callback_urls where the client is created"
        )
    if resource.allowed_o_auth_flows_user_pool_client is not True:
        raise ValueError(
            f"client {name!r} ({client.node.path}) has no hosted sign-in; enable it where the client is created, with "
            "o_auth=OAuthSettings(callback_urls=[...])"
        )
    callbacks, logouts = _checked(
        [*(resource.callback_ur_ls or ()), *callback_urls],
        [*(resource.logout_ur_ls or ()), *logout_urls],
        custom_schemes=True,
    )
    resource.callback_ur_ls = callbacks
    resource.logout_ur_ls = logouts or None


def forbid_cycles(name: str, client: cognito.IUserPoolClient, addresses: Sequence[str]) -> None:
    """Refuse at synthesis addresses of resources that depend on the client itself."""
    resource = client.node.default_child
    if any(map(is_token, addresses)) and isinstance(resource, cognito.CfnUserPoolClient):
        itself = {f"callback_urls or logout_urls of client {name!r}": client}
        client.node.add_validation(NoCycle(resource, itself, remedies=_REMEDIES, deep=True))
        forbid_by_address(resource, "callback_urls and logout_urls", addresses)


def _checked(callbacks: Sequence[str], logouts: Sequence[str], *, custom_schemes: bool) -> tuple[list[str], list[str]]:
    """Return each address once.

    Raises:
        ValueError: For an address Cognito would not return to.
    """
    callbacks, logouts = [*dict.fromkeys(callbacks)], [*dict.fromkeys(logouts)]
    check_redirect_urls("callback_urls", callbacks, custom_schemes=custom_schemes)
    check_redirect_urls("logout_urls", logouts, custom_schemes=custom_schemes)
    return callbacks, logouts
