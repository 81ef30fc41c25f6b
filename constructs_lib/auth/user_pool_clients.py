"""The user pool's clients, created from their options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_cdk import aws_cognito as cognito

from constructs_lib.auth.callback_urls import forbid_cycles, open_hosted_sign_in
from constructs_lib.auth.clients import MachineClient, UserClient
from constructs_lib.auth.resource_servers import ResourceServers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from constructs import Construct

    from constructs_lib.auth.attributes import AttributeSet
    from constructs_lib.auth.option_checks import Options
    from constructs_lib.auth.providers import Provider
    from constructs_lib.auth.triggers import Triggers

_OWN: Final = "COGNITO"


class NewClients:
    """The clients of a new user pool, with the resource servers whose scopes they request.

    Args:
        scope: The parent construct.
        user_pool: The user pool.
        options: The options of the Auth.
        triggers: The functions that the user pool invokes.
        providers: The providers of the user pool, by name.
        hosted: Whether there is a domain for hosted sign-in.

    Raises:
        ValueError: For attributes, providers or scopes that do not exist.

    Attributes:
        by_name: Every client.
        first: The first that users sign in with.
        ids: The ID of each that users sign in with, by its name.
    """

    def __init__(
        self,
        scope: Construct,
        user_pool: cognito.IUserPool,
        options: Options,
        *,
        triggers: Triggers,
        providers: Mapping[str, cognito.CfnUserPoolIdentityProvider],
        hosted: bool,
    ) -> None:
        """Create the resource servers, then the clients."""
        self._user_clients = {client.name: client for client in options.clients if isinstance(client, UserClient)}
        self._hosted = hosted
        self._servers = ResourceServers(scope, user_pool, options.resource_servers)
        self.by_name: Mapping[str, cognito.IUserPoolClient] = {
            client.name: _create_machine_client(scope, user_pool, client, options.attribute_set, self._servers)
            if isinstance(client, MachineClient)
            else _create_user_client(
                scope, user_pool, client, options, triggers=triggers, made_providers=providers, servers=self._servers
            )
            for client in options.clients
        }
        self.first = self.by_name[next(iter(self._user_clients))]
        self.ids = {name: self.by_name[name].user_pool_client_id for name in self._user_clients}

    def check_scopes(self, scopes: Iterable[str]) -> None:
        """Refuse scopes that neither OpenID Connect nor a resource server has.

        Raises:
            ValueError: For the first such scope.
        """
        self._servers.check_scopes(scopes)

    def add_callback_urls(self, urls: Sequence[str], *, client: str | None, logout_urls: Sequence[str]) -> None:
        """Add addresses that hosted sign-in through a client may return to, by default the first client of users.

        Raises:
            ValueError: For an unknown client, no domain, or an address Cognito would not return to.
        """
        name = client or next(iter(self._user_clients))
        if name not in self._user_clients:
            known = ", ".join(map(repr, self._user_clients))
            raise ValueError(f"client {name!r} is not a client for users here; use one of {known}")
        if not self._hosted:
            raise ValueError("hosted sign-in needs a domain; add Auth(..., domain=PrefixDomain('my-app'))")
        forbid_cycles(name, self.by_name[name], [*urls, *logout_urls])
        open_hosted_sign_in(
            self.by_name[name],
            self._user_clients[name],
            scopes=self._servers.hosted_scopes(self._user_clients[name]),
            callback_urls=urls,
            logout_urls=logout_urls,
        )


def writable_attributes(client: UserClient, attributes: AttributeSet, providers: Sequence[Provider]) -> list[str]:
    """Return the attributes that users may write through a client, sorted.

    Raises:
        ValueError: For a list without an attribute that sign-up or a provider must write, or with one that the pool
            does not have.
    """
    mapped = {name for provider in _offered(client, providers) for name in provider.attribute_mapping} - {"username"}
    needed = attributes.required | mapped
    if client.write_attributes is None:
        return sorted(attributes.user_writable() | mapped)
    attributes.check_names(f"client {client.name!r}", client.write_attributes)
    if missing := sorted(needed - {*client.write_attributes}):
        raise ValueError(
            f"write_attributes of client {client.name!r} does not contain {', '.join(missing)}, which sign-up or a "
            "provider must write; add it"
        )
    return sorted(client.write_attributes)


def _create_user_client(
    scope: Construct,
    user_pool: cognito.IUserPool,
    client: UserClient,
    options: Options,
    *,
    triggers: Triggers,
    made_providers: Mapping[str, cognito.CfnUserPoolIdentityProvider],
    servers: ResourceServers,
) -> cognito.UserPoolClient:
    attributes = options.attribute_set
    offered = _offered(client, options.providers)
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
            user=options.factors.choice or None,
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
    resource.write_attributes = writable_attributes(client, attributes, options.providers)
    if client.read_attributes is not None:
        attributes.check_names(f"client {client.name!r}", client.read_attributes)
        resource.read_attributes = sorted(client.read_attributes)
    else:
        resource.read_attributes = attributes.readable()
    for provider in offered:
        # A client that names a provider must be created after it (aws-cdk#15850).
        resource.add_resource_dependency(made_providers[provider.name])
    scopes = servers.hosted_scopes(client)
    if client.callback_urls:
        open_hosted_sign_in(created, client, scopes=scopes, callback_urls=client.callback_urls, logout_urls=())
    return created


def _create_machine_client(
    scope: Construct,
    user_pool: cognito.IUserPool,
    client: MachineClient,
    attributes: AttributeSet,
    servers: ResourceServers,
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
    # By default Cognito allows SRP and custom authentication; a program does not sign users in.
    resource.explicit_auth_flows = []
    # A holder of its secret can sign users up through it; without a list they could write claims that access depends
    # on.
    resource.write_attributes = sorted(attributes.user_writable())
    resource.allowed_o_auth_flows_user_pool_client = True
    resource.allowed_o_auth_flows = ["client_credentials"]
    resource.allowed_o_auth_scopes = [servers.scope(each, f"client {client.name!r}") for each in client.scopes]
    resource.supported_identity_providers = None
    return created


def _resource_of(created: cognito.UserPoolClient) -> cognito.CfnUserPoolClient:
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
                f"client {client.name!r} offers provider {name!r}, which this Auth does not have; use one of "
                f"{', '.join(map(repr, [_OWN, *known]))}"
            )
    return [known[name] for name in client.providers if name != _OWN]
