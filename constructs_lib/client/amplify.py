"""`amplify_outputs.json`, version 1.5, from the outputs of a deployed stack.

The format is Amplify Gen 2's "client config": https://docs.amplify.aws/react/reference/amplify_outputs/. A stack with a
`ClientConfig` construct carries the outputs that Amplify's own tool reads (camelCase, such as `userPoolId`); without
one, our stacks' plain outputs (`UserPoolId`, ...) make a smaller file that is valid too.
"""

import json
from collections.abc import Collection, Mapping
from itertools import permutations
from typing import Any, Final

from constructs_lib.client.settings import ClientSettings

VERSION: Final = "1.5"

_MFA: Final = {"OFF": "NONE", "OPTIONAL": "OPTIONAL", "ON": "REQUIRED"}
_OAUTH_PROVIDERS: Final = ("GOOGLE", "FACEBOOK", "LOGIN_WITH_AMAZON", "SIGN_IN_WITH_APPLE")
_REQUIREMENTS: Final = {
    "REQUIRES_NUMBERS": "require_numbers",
    "REQUIRES_LOWERCASE": "require_lowercase",
    "REQUIRES_UPPERCASE": "require_uppercase",
    "REQUIRES_SYMBOLS": "require_symbols",
}
_RULE_KEYS: Final = ("guest", "authenticated", "resource", "entityidentity")
_PLAIN: Final = frozenset(("Region", "UserPoolId", "UserPoolClientId", "IdentityPoolId", "BucketName"))
_PLACED: Final = _PLAIN | frozenset(
    (
        *("authRegion", "userPoolId", "webClientId", "identityPoolId", "allowUnauthenticatedIdentities"),
        *("signupAttributes", "usernameAttributes", "verificationMechanisms", "mfaConfiguration", "mfaTypes", "groups"),
        *("passwordPolicyMinLength", "passwordPolicyRequirements", "passwordlessOptions", "socialProviders"),
        *("oauthCognitoDomain", "oauthScope", "oauthRedirectSignIn", "oauthRedirectSignOut", "oauthResponseType"),
        *("storageRegion", "bucketName", "buckets", "customOutputs"),
    )
)
"""Outputs that have a dedicated place in the file."""


def amplify_outputs(outputs: Mapping[str, str]) -> dict[str, Any]:
    """Return the content of an `amplify_outputs.json`.

    Args:
        outputs: The outputs of one stack, by key.

    Returns:
        JSON-ready content that the schema of version 1.5 accepts. `custom` has the values of the `ClientConfig`;
        without one, it has the outputs without a dedicated place, API addresses (keys that end in `ApiUrl`) under
        `custom.API` as `{endpoint, region}`.

    Raises:
        ValueError: An ID is missing, a value does not fit its key, or group names would confuse Amplify.
    """
    settings = ClientSettings.from_stack(outputs)
    ids = {
        "aws_region": settings.region,
        "user_pool_id": settings.user_pool_id,
        "user_pool_client_id": settings.user_pool_client_id,
        "identity_pool_id": settings.identity_pool_id,
    }
    return content_of(ids, outputs)


def readable_outputs(outputs: Mapping[str, str]) -> Mapping[str, str]:
    """Return the outputs of a stack for people: without those by which a `ClientConfig` configures Amplify's clients.

    Args:
        outputs: The outputs of one stack, by key.
    """
    if "userPoolId" not in outputs:
        return outputs
    settings = ClientSettings.from_stack(outputs)
    return {
        "Region": settings.region,
        "UserPoolId": settings.user_pool_id,
        "UserPoolClientId": settings.user_pool_client_id,
        "IdentityPoolId": settings.identity_pool_id,
        **{key: value for key, value in settings.others.items() if key not in _PLACED or key in _PLAIN},
    }


def content_of(ids: Mapping[str, str], outputs: Mapping[str, str]) -> dict[str, Any]:
    """Assemble the file.

    Args:
        ids: The four entries of `auth` by which a client finds its pools. They may be CDK tokens.
        outputs: Everything else, by output key.

    Raises:
        ValueError: A value does not have the type of its key, or group names would confuse Amplify.
    """
    content: dict[str, Any] = {"version": VERSION, "auth": {**ids, **_auth(outputs)}}
    if storage := _storage(ids["aws_region"], outputs):
        content["storage"] = storage
    if custom := _custom(ids["aws_region"], outputs):
        content["custom"] = custom
    return content


def check_group_names(names: Collection[str]) -> None:
    """Refuse group names that Amplify's client would mix up.

    Amplify JS searches a group's permissions by *substring* among the keys `guest`, `authenticated`, `resource`,
    `entityidentity` and `groups<name>` (`listPaths`, @aws-amplify/storage): for a member of `admin` it uses the
    permissions of `superadmins`. IAM is not affected, but the page shows folders that then deny access.

    Raises:
        ValueError: A name is part of one of those keys; the message names both.
    """
    for name in names:
        for key in ("groups", *_RULE_KEYS):
            if name in key:
                raise ValueError(
                    f"group {name!r} cannot be told apart from {key!r} by the Amplify client, which compares parts of "
                    "names; rename the group"
                )
    for name, other in permutations(names, 2):
        if name in f"groups{other}":
            raise ValueError(
                f"group {name!r} cannot be told apart from group {other!r} by the Amplify client, which compares "
                "parts of names; rename one of them"
            )


