"""Checks of an Auth's options together, which no single value can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_lib.auth.attributes import AttributeSet
from constructs_lib.auth.claim_writers import check_writing_triggers
from constructs_lib.auth.clients import Client, MachineClient, UserClient, check_clients
from constructs_lib.auth.groups import check_groups_are_there, precedences
from constructs_lib.auth.user_claims import Placeholders, forms_to_keep, with_claims
from constructs_lib.auth.user_pool_providers import check_providers
from constructs_lib.auth.user_pool_users import check_first_users
from constructs_lib.resource_limits import check_limits

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import RemovalPolicy

    from constructs_lib.auth.attributes import Attribute
    from constructs_lib.auth.authentication_factors import Factors
    from constructs_lib.auth.clients import ResourceServer
    from constructs_lib.auth.domains import Domain
    from constructs_lib.auth.groups import Group
    from constructs_lib.auth.identity_providers import IdentityProviders
    from constructs_lib.auth.messages import Messages
    from constructs_lib.auth.owner_kinds import Owner
    from constructs_lib.auth.protection import Protection
    from constructs_lib.auth.providers import Provider
    from constructs_lib.auth.role_rules import RoleRule
    from constructs_lib.auth.sign_in import SignIn
    from constructs_lib.auth.triggers import Triggers
    from constructs_lib.auth.user_claims import Claim


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Options:
    """The options of a new Auth; each is described there.

    Raises:
        ValueError: For options that Cognito refuses together, mostly only at deploy, naming both and the remedy.
    """

    guests: bool
    groups: Sequence[Group]
    owner: Owner
    claims: Mapping[str, Claim]
    sign_in: SignIn
    factors: Factors
    attributes: Sequence[Attribute]
    clients: Sequence[Client]
    resource_servers: Sequence[ResourceServer]
    providers: Sequence[Provider]
    identity_providers: IdentityProviders | None
    domain: Domain | None
    triggers: Triggers
    messages: Messages
    protection: Protection
    role_rules: Sequence[RoleRule]
    user_pool_name: str | None
    identity_pool_name: str | None
    removal_policy: RemovalPolicy

    def __post_init__(self) -> None:
        """Check the options together."""
        forms_to_keep(self.placeholders.claims.values(), self.triggers)
        check_writing_triggers(self.claims, self.triggers)
        groups = precedences(self.groups)
        check_groups_are_there(self.triggers.group_names(), groups)
        check_clients(self.clients)
        check_providers(self.providers, self.attribute_set)
        check_first_users(self.sign_in, self.attribute_set, groups)
        check_limits("user_pool_name", self.user_pool_name, "AWS::Cognito::UserPool", "UserPoolName")
        check_limits("identity_pool_name", self.identity_pool_name, "AWS::Cognito::IdentityPool", "IdentityPoolName")
        _check_messages(self)
        _check_codes(self.sign_in, self.factors, self.messages, self.triggers)
        _check_plan(self.factors, self.protection, self.triggers, self.domain)
        if self.domain is None:
            _check_no_domain(self.sign_in, self.clients, self.providers)
        if self.factors.passkeys and self.factors.relying_party_id is None and self.domain is None:
            raise ValueError(
                "first contains 'passkey', and passkeys belong to a domain, which is not set; add "
                "Factors(relying_party_id='example.com') with the domain of your pages, or a domain for hosted pages"
            )

    @property
    def attribute_set(self) -> AttributeSet:
        """The attributes of the user pool, including those that sign-in requires."""
        return AttributeSet(with_claims(self.attributes, self.claims.values()), self.sign_in)

    @property
    def placeholders(self) -> Placeholders:
        """The placeholders that rules can contain."""
        return Placeholders(owner=self.owner, claims=self.claims)


def relying_party(factors: Factors, *, hosted: str | None, custom: bool) -> str | None:
    """Return the domain that passkeys belong to.

    Raises:
        ValueError: When it is not the custom domain of the hosted pages: Cognito refuses any other.
    """
    if not factors.passkeys:
        return None
    if custom and factors.relying_party_id not in {None, hosted}:
        raise ValueError(
            f"relying_party_id={factors.relying_party_id!r} differs from the custom domain {hosted!r} of the hosted "
            "pages, to which passkeys belong; remove relying_party_id"
        )
    return factors.relying_party_id or hosted


def _check_messages(options: Options) -> None:
    """Check that texts and senders are for messages that are sent."""
    messages, factors = options.messages, options.factors
    messages.check_verification(options.sign_in.verification)
    by_email = "email_otp" in factors.first or (factors.mfa != "off" and "email" in factors.second)
    if (messages.mfa_email_body or messages.mfa_email_subject) and not by_email:
        raise ValueError(
            "mfa_email_subject and mfa_email_body apply to one-time passwords by e-mail, which no factor sends; add "
            "'email_otp' to Factors(first=...) or 'email' to Factors(second=...), or remove both"
        )
    texts = options.sign_in.phone or factors.texts or "phone" in options.sign_in.recovery_or_default
    if messages.sms is not None and not texts:
        raise ValueError(
            "Messages(sms=...) has no effect, because this user pool sends no SMS; use SignIn(phone=True) or a factor "
            "by SMS, or remove it"
        )
    risks = options.protection.risks
    if risks is not None and risks.notices and messages.email is None:
        raise ValueError(
            "RiskResponses has notices, which are sent through SES; add Auth(..., "
            "messages=Messages(email=SesSender(...)))"
        )


def _check_codes(sign_in: SignIn, factors: Factors, messages: Messages, triggers: Triggers) -> None:
    """Check that codes can reach users."""
    mfa = factors.second if factors.mfa != "off" else ()
    if "email" in mfa and messages.email is None:
        raise ValueError(
            "second factor 'email' needs SES as the sender; add Auth(..., messages=Messages(email=SesSender(...)))"
        )
    if "sms" in mfa and sign_in.recovery_or_default == "phone":
        raise ValueError(
            "second factor 'sms' cannot be combined with password recovery by SMS; use SignIn(recovery='email'), "
            "'admin', or a second factor other than 'sms'"
        )
    if "email" in mfa and sign_in.recovery_or_default == "email":
        raise ValueError(
            "second factor 'email' cannot be combined with password recovery by e-mail only; use "
            "SignIn(recovery='phone'), 'email_then_phone' or 'admin', or a second factor other than 'email'"
        )
    if "email_otp" in factors.first and not sign_in.email:
        raise ValueError("first factor 'email_otp' needs users with an e-mail address; use SignIn(email=True)")
    if "sms_otp" in factors.first and not sign_in.phone:
        raise ValueError("first factor 'sms_otp' needs users with a phone number; use SignIn(phone=True)")
    if sign_in.allowed_email_domains and triggers.pre_sign_up is not None:
        raise ValueError(
            "allowed_email_domains creates a pre sign-up trigger, and a user pool has one; check the domain in your "
            "trigger, or remove pre_sign_up"
        )


def _check_plan(factors: Factors, protection: Protection, triggers: Triggers, domain: Domain | None) -> None:
    """Check that the plan has the requested features; only "lite" lacks some."""
    if protection.plan != "lite":
        return
    needs = {
        f"first={list(factors.first)!r}": factors.choice,
        "second factor 'email'": factors.mfa != "off" and "email" in factors.second,
        f"password history={factors.password.history}": factors.password.history > 0,
        f"pre_token_generation_version={triggers.pre_token_generation_version!r}": (
            triggers.pre_token_generation is not None and triggers.pre_token_generation_version != "V1_0"  # noqa: S105 - a version
        ),
        "managed login": domain is not None and not domain.branding.classic,
    }
    if missing := next((what for what, needed in needs.items() if needed), None):
        raise ValueError(
            f"{missing} needs plan='essentials' or 'plus', not 'lite'; set Protection(plan=...), or remove it (with "
            "hosted pages use Branding(classic=True))"
        )


def _check_no_domain(sign_in: SignIn, clients: Sequence[Client], providers: Sequence[Provider]) -> None:
    """Check that no option needs the pages or the token endpoint of a domain."""
    hosted = next((one.name for one in clients if isinstance(one, UserClient) and one.callback_urls), None)
    machine = next((one.name for one in clients if isinstance(one, MachineClient)), None)
    needs = {
        f"callback_urls of client {hosted!r}": hosted is not None,
        f"machine client {machine!r}": machine is not None,
        f"provider {providers[0].name!r}" if providers else "": bool(providers),
        "SignIn(verification='link')": sign_in.verification == "link",
    }
    if what := next((what for what, needed in needs.items() if needed), None):
        raise ValueError(f"{what} needs a domain; add Auth(..., domain=PrefixDomain('my-app')), or a CustomDomain")
