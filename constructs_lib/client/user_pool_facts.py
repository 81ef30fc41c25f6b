"""Settings of a user pool that a client's forms need, read from the resources of an `Auth`."""

import json
from collections.abc import Mapping
from typing import Any

from aws_cdk import aws_cognito as cognito

from constructs_lib.auth import Auth

_REQUIREMENTS = {
    "require_numbers": "REQUIRES_NUMBERS",
    "require_lowercase": "REQUIRES_LOWERCASE",
    "require_uppercase": "REQUIRES_UPPERCASE",
    "require_symbols": "REQUIRES_SYMBOLS",
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
        policies = _plain(pool.policies)
        facts |= _sign_in_facts(pool) | _password_facts(policies) | _mfa_facts(pool)
        facts |= _passwordless_facts(pool, policies)
    client = auth.user_pool_client.node.default_child
    if isinstance(client, cognito.CfnUserPoolClient):
        facts |= _hosted_sign_in_facts(client, auth.domain)
    groups = [group for group in auth.node.find_all() if isinstance(group, cognito.CfnUserPoolGroup)]
    if groups:
        facts["groups"] = json.dumps([{str(group.group_name): {"precedence": group.precedence}} for group in groups])
    return facts


def _sign_in_facts(pool: cognito.CfnUserPool) -> dict[str, str]:
    schema = [_plain(attribute) for attribute in _items(pool.schema)]
    required = [str(attribute["name"]) for attribute in schema if attribute.get("required")]
    return {
        "usernameAttributes": json.dumps(pool.username_attributes or ["username"]),
        "signupAttributes": json.dumps(required),
        "verificationMechanisms": json.dumps(pool.auto_verified_attributes or []),
    }


def _password_facts(policies: Mapping[str, Any]) -> dict[str, str]:
    policy = _plain(policies.get("password_policy"))
    if not policy:
        return {}
    return {
        "passwordPolicyMinLength": str(int(policy["minimum_length"])),
        "passwordPolicyRequirements": json.dumps([word for name, word in _REQUIREMENTS.items() if policy.get(name)]),
    }


def _mfa_facts(pool: cognito.CfnUserPool) -> dict[str, str]:
    return {
        "mfaConfiguration": pool.mfa_configuration or "OFF",
        "mfaTypes": json.dumps([_MFA_TYPES[name] for name in pool.enabled_mfas or () if name in _MFA_TYPES]),
    }


def _passwordless_facts(pool: cognito.CfnUserPool, policies: Mapping[str, Any]) -> dict[str, str]:
    factors = _plain(policies.get("sign_in_policy")).get("allowed_first_auth_factors") or ()
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


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _plain(value: Any) -> Mapping[str, Any]:
    """Return the values of a jsii struct, whose Python form keeps them in `_values`."""
    values = getattr(value, "_values", value)
    return values if isinstance(values, Mapping) else {}
