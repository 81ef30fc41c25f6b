"""The pools of a new Auth, created from its options."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from constructs_lib.auth.clients import UserClient
from constructs_lib.auth.domains import CustomDomain, relying_party_of
from constructs_lib.auth.hosted_pages import HostedPages
from constructs_lib.auth.identity_pool import create_identity_pool
from constructs_lib.auth.option_checks import relying_party
from constructs_lib.auth.pools import Pools
from constructs_lib.auth.protection import create_guards
from constructs_lib.auth.role_rules import check_rules
from constructs_lib.auth.roles import create_roles
from constructs_lib.auth.triggers import connect_triggers, create_sender_key
from constructs_lib.auth.user_claims import check_claims, forms_to_keep, with_trigger
from constructs_lib.auth.user_pool import create_user_pool
from constructs_lib.auth.user_pool_clients import NewClients, writable_attributes
from constructs_lib.auth.user_pool_providers import create_provider
from constructs_lib.auth.user_pool_users import create_first_users

if TYPE_CHECKING:
    from aws_cdk import aws_cognito as cognito
    from constructs import Construct

    from constructs_lib.auth.option_checks import Options
    from constructs_lib.auth.triggers import Triggers


def create_pools(scope: Construct, options: Options) -> Pools:
    """Create the resources of the checked options.

    Raises:
        ValueError: For options that name something that does not exist.
    """
    _check_claims(options)
    triggers = _triggers(scope, options)
    user_pool = _create_user_pool(scope, options, triggers)
    pages = HostedPages(scope, user_pool, options.domain) if options.domain is not None else None
    providers = {each.name: create_provider(scope, user_pool, each) for each in options.providers}
    clients = NewClients(
        scope, user_pool, options, triggers=triggers, providers=providers, hosted=options.domain is not None
    )
    if pages is not None:
        pages.brand(clients.ids)
    identity_pool = create_identity_pool(
        scope,
        provider_name=user_pool.user_pool_provider_name,
        client_ids=clients.ids.values(),
        guests=options.guests,
        providers=options.identity_providers,
        name=options.identity_pool_name,
    )
    roles = create_roles(
        scope,
        user_pool_id=user_pool.user_pool_id,
        provider_name=user_pool.user_pool_provider_name,
        client_ids={f"{name}Client": client_id for name, client_id in clients.ids.items()},
        identity_pool_id=identity_pool.id,
        placeholders=options.placeholders,
        guests=options.guests,
        groups=options.groups,
        role_rules=options.role_rules,
        identity_providers=options.identity_providers,
    )
    create_first_users(scope, user_pool, options.sign_in, removal_policy=options.removal_policy)
    return Pools(
        user_pool=user_pool,
        clients=clients,
        domain=pages.domain if pages is not None else None,
        triggers=triggers.functions(),
        identity_pool=identity_pool,
        roles=roles,
        placeholders=options.placeholders,
    )


def _check_claims(options: Options) -> None:
    """Refuse claims that users could write if a role or a place depends on them."""
    user_clients = [client for client in options.clients if isinstance(client, UserClient)]
    # With an alias such as an e-mail address, Cognito makes the name ("User pool sign-in attributes").
    chosen = {"cognito:username"} if options.sign_in.username and options.sign_in.self_sign_up else set()
    writable = {
        each.name: {*writable_attributes(each, options.attribute_set, options.providers), *chosen}
        for each in user_clients
    }
    check_rules(options.role_rules, [group.name for group in options.groups], writable=writable)
    check_claims(
        options.claims.values(),
        writable=writable,
        readable={each.name: each.read_attributes for each in user_clients},
        mapped={each.name: each.attribute_mapping for each in options.providers},
    )


def _triggers(scope: Construct, options: Options) -> Triggers:
    """Return the triggers, including those for allowed e-mail domains and the forms of claims."""
    domains = options.sign_in.allowed_email_domains
    forms = forms_to_keep(options.claims.values(), options.triggers)
    triggers = options.triggers
    if not domains and not forms:
        return triggers
    from constructs_lib.auth.built_in_triggers import ClaimForms, EmailDomains  # noqa: PLC0415 - few need them, and 250 ms

    if domains:
        triggers = dataclasses.replace(triggers, pre_sign_up=EmailDomains(scope, "EmailDomains", domains=domains))
    return with_trigger(triggers, ClaimForms(scope, "ClaimForms", forms=forms)) if forms else triggers


def _create_user_pool(scope: Construct, options: Options, triggers: Triggers) -> cognito.UserPool:
    """Create the user pool with its triggers, firewall and logs."""
    hosted = relying_party_of(scope, options.domain)
    key = triggers.key or (create_sender_key(scope, options.removal_policy) if triggers.custom_senders else None)
    relying_party_id = relying_party(options.factors, hosted=hosted, custom=isinstance(options.domain, CustomDomain))
    pool = create_user_pool(scope, options, relying_party_id=relying_party_id, sender_key=key)
    connect_triggers(scope, pool, triggers, key=key, encryption_key=options.protection.encryption_key)
    create_guards(scope, pool, options.protection, options.messages.email)
    return pool
