"""Settings of a user pool that a client's forms need, read from the resources of an `Auth`."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import Stack
from aws_cdk import aws_cognito as cognito

from constructs_lib.auth import Auth
from constructs_lib.resource_properties import resolve_resources

_REQUIREMENTS = {
    "requireNumbers": "REQUIRES_NUMBERS",
    "requireLowercase": "REQUIRES_LOWERCASE",
    "requireUppercase": "REQUIRES_UPPERCASE",
    "requireSymbols": "REQUIRES_SYMBOLS",
}
_SOCIAL = {
    "Google": "GOOGLE",
    "Facebook": "FACEBOOK",
    "LoginWithAmazon": "LOGIN_WITH_AMAZON",
    "SignInWithApple": "SIGN_IN_WITH_APPLE",
}
_MFA_TYPES = {"SOFTWARE_TOKEN_MFA": "TOTP", "SMS_MFA": "SMS", "EMAIL_OTP": "EMAIL"}


def user_pool_facts(auth: Auth) -> dict[str, str]:
    """Return the optional outputs of Amplify's format.

    Settings of a pool, client or group of another stack are omitted, because they are unknown.
    """
    facts: dict[str, str] = {}
    pool = auth.user_pool.node.default_child
    if isinstance(pool, cognito.CfnUserPool):
        (found,) = resolve_resources(Stack.of(auth), pool)
        policies = found.properties.get("policies") or {}
        facts |= (
            _sign_in_facts(found.properties)
            | _password_facts(policies)
            | _mfa_facts(pool, found.properties.get("enabledMfas") or ())
        )
        facts |= _passwordless_facts(pool, policies)
    client = auth.user_pool_client.node.default_child
    if isinstance(client, cognito.CfnUserPoolClient):
        facts |= _hosted_sign_in_facts(client, auth.domain)
    groups = [group for group in auth.node.find_all() if isinstance(group, cognito.CfnUserPoolGroup)]
    if groups:
        facts["groups"] = json.dumps([{str(group.group_name): {"precedence": group.precedence}} for group in groups])
    return facts


def _sign_in_facts(pool: Mapping[str, Any]) -> dict[str, str]:
    required = [attribute["name"] for attribute in pool.get("schema") or () if attribute.get("required") is True]
    return {
        "usernameAttributes": json.dumps(pool.get("usernameAttributes") or ["username"]),
        "signupAttributes": json.dumps(required),
        "verificationMechanisms": json.dumps(pool.get("autoVerifiedAttributes") or []),
    }


def _password_facts(policies: Mapping[str, Any]) -> dict[str, str]:
    policy = policies.get("passwordPolicy") or {}
    if not isinstance(policy.get("minimumLength"), int):
        return {}
    return {
        "passwordPolicyMinLength": str(policy["minimumLength"]),
        "passwordPolicyRequirements": json.dumps([word for name, word in _REQUIREMENTS.items() if policy.get(name)]),
    }


def _mfa_facts(pool: cognito.CfnUserPool, types: Sequence[str]) -> dict[str, str]:
    return {
        "mfaConfiguration": pool.mfa_configuration or "OFF",
        "mfaTypes": json.dumps([_MFA_TYPES[name] for name in types if name in _MFA_TYPES]),
    }


def _passwordless_facts(pool: cognito.CfnUserPool, policies: Mapping[str, Any]) -> dict[str, str]:
    factors = (policies.get("signInPolicy") or {}).get("allowedFirstAuthFactors") or ()
    options: dict[str, Any] = {"emailOtpEnabled": "EMAIL_OTP" in factors, "smsOtpEnabled": "SMS_OTP" in factors}
    if "WEB_AUTHN" in factors and pool.web_authn_relying_party_id is not None:
        options["webAuthn"] = {
            "relyingPartyId": pool.web_authn_relying_party_id,
            "userVerification": pool.web_authn_user_verification or "preferred",
        }
    return {"passwordlessOptions": json.dumps(options)} if any(options.values()) else {}


def _hosted_sign_in_facts(client: cognito.CfnUserPoolClient, domain: cognito.UserPoolDomain | None) -> dict[str, str]:
    if domain is None or not client.callback_ur_ls or not client.logout_ur_ls:
        return {}
    providers = client.supported_identity_providers or ()
    return {
        "oauthCognitoDomain": domain.base_url().removeprefix("https://"),
        "oauthScope": json.dumps(client.allowed_o_auth_scopes or []),
        "oauthRedirectSignIn": ",".join(client.callback_ur_ls),
        "oauthRedirectSignOut": ",".join(client.logout_ur_ls),
        "oauthResponseType": "code",
        "socialProviders": json.dumps([_SOCIAL[name] for name in providers if name in _SOCIAL]),
    }
