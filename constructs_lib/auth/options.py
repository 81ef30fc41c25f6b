"""What the options of an Auth mean together. No single value can know these."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.auth.clients import Client, MachineClient, UserClient

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.auth.domains import Domain
    from constructs_lib.auth.factors import Factors
    from constructs_lib.auth.messages import Messages
    from constructs_lib.auth.protection import Protection
    from constructs_lib.auth.providers import Provider
    from constructs_lib.auth.sign_in import SignIn
    from constructs_lib.auth.triggers import Triggers


def check_together(
    *,
    sign_in: SignIn,
    factors: Factors,
    messages: Messages,
    protection: Protection,
    clients: Sequence[Client],
    providers: Sequence[Provider],
    domain: Domain | None,
    triggers: Triggers,
) -> None:
    """Refuse options that Cognito refuses together, mostly only at deploy.

    Raises:
        ValueError: For the first such pair, naming both and the way out.
    """
    _check_codes(sign_in, factors, messages, triggers)
    _check_plan(factors, protection, triggers, domain)
    if domain is None:
        _check_no_domain(sign_in, clients, providers)
    if factors.passkeys and factors.relying_party_id is None and domain is None:
        raise ValueError(
            "passkeys belong to a domain, and there is none: give Factors(relying_party_id='example.com'), the domain "
            "of your pages, or a domain for hosted ones"
        )


def relying_party(factors: Factors, *, hosted: str | None, custom: bool) -> str | None:
    """Return the domain that passkeys belong to.

    Raises:
        ValueError: When it is not the custom domain that hosted pages stand on: Cognito refuses any other then.
    """
    if not factors.passkeys:
        return None
    if custom and factors.relying_party_id not in {None, hosted}:
        raise ValueError(
            f"relying_party_id={factors.relying_party_id!r}: with hosted pages on the custom domain {hosted!r} "
            "passkeys belong to that domain; leave relying_party_id out"
        )
    return factors.relying_party_id or hosted


def _check_codes(sign_in: SignIn, factors: Factors, messages: Messages, triggers: Triggers) -> None:
    """Check that codes can reach users."""
    mfa = factors.second if factors.mfa != "off" else ()
    if "email" in mfa and messages.email is None:
        raise ValueError(
            "second factor 'email' needs SES as the sender: give Auth(..., messages=Messages(email=SesSender(...)))"
        )
    if "sms" in mfa and sign_in.recovery_or_default == "phone":
        raise ValueError(
            "SMS cannot both be a second factor and recover the password: use SignIn(recovery='email'), 'admin', "
            "or a second factor other than 'sms'"
        )
    if "email" in mfa and sign_in.recovery_or_default == "email":
        raise ValueError(
            "e-mail cannot both be a second factor and the only way to recover the password: use "
            "SignIn(recovery='phone'), 'email_then_phone' or 'admin', or a second factor other than 'email'"
        )
    if "email_otp" in factors.first and not sign_in.email:
        raise ValueError("first factor 'email_otp' needs users with an e-mail address: SignIn(email=True)")
    if "sms_otp" in factors.first and not sign_in.phone:
        raise ValueError("first factor 'sms_otp' needs users with a phone number: SignIn(phone=True)")
    if sign_in.allowed_email_domains and triggers.pre_sign_up is not None:
        raise ValueError(
            "allowed_email_domains makes a pre sign-up trigger, and a pool has one: check the domain in yours, or "
            "leave pre_sign_up out"
        )


def _check_plan(factors: Factors, protection: Protection, triggers: Triggers, domain: Domain | None) -> None:
    """Check that the plan has what is asked for; "lite" is the one that lacks something."""
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
    if missing := next((what for what, asked in needs.items() if asked), None):
        raise ValueError(
            f"{missing} needs plan='essentials' or 'plus', not 'lite': change Protection(plan=...), or leave it out "
            "(for hosted pages on 'lite' use Branding(classic=True))"
        )


def _check_no_domain(sign_in: SignIn, clients: Sequence[Client], providers: Sequence[Provider]) -> None:
    """Check that nothing needs the pages or the token endpoint of a domain."""
    hosted = next((one.name for one in clients if isinstance(one, UserClient) and one.callback_urls), None)
    machine = next((one.name for one in clients if isinstance(one, MachineClient)), None)
    needs = {
        f"callback_urls of client {hosted!r}": hosted is not None,
        f"machine client {machine!r}": machine is not None,
        f"provider {providers[0].name!r}" if providers else "": bool(providers),
        "SignIn(verification='link')": sign_in.verification == "link",
    }
    if what := next((what for what, asked in needs.items() if asked), None):
        raise ValueError(
            f"{what} needs a domain: give Auth(..., domain=PrefixDomain('my-app')), or a CustomDomain of your own"
        )