def _auth(outputs: Mapping[str, str]) -> dict[str, Any]:
    auth: dict[str, Any] = {}
    if "allowUnauthenticatedIdentities" in outputs:
        auth["unauthenticated_identities_enabled"] = outputs["allowUnauthenticatedIdentities"] == "true"
    for key, output in (
        ("username_attributes", "usernameAttributes"),
        ("standard_required_attributes", "signupAttributes"),
        ("user_verification_types", "verificationMechanisms"),
    ):
        if output in outputs:
            auth[key] = _json_list(outputs, output)
    if minimum := outputs.get("passwordPolicyMinLength"):
        required = set(_json_list(outputs, "passwordPolicyRequirements"))
        auth["password_policy"] = {
            "min_length": int(minimum),
            **{field: word in required for word, field in _REQUIREMENTS.items()},
        }
    if mfa := outputs.get("mfaConfiguration"):
        if mfa not in _MFA:
            raise ValueError(f"output mfaConfiguration is {mfa!r}; use one of {', '.join(_MFA)}")
        auth["mfa_configuration"] = _MFA[mfa]
        auth["mfa_methods"] = _json_list(outputs, "mfaTypes")
    if passwordless := _passwordless(outputs):
        auth["passwordless"] = passwordless
    if oauth := _oauth(outputs):
        auth["oauth"] = oauth
    if "groups" in outputs:
        auth["groups"] = _json_list(outputs, "groups")
        check_group_names([name for group in auth["groups"] for name in group])
    return auth


def _passwordless(outputs: Mapping[str, str]) -> dict[str, Any]:
    options = _json("passwordlessOptions", outputs.get("passwordlessOptions", "{}"))
    names = {"emailOtpEnabled": "email_otp_enabled", "smsOtpEnabled": "sms_otp_enabled"}
    passwordless: dict[str, Any] = {name: options[key] for key, name in names.items() if key in options}
    if passkey := options.get("webAuthn"):
        passwordless["web_authn"] = {
            "relying_party_id": passkey["relyingPartyId"],
            "user_verification": passkey["userVerification"],
        }
    return passwordless


def _oauth(outputs: Mapping[str, str]) -> dict[str, Any]:
    keys = ("oauthCognitoDomain", "oauthRedirectSignIn", "oauthRedirectSignOut")
    if not all(outputs.get(key) for key in keys):
        return {}
    return {
        # The schema has the social providers only; OIDC and SAML providers need no client configuration.
        "identity_providers": [name for name in _json_list(outputs, "socialProviders") if name in _OAUTH_PROVIDERS],
        "domain": outputs["oauthCognitoDomain"],
        "scopes": _json_list(outputs, "oauthScope"),
        "redirect_sign_in_uri": outputs["oauthRedirectSignIn"].split(","),
        "redirect_sign_out_uri": outputs["oauthRedirectSignOut"].split(","),
        "response_type": outputs.get("oauthResponseType", "code"),
    }


def _storage(region: str, outputs: Mapping[str, str]) -> dict[str, Any]:
    name = outputs.get("bucketName") or outputs.get("BucketName")
    if not name:
        return {}
    storage: dict[str, Any] = {"aws_region": outputs.get("storageRegion", region), "bucket_name": name}
    if "buckets" in outputs:
        storage["buckets"] = [
            {
                "name": bucket["name"],
                "bucket_name": bucket["bucketName"],
                "aws_region": bucket["storageRegion"],
                **({"paths": bucket["paths"]} if "paths" in bucket else {}),
            }
            for bucket in map(json.loads, _json_list(outputs, "buckets"))
        ]
    return storage


def _custom(region: str, outputs: Mapping[str, str]) -> dict[str, Any]:
    if "userPoolId" in outputs:
        # A ClientConfig defines the values for clients.
        own: dict[str, Any] = _json("customOutputs", outputs.get("customOutputs", "{}")).get("custom", {})
        return own
    others = {key: value for key, value in outputs.items() if key not in _PLACED}
    apis = {key: url for key, url in others.items() if key.endswith("ApiUrl")}
    custom: dict[str, Any] = {key: value for key, value in others.items() if key not in apis}
    if apis:
        custom["API"] = {
            key.removesuffix("ApiUrl").lower() or "main": api_entry(url, region) for key, url in apis.items()
        }
    return custom


def api_entry(url: str, region: str) -> dict[str, str]:
    """Return an API in Amplify's REST configuration: without a trailing slash, because call paths begin with one."""
    return {"endpoint": url.rstrip("/"), "region": region}


def _json_list(outputs: Mapping[str, str], key: str) -> list[Any]:
    value = _json(key, outputs.get(key, "[]"))
    if not isinstance(value, list):
        raise ValueError(f"output {key} is {outputs[key]!r}, not a JSON list; write json.dumps([...])")  # noqa: TRY004 - bad data
    return value


def _json(key: str, text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"output {key} is {text!r}, which is not JSON ({error}); write json.dumps(...)") from error
