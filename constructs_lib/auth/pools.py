"""The pools of a new Auth, made from its options."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from constructs_lib.auth.clients import UserClient
from constructs_lib.auth.domains import CustomDomain, create_branding, create_domain, relying_party_of
from constructs_lib.auth.identity_pool import create_identity_pool, warn_of_owners
from constructs_lib.auth.options import relying_party
from constructs_lib.auth.protection import create_guards
from constructs_lib.auth.providers import create_provider
from constructs_lib.auth.role_rules import check_rules, with_identifiers
from constructs_lib.auth.roles import create_roles
from constructs_lib.auth.triggers import connect_triggers, create_sender_key
from constructs_lib.auth.user_claims import check_claims, forms_to_keep, with_trigger
from constructs_lib.auth.user_pool import create_user_pool
from constructs_lib.auth.user_pool_clients import create_client, create_resource_servers, writable_attributes
from constructs_lib.auth.user_pool_users import create_first_users

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import aws_cognito as cognito
    from aws_cdk import aws_lambda as lambda_
    from constructs import Construct

    from constructs_lib.auth.clients import Client
    from constructs_lib.auth.options import Options
    from constructs_lib.auth.roles import Roles
    from constructs_lib.auth.triggers import Triggers
    from constructs_lib.auth.user_pool_clients import Scopes


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Pools:
    """The pools of an Auth and what leads to them.

    Args:
        user_pool: Who users are.
        user_pool_client: The client whose tokens APIs accept.
        clients: Every client, by its name.
        identity_pool_id: The identity pool.
        identity_pool: The same as a resource; None for one that exists already.
        roles: The roles that it leads to.
        domain: Where hosted pages stand; None without.
        values: What describes the clients that were made here, by name.
        scopes: What clients call the scopes of resource servers.
        triggers: The functions that the user pool calls, by what for.
    """

    user_pool: cognito.IUserPool
    user_pool_client: cognito.IUserPoolClient
    clients: Mapping[str, cognito.IUserPoolClient]
    identity_pool_id: str
    identity_pool: cognito.CfnIdentityPool | None
    roles: Roles
    domain: cognito.UserPoolDomain | None = None
    values: Mapping[str, Client] = dataclasses.field(default_factory=dict)
    scopes: Scopes = dataclasses.field(default_factory=dict)
    triggers: Mapping[str, lambda_.IFunction] = dataclasses.field(default_factory=dict)


def create_pools(scope: Construct, options: Options) -> Pools:
    """Create what the options, which were checked together, ask for.

    Raises:
        ValueError: For options that name what is not there.
    """
    people = [client for client in options.clients if isinstance(client, UserClient)]
    fields = options.attribute_set
    check_rules(
        options.role_rules,
        [group.name for group in options.groups],
        writable={one.name: writable_attributes(one, fields, options.providers) for one in people},
    )
    check_claims(
        options.claims.values(),
        writable={one.name: writable_attributes(one, fields, options.providers) for one in people},
        readable={one.name: one.read_attributes for one in people},
        mapped={one.name: one.attribute_mapping for one in options.providers},
    )
    triggers = _triggers(scope, options)
    pool = _create_user_pool(scope, options, triggers)
    domain = create_domain(scope, pool, options.domain) if options.domain is not None else None
    made_providers = {one.name: create_provider(scope, pool, one) for one in options.providers}
    scopes = create_resource_servers(scope, pool, options.resource_servers)
    clients: dict[str, cognito.IUserPoolClient] = {
        client.name: create_client(
            scope,
            pool,
            client,
            attributes=fields,
            providers=options.providers,
            made_providers=made_providers,
            factors=options.factors,
            triggers=triggers,
            scopes=scopes,
        )
        for client in options.clients
    }
    client_ids = {client.name: clients[client.name].user_pool_client_id for client in people}
    if options.domain is not None:
        for name, client_id in client_ids.items():
            create_branding(scope, pool, options.domain, client_name=name, client_id=client_id)
    providers = options.identity_providers
    identity_pool = create_identity_pool(
        scope,
        provider_name=pool.user_pool_provider_name,
        client_ids=client_ids.values(),
        guests=options.guests,
        providers=providers,
        name=options.identity_pool_name,
    )
    roles = create_roles(
        scope,
        user_pool_id=pool.user_pool_id,
        provider_name=pool.user_pool_provider_name,
        client_ids={client.id: client_ids[client.name] for client in people},
        identity_pool_id=identity_pool.ref,
        placeholders=options.placeholders,
        guests=options.guests,
        groups=options.groups,
        role_rules=with_identifiers(options.role_rules, providers.identifiers(scope) if providers else {}),
    )
    create_first_users(scope, pool, options.sign_in, removal_policy=options.removal_policy)
    if providers is not None:
        warn_of_owners(scope, options.placeholders)
    return Pools(
        user_pool=pool,
        user_pool_client=clients[people[0].name],
        clients=clients,
        identity_pool_id=identity_pool.ref,
        identity_pool=identity_pool,
        roles=roles,
        domain=domain,
        values={client.name: client for client in options.clients},
        scopes=scopes,
        triggers=triggers.functions(),
    )


def _create_user_pool(scope: Construct, options: Options, triggers: Triggers) -> cognito.UserPool:
    removal_policy = options.removal_policy
    hosted = relying_party_of(scope, options.domain)
    key = triggers.key or (create_sender_key(scope, removal_policy) if triggers.custom_senders else None)
    pool = create_user_pool(
        scope,
        sign_in=options.sign_in,
        factors=options.factors,
        attributes=options.attribute_set,
        messages=options.messages,
        protection=options.protection,
        relying_party_id=relying_party(options.factors, hosted=hosted, custom=isinstance(options.domain, CustomDomain)),
        sender_key=key,
        name=options.user_pool_name,
        removal_policy=removal_policy,
    )
    connect_triggers(scope, pool, triggers, key=key, encryption_key=options.protection.encryption_key)
    create_guards(scope, pool, options.protection, options.messages.email)
    return pool


def _triggers(scope: Construct, options: Options) -> Triggers:
    """Return the triggers, with those that a list of e-mail domains and the forms of claims take."""
    domains = options.sign_in.allowed_email_domains
    forms = forms_to_keep(options.claims.values(), options.triggers)
    triggers = options.triggers
    if not domains and not forms:
        return triggers
    from constructs_lib.auth.ready_made import ClaimForms, EmailDomains  # noqa: PLC0415 - few need them, and 250 ms

    if domains:
        triggers = dataclasses.replace(triggers, pre_sign_up=EmailDomains(scope, "EmailDomains", domains=domains))
    return with_trigger(triggers, ClaimForms(scope, "ClaimForms", forms=forms)) if forms else triggers
