"""Refusals of Cognito for an app client: invalid scopes, providers and token validity."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from constructs_lib.analysis.replacements.refusals import Refusal
from constructs_lib.analysis.replacements.resource import Resource
from constructs_lib.analysis.replacements.template_rules.template_view import Found, View, get, mapping
from constructs_lib.analysis.replacements.value_comparison import same

_CLIENT: Final = "Cognito::UserPoolClient"
_NO_PROVIDER: Final = Refusal(
    message="The provider does not exist for User Pool",
    way_out="Add the AWS::Cognito::UserPoolIdentityProvider and let the client depend on it (DependsOn).",
    source="https://github.com/lgallard/terraform-aws-cognito-user-pool/pull/72",
)
_SCOPE: Final = Refusal(
    message="Invalid scope requested",
    way_out="Write `identifier/scope` of an AWS::Cognito::UserPoolResourceServer that the client depends on.",
    source="https://github.com/serverless/serverless/issues/10041",
)
_VALIDITY: Final = Refusal(
    message="Invalid range for token validity",
    way_out="Keep ID and access tokens from 5 minutes to 1 day, and refresh tokens from 60 minutes to 10 years.",
    source="https://github.com/awsdocs/aws-cloudformation-user-guide/pull/828",
)
_SCOPES: Final = frozenset({"aws.cognito.signin.user.admin", "email", "openid", "phone", "profile"})
_UNITS: Final = {"seconds": 1, "minutes": 60, "hours": 3_600, "days": 86_400}
_TIMES: Final = {
    "AccessToken": ("hours", 300, 86_400),
    "IdToken": ("hours", 300, 86_400),
    "RefreshToken": ("days", 3_600, 315_360_000),
}
"""Unit, least and most seconds of each token: CreateUserPoolClient in the API reference."""


def _providers(view: View) -> Iterator[Found]:
    """Yield providers that the client does not depend on, or that the template does not create."""
    for client in view.of(_CLIENT):
        names = get(client, "SupportedIdentityProviders")
        for name in names if isinstance(names, list) else []:
            if not isinstance(name, str) or name == "COGNITO":
                continue
            if not (made := _of_pool(view, client, "Cognito::UserPoolIdentityProvider", "ProviderName", name)):
                if view.named(get(client, "UserPoolId"), "Cognito::UserPool"):
                    what = f"The pool is made here, and the provider {name} is not"
                    yield client, _NO_PROVIDER, "SupportedIdentityProviders", what, False
            elif not made & view.needs(client.logical_id):
                what = f"The client does not wait for the provider {name}"
                yield client, _NO_PROVIDER, "SupportedIdentityProviders", what, False


def _scopes(view: View) -> Iterator[Found]:
    for client in view.of(_CLIENT):
        scopes = get(client, "AllowedOAuthScopes")
        for scope in scopes if isinstance(scopes, list) else []:
            if not isinstance(scope, str) or scope in _SCOPES:
                continue
            server = scope.rpartition("/")[0]
            if not server:
                yield client, _SCOPE, "AllowedOAuthScopes", f"{scope} is no scope of Cognito's own", True
            elif not (made := _of_pool(view, client, "Cognito::UserPoolResourceServer", "Identifier", server)):
                if view.named(get(client, "UserPoolId"), "Cognito::UserPool"):
                    what = f"The pool is made here, and the resource server {server} is not"
                    yield client, _SCOPE, "AllowedOAuthScopes", what, False
            elif not made & view.needs(client.logical_id):
                what = f"The client does not wait for the resource server {server}"
                yield client, _SCOPE, "AllowedOAuthScopes", what, False


def _of_pool(view: View, client: Resource, kind: str, key: str, name: str) -> set[str]:
    """Return the resources of a kind in the client's pool with a name, including those without a literal name."""
    return {
        each.logical_id
        for each in view.of(kind)
        if same(get(each, "UserPoolId"), get(client, "UserPoolId"))
        and (get(each, key) == name or not isinstance(get(each, key), str))
    }


def _times(view: View) -> Iterator[Found]:
    for client in view.of(_CLIENT):
        units: Mapping[str, Any] = mapping(get(client, "TokenValidityUnits"))
        for token, (default, least, most) in _TIMES.items():
            time, unit = get(client, f"{token}Validity"), units.get(token, default)
            # Cognito treats 0 as its default, and the template does not determine the value of a function.
            length = int(str(time)) * _UNITS.get(str(unit), 0) if str(time).isdecimal() else 0
            if length and not least <= length <= most:
                yield client, _VALIDITY, f"{token}Validity", f"A token is valid for {time} {unit}", True


RULES: Final[tuple[Callable[[View], Iterator[Found]], ...]] = (_providers, _scopes, _times)
