"""Refusals of Cognito for identity providers, and for the role mappings of an identity pool."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from constructs_lib.analysis.replacements.canonical_values import canonical
from constructs_lib.analysis.replacements.refusals import Refusal
from constructs_lib.analysis.replacements.template_rules.template_view import Found, View, get, mapping
from constructs_lib.analysis.replacements.value_comparison import short

_SOCIAL: Final = frozenset({"Facebook", "Google", "LoginWithAmazon", "SignInWithApple"})
_NAMED: Final = Refusal(
    message="Provider cannot be of type",
    way_out="Give the provider the name of its type: Google, Facebook, LoginWithAmazon or SignInWithApple.",
    source="https://github.com/aws/aws-cli/issues/3179",
)
_DETAILS: Final = Refusal(
    message="client_id, client_secret and authorize_scopes are all required idp details",
    way_out="Write every detail that the provider's type needs (CreateIdentityProvider in the API reference).",
    source="https://github.com/aws-amplify/amplify-cli/issues/8266",
)
_MAPPED: Final = Refusal(
    message="is not a valid RoleMapping ProviderName or is not a configured provider",
    way_out="Write cognito-idp.REGION.amazonaws.com/POOL:CLIENT, and have that pool and client among the providers.",
    source="https://github.com/aws/aws-cdk/issues/22951",
)
_NEEDED: Final[dict[str, frozenset[str]]] = {
    **dict.fromkeys(
        ("Facebook", "Google", "LoginWithAmazon"), frozenset({"client_id", "client_secret", "authorize_scopes"})
    ),
    "SignInWithApple": frozenset({"client_id", "team_id", "key_id", "private_key", "authorize_scopes"}),
}


def _names(view: View) -> Iterator[Found]:
    for provider in view.of("Cognito::UserPoolIdentityProvider"):
        kind, name = get(provider, "ProviderType"), get(provider, "ProviderName")
        if str(kind) in _SOCIAL and isinstance(name, str) and name != kind:
            yield provider, _NAMED, "ProviderName", f"The provider of the type {kind} is named {short(name)}", True


def _details(view: View) -> Iterator[Found]:
    for provider in view.of("Cognito::UserPoolIdentityProvider"):
        details = mapping(get(provider, "ProviderDetails"))
        needed = _NEEDED.get(str(get(provider, "ProviderType")), frozenset())
        if details and (missing := sorted(needed - details.keys())):
            yield provider, _DETAILS, "ProviderDetails", f"It lacks {', '.join(missing)}", True


def _mappings(view: View) -> Iterator[Found]:
    for attachment in view.of("Cognito::IdentityPoolRoleAttachment"):
        for key, rule in mapping(get(attachment, "RoleMappings")).items():
            provider = canonical(mapping(rule).get("IdentityProvider", key))
            if _is_no_client(provider):
                what = f"It maps {short(provider)}, which names no client of a user pool"
                yield attachment, _MAPPED, f"RoleMappings {key}", what, True


def _is_no_client(provider: Any) -> bool:
    if isinstance(provider, dict):
        attribute = provider.get("Fn::GetAtt")
        return isinstance(attribute, list) and attribute[1:] in (["ProviderURL"], ["ProviderName"])
    text = str(provider)
    return text.startswith("https://") or (text.startswith("cognito-idp.") and ":" not in text)


RULES: Final[tuple[Callable[[View], Iterator[Found]], ...]] = (_names, _details, _mappings)
