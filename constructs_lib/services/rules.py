"""Listener actions for a request: authenticate the caller, then forward."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_elasticloadbalancingv2_actions as actions

if TYPE_CHECKING:
    from constructs_lib.api.route_access import Jwt
    from constructs_lib.auth import Auth
    from constructs_lib.services.checks import HostedClient
    from constructs_lib.services.routes import ServiceRoute


_CALLBACK: Final = "/oauth2/idpresponse"
_MOST_CLIENTS: Final = 10


def action_of(
    route: ServiceRoute, *, auth: Auth, client: HostedClient | None, targets: elbv2.IApplicationTargetGroup
) -> elbv2.ListenerAction:
    """Return the action of a rule.

    The client is that of a route with user sign-in.

    Raises:
        ValueError: For more clients than a load balancer can compare.
    """
    forward = elbv2.ListenerAction.forward([targets])
    if route.open:
        return forward
    if route.token is not None:
        return elbv2.ListenerAction(_token_action(route.token, auth), forward)
    assert client is not None  # noqa: S101 - `hosted_client` saw to it
    return actions.AuthenticateCognitoAction(
        user_pool=auth.user_pool,
        user_pool_client=client.client,
        user_pool_domain=client.domain,
        scope="openid",
        # The default, made explicit because another value would allow unauthenticated requests.
        on_unauthenticated_request=elbv2.UnauthenticatedAction.AUTHENTICATE,
        allow_https_outbound=False,
        next=forward,
    )


def not_found() -> elbv2.ListenerAction:
    """Return the response to a path without a route."""
    return elbv2.ListenerAction.fixed_response(404, content_type="text/plain", message_body="Not found")


def returns_to(domain_name: str, *, auth: Auth, name: str | None, client: HostedClient | None) -> str | None:
    """Let hosted sign-in redirect to a host name, and return the sign-out URL; None without a sign-in.

    The name is the client's in the Auth.
    """
    if client is None or name is None:
        return None
    home = f"https://{domain_name}/"
    auth.add_callback_urls(f"https://{domain_name}{_CALLBACK}", client=name, logout_urls=[home])
    return (
        f"{client.domain.base_url()}/logout?client_id={client.client.user_pool_client_id}"
        f"&logout_uri={quote(home, safe='')}"
    )


def _token_action(token: Jwt, auth: Auth) -> elbv2.CfnListener.ActionProperty:
    """Return the check of an access token: issuer, times, use, client and scope.

    Source: CloudFormation, `AWS::ElasticLoadBalancingV2::ListenerRule JwtValidationConfig`. By default it checks
        neither `aud` nor `token_use`, so that a pool's ID tokens would pass.
    """
    issuer = f"https://{auth.user_pool.user_pool_provider_name}"
    clients = sorted(auth.clients)
    if len(clients) > _MOST_CLIENTS:
        raise ValueError(
            f"auth has {len(clients)} clients, and a load balancer compares at most {_MOST_CLIENTS}; use an Auth with "
            "fewer clients"
        )
    ids = [auth.clients[name].user_pool_client_id for name in clients]
    claims = [_claim("token_use", "single-string", "access"), _claim("client_id", "single-string", *ids)]
    claims += [_claim("scope", "space-separated-values", scope) for scope in token.scopes]
    return elbv2.CfnListener.ActionProperty(
        type="jwt-validation",
        jwt_validation_config=elbv2.CfnListener.JwtValidationConfigProperty(
            issuer=issuer, jwks_endpoint=f"{issuer}/.well-known/jwks.json", additional_claims=claims
        ),
    )


def _claim(name: str, kind: str, *values: str) -> elbv2.CfnListener.JwtValidationActionAdditionalClaimProperty:
    return elbv2.CfnListener.JwtValidationActionAdditionalClaimProperty(name=name, format=kind, values=list(values))
