"""The user pool's clients and resource servers, made from the values that describe them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_cdk import aws_cognito as cognito

from constructs_lib.auth.checks import check_redirect_urls
from constructs_lib.auth.clients import OPENID_SCOPES, Client, MachineClient, ResourceServer, UserClient
from constructs_lib.auth.construct_ids import id_part
from constructs_lib.cdk_tokens import is_token
from constructs_lib.resource_cycles import NoCircle
from constructs_lib.stack_cycles import forbid_by_address

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from constructs import Construct

    from constructs_lib.auth.attributes import AttributeSet
    from constructs_lib.auth.factors import Factors
    from constructs_lib.auth.pools import Pools
    from constructs_lib.auth.providers import Provider
    from constructs_lib.auth.triggers import Triggers

_REMEDIES: Final = {
    "else": "An API whose routes take tokens names its client: give it a domain of its own with Api(domain=...), and "
    "write that out"
}
_OWN: Final = "COGNITO"
Scopes = dict[str, str]


def create_resource_servers(
    scope: Construct, user_pool: cognito.IUserPool, servers: Sequence[ResourceServer]
) -> Scopes:
    """Create resource servers, and return each `server/scope` as a client must name it to be created after it.

    Raises:
        ValueError: For two of one identifier.
    """
    scopes: Scopes = {}
    for server in servers:
        if any(known.rpartition("/")[0] == server.identifier for known in scopes):
            raise ValueError(f"two resource servers are called {server.identifier!r}; give each its own identifier")
        made = cognito.UserPoolResourceServer(
            scope,
            f"{id_part(server.identifier)}Server",
            user_pool=user_pool,
            identifier=server.identifier,
            user_pool_resource_server_name=server.name_or_default,
            scopes=[
                cognito.ResourceServerScope(scope_name=name, scope_description=description)
                for name, description in server.scopes.items()
            ],
        )
        for name in server.scopes:
            scopes[f"{server.identifier}/{name}"] = f"{made.user_pool_resource_server_id}/{name}"
    return scopes


def writable_attributes(client: UserClient, attributes: AttributeSet, providers: Sequence[Provider]) -> list[str]:
    """Return what users may write through a client, sorted.

    Raises:
        ValueError: For a list without what sign-up or a provider must write, or with what the pool does not have.
    """
    mapped = {name for provider in _offered(client, providers) for name in provider.attribute_mapping} - {"username"}
    needed = attributes.required | mapped
    if client.write_attributes is None:
        return sorted(attributes.user_writable() | mapped)
    attributes.check_names(f"client {client.name!r}", client.write_attributes)
    if missing := sorted(needed - {*client.write_attributes}):
        raise ValueError(
            f"write_attributes of client {client.name!r} lacks {', '.join(missing)}, which sign-up or a provider must "
            "write; add it"
        )
    return sorted(client.write_attributes)


def create_client(
    scope: Construct,
    user_pool: cognito.IUserPool,
    client: Client,
    *,
    attributes: AttributeSet,
    providers: Sequence[Provider],
    made_providers: Mapping[str, cognito.CfnUserPoolIdentityProvider],
    factors: Factors,
    triggers: Triggers,
    scopes: Scopes,
) -> cognito.UserPoolClient:
    """Create a client of either kind.

    Raises:
        ValueError: For attributes, providers or scopes that are not there.
    """
    if isinstance(client, MachineClient):
        return _create_machine_client(scope, user_pool, client, attributes=attributes, scopes=scopes)
    return _create_user_client(
        scope,
        user_pool,
        client,
        attributes=attributes,
        providers=providers,
        made_providers=made_providers,
        factors=factors,
        triggers=triggers,
        scopes=scopes,
    )


def _create_user_client(
    scope: Construct,
    user_pool: cognito.IUserPool,
    client: UserClient,
    *,
    attributes: AttributeSet,
    providers: Sequence[Provider],
    made_providers: Mapping[str, cognito.CfnUserPoolIdentityProvider],
    factors: Factors,
    triggers: Triggers,
    scopes: Scopes,
) -> cognito.UserPoolClient:
    offered = _offered(client, providers)
    names = [_OWN] if client.providers is None or _OWN in client.providers else []
    names += sorted(provider.name for provider in offered)
    created = cognito.UserPoolClient(
        scope,
        client.id,
        user_pool=user_pool,
        user_pool_client_name=client.client_name,
        generate_secret=client.secret,
        auth_flows=cognito.AuthFlow(
            user_srp=True,
            user=factors.choice or None,
            custom=True if triggers.define_auth_challenge is not None else None,
            user_password=True if triggers.user_migration is not None else None,
            admin_user_password=client.admin_sign_in or None,
        ),
        disable_o_auth=True,
        prevent_user_existence_errors=True,
        enable_token_revocation=True,
        access_token_validity=client.access_token_validity,
        id_token_validity=client.id_token_validity,
        refresh_token_validity=client.refresh_token_validity,
        refresh_token_rotation_grace_period=client.refresh_token_rotation,
        auth_session_validity=client.auth_session_validity,
        enable_propagate_additional_user_context_data=client.propagates_user_context or None,
        supported_identity_providers=[cognito.UserPoolClientIdentityProvider.custom(name) for name in names],
    )
    resource = _resource_of(created)
    resource.write_attributes = writable_attributes(client, attributes, providers)
    if client.read_attributes is not None:
        attributes.check_names(f"client {client.name!r}", client.read_attributes)
        resource.read_attributes = sorted(client.read_attributes)
    else:
        resource.read_attributes = attributes.readable()
    for provider in offered:
        # A client that names a provider must be made after it (aws-cdk#15850).
        resource.add_resource_dependency(made_providers[provider.name])
    wanted = hosted_scopes(client, scopes)
    if client.callback_urls:
        open_hosted_sign_in(created, client, scopes=wanted, callback_urls=client.callback_urls, logout_urls=())
    return created


def open_hosted_sign_in(
    created: cognito.IUserPoolClient,
    client: UserClient,
    *,
    scopes: Sequence[str],
    callback_urls: Sequence[str],
    logout_urls: Sequence[str],
) -> None:
    """Let hosted sign-in and sign-out return to these addresses too.

    Raises:
        ValueError: For an address Cognito would not return to.
    """
    resource = _resource_of(created)
    callbacks = [*dict.fromkeys([*(resource.callback_ur_ls or ()), *callback_urls])]
    logouts = [*dict.fromkeys([*(resource.logout_ur_ls or client.logout_urls), *logout_urls])]
    check_redirect_urls("callback_urls", callbacks, custom_schemes=client.custom_schemes)
    check_redirect_urls("logout_urls", logouts, custom_schemes=client.custom_schemes)
    resource.allowed_o_auth_flows_user_pool_client = True
    resource.allowed_o_auth_flows = ["code"]
    resource.allowed_o_auth_scopes = list(scopes)
    resource.callback_ur_ls = callbacks
    resource.default_redirect_uri = client.default_redirect_uri
    resource.logout_ur_ls = logouts or None


def check_scopes(scopes: Iterable[str], known: Scopes) -> None:
    """Refuse scopes that neither OpenID Connect nor a resource server has.

    Raises:
        ValueError: For the first such scope.
    """
    for scope in scopes:
        if scope not in OPENID_SCOPES:
            _known("", scope, known)


def add_addresses(pools: Pools, urls: Sequence[str], *, client: str | None, logout_urls: Sequence[str]) -> None:
    """Let hosted sign-in through one of an Auth's clients return to further addresses.

    Raises:
        ValueError: For an unknown client, no domain, or an address Cognito would not return to.
    """
    people = {name: value for name, value in pools.values.items() if isinstance(value, UserClient)}
    name = client or next(iter(people or pools.clients))
    if name in pools.clients:
        _forbid_circles(name, pools.clients[name], [*urls, *logout_urls])
    if not pools.values and name in pools.clients:
        _add_to_existing(name, pools.clients[name], urls, logout_urls)
        return
    if name not in people:
        known = ", ".join(map(repr, people or pools.clients))
        raise ValueError(f"client {name!r} signs no people in here; use one of {known}")
    if pools.domain is None:
        raise ValueError("hosted sign-in needs a domain: give Auth(..., domain=PrefixDomain('my-app'))")
    open_hosted_sign_in(
        pools.clients[name],
        people[name],
        scopes=hosted_scopes(people[name], pools.scopes),
        callback_urls=urls,
        logout_urls=logout_urls,
    )


def _forbid_circles(name: str, client: cognito.IUserPoolClient, addresses: Sequence[str]) -> None:
    """Refuse at synthesis addresses of what waits for the client itself."""
    resource = client.node.default_child
    if any(map(is_token, addresses)) and isinstance(resource, cognito.CfnUserPoolClient):
        itself = {f"callback_urls or logout_urls of client {name!r}": client}
        client.node.add_validation(NoCircle(resource, itself, remedies=_REMEDIES, deep=True))
        forbid_by_address(resource, "callback_urls and logout_urls", addresses)


def _add_to_existing(
    name: str, client: cognito.IUserPoolClient, urls: Sequence[str], logout_urls: Sequence[str]
) -> None:
    resource = client.node.default_child
    if not isinstance(resource, cognito.CfnUserPoolClient):
        raise ValueError(  # noqa: TRY004 - a bad value
            f"client {name!r} ({client.node.path}) is imported, and CloudFormation changes the clients that it makes "
            "only: add the addresses to callback_urls where the client is made"
        )
    if resource.allowed_o_auth_flows_user_pool_client is not True:
        raise ValueError(
            f"client {name!r} ({client.node.path}) has no hosted sign-in: turn it on where the client is made, with "
            "o_auth=OAuthSettings(callback_urls=[...])"
        )
    callbacks = [*dict.fromkeys([*(resource.callback_ur_ls or ()), *urls])]
    logouts = [*dict.fromkeys([*(resource.logout_ur_ls or ()), *logout_urls])]
    check_redirect_urls("callback_urls", callbacks, custom_schemes=True)
    check_redirect_urls("logout_urls", logouts, custom_schemes=True)
    resource.callback_ur_ls = callbacks
    resource.logout_ur_ls = logouts or None


def _create_machine_client(
    scope: Construct,
    user_pool: cognito.IUserPool,
    client: MachineClient,
    *,
    attributes: AttributeSet,
    scopes: Scopes,
) -> cognito.UserPoolClient:
    created = cognito.UserPoolClient(
        scope,
        client.id,
        user_pool=user_pool,
        user_pool_client_name=client.client_name,
        generate_secret=True,
        disable_o_auth=True,
        enable_token_revocation=True,
        access_token_validity=client.access_token_validity,
    )
    resource = _resource_of(created)
    # Left out, Cognito would allow SRP and custom authentication; a program signs nobody in.
    resource.explicit_auth_flows = []
    # Who has its secret can sign users up through it; without a list they could write claims that access hangs on.
    resource.write_attributes = sorted(attributes.user_writable())
    resource.allowed_o_auth_flows_user_pool_client = True
    resource.allowed_o_auth_flows = ["client_credentials"]
    resource.allowed_o_auth_scopes = [_known(client.name, wanted, scopes) for wanted in client.scopes]
    resource.supported_identity_providers = None
    return created


def _resource_of(created: cognito.IUserPoolClient) -> cognito.CfnUserPoolClient:
    resource = created.node.default_child
    assert isinstance(resource, cognito.CfnUserPoolClient)  # noqa: S101 - what the L2 is made of
    return resource


def _offered(client: UserClient, providers: Sequence[Provider]) -> list[Provider]:
    if client.providers is None:
        return list(providers)
    known = {provider.name: provider for provider in providers}
    for name in client.providers:
        if name not in {*known, _OWN}:
            raise ValueError(
                f"client {client.name!r} offers provider {name!r}, which this Auth does not have "
                f"(it has {', '.join(map(repr, [_OWN, *known]))})"
            )
    return [known[name] for name in client.providers if name != _OWN]


def hosted_scopes(client: UserClient, scopes: Scopes) -> list[str]:
    """Return what a client's tokens from hosted sign-in may do, as the template names it.

    Raises:
        ValueError: For a scope that is not there.
    """
    return [scope if scope in OPENID_SCOPES else _known(client.name, scope, scopes) for scope in client.scopes]


def _known(client: str, scope: str, scopes: Scopes) -> str:
    if is_token(scope):
        return scope
    if scope not in scopes:
        who = f"client {client!r} asks for scope" if client else "a route asks for scope"
        raise ValueError(
            f"{who} {scope!r}, which no resource server has "
            f"({', '.join(map(repr, scopes)) or 'there are none'}): declare it in resource_servers, or use one of "
            f"{', '.join(sorted(OPENID_SCOPES))}"
        )
    return scopes[scope]
