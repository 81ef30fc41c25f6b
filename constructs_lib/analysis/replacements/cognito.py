"""Updates that Cognito refuses or that cut users off, although the resource schemas allow them."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from constructs_lib.analysis.replacements.findings import Effect
from constructs_lib.analysis.replacements.refusals import NO_LOSS
from constructs_lib.analysis.replacements.rule_result import Change
from constructs_lib.analysis.replacements.value_comparison import is_decided, same, short
from constructs_lib.pool_fingerprint import FINGERPRINT_KEY, STANDARD_ATTRIBUTES, immutable_fingerprint

_UPDATING: Final = "https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-updating.html"
_ATTRIBUTES: Final = "https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html"
_RESUBMITTED: Final = "https://github.com/aws-amplify/amplify-backend/issues/3299"
_IDENTITY_POOL: Final = "https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_UpdateIdentityPool.html"
_PASSKEYS: Final = "https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-authentication-flow-methods.html"

_RECOVER: Final = "Put the old value back; a different value needs a second user pool and a migration trigger."
_SETTINGS: Final = {
    "alias_attributes": "AliasAttributes",
    "username_attributes": "UsernameAttributes",
    "case_sensitive": "UsernameConfiguration.CaseSensitive",
}


def user_pool(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    """Yield the changes of a user pool that Cognito refuses, and the change that invalidates passkeys."""
    before, after = _properties(old), _properties(new)
    was, becomes = _fingerprint(old), immutable_fingerprint(after)
    for key, name in _SETTINGS.items():
        if not same(was[key], becomes[key]):
            yield _refused(
                name,
                f"Cognito fixes {name} when the pool is made ({short(was[key])}) and refuses {short(becomes[key])}.",
                certain=is_decided(was[key], becomes[key]),
            )
    # A removed Schema is not submitted, and Cognito keeps the attributes of the pool.
    if "Schema" in after:
        yield from _required(was["required_attributes"], becomes["required_attributes"])
        yield from _custom(was["custom_attributes"], becomes["custom_attributes"], after["Schema"])
        yield from _standard(before, after)
    domain = "WebAuthnRelyingPartyID"
    if domain in before and not same(before[domain], after.get(domain)):
        yield Change(
            effect=Effect.CUT_OFF,
            cause=domain,
            what=f"Passkeys belong to the relying party {short(before[domain])}, now {short(after.get(domain))}.",
            loses="Every passkey registered so far stops working; users need another way to sign in.",
            way_out="Keep the relying party ID, or offer a password or one-time code until users register anew.",
            certain=is_decided(before[domain], after.get(domain)),
            source=_PASSKEYS,
        )


def identity_pool(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    """Yield a renamed developer provider (refused), removed providers and clients, and disabled guests."""
    before, after = _properties(old), _properties(new)
    developer = "DeveloperProviderName"
    if before.get(developer) and not same(before[developer], after.get(developer)):
        yield _refused(
            developer,
            f"Cognito fixes the developer provider name once it is set ({short(before[developer])}).",
            way_out="Keep the name; another one needs a second identity pool, where every user gets a new identity.",
            source=_IDENTITY_POOL,
            certain=is_decided(before[developer], after.get(developer)),
        )
    for name in (
        "CognitoIdentityProviders",
        "SupportedLoginProviders",
        "OpenIdConnectProviderARNs",
        "SamlProviderARNs",
    ):
        kept = _providers(after.get(name))
        for provider, client in _providers(before.get(name)):
            clients = [each for other, each in kept if same(provider, other)]
            if not any(same(client, each) for each in clients):
                of_client = f" with the client {short(client)}" if clients else ""
                yield Change(
                    effect=Effect.CUT_OFF,
                    cause=name,
                    what=f"The identity pool no longer accepts sign-ins from {short(provider)}{of_client}.",
                    loses="Users of that provider get no credentials, so they reach none of their folders and rows.",
                    way_out="Keep the provider in the pool while it has users.",
                    certain=is_decided(client, clients)
                    if clients
                    else is_decided(provider, [each for each, _ in kept]),
                )
    guests = "AllowUnauthenticatedIdentities"
    had, has = before.get(guests), after.get(guests)
    if had is not None and not any((same(had, False), same(had, has), same(has, True))):
        yield Change(
            effect=Effect.CUT_OFF,
            cause=guests,
            what="Guests get no credentials any more.",
            loses="Data under a guest identity becomes unreachable, unless the guest signs in on that device.",
            way_out="If guests hold nothing worth keeping this is harmless; otherwise let them sign up first.",
            certain=is_decided(had, has),
        )


def _required(was: list[str], becomes: list[str]) -> Iterator[Change]:
    if was != becomes:
        yield _refused(
            "Schema",
            f"Cognito fixes the required attributes when the pool is made ({', '.join(was) or 'none'}) "
            f"and refuses {', '.join(becomes) or 'none'}.",
        )


def _custom(was: Mapping[str, Any], becomes: Mapping[str, Any], schema: Any) -> Iterator[Change]:
    certain = is_decided(schema)
    for name, attribute in was.items():
        if name not in becomes:
            yield _refused(
                f"Schema custom:{name}",
                f"Cognito never removes a custom attribute, and custom:{name} is missing from Schema: "
                "`Existing schema attributes cannot be modified or deleted`.",
                way_out=f"Leave custom:{name} in Schema, unused.",
                source=_ATTRIBUTES,
                certain=certain,
            )
        elif not same(attribute, becomes[name]):
            changed = sorted(key for key in attribute if not same(attribute[key], becomes[name].get(key)))
            yield _refused(
                f"Schema custom:{name}",
                f"Cognito never changes a custom attribute, and custom:{name} differs in {', '.join(changed)}: "
                "`Existing schema attributes cannot be modified or deleted`.",
                way_out=f"Leave custom:{name} as it was, and add an attribute under a new name.",
                source=_ATTRIBUTES,
                certain=certain,
            )


def _standard(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    old, new = _standard_entries(before), _standard_entries(after)
    for name in sorted({*old, *new}):
        # A change of Required is reported for all attributes at once.
        left, right = ({**entries.get(name, {}), "Required": ""} for entries in (old, new))
        if not same(left, right) or (name in old) != (name in new):
            yield _refused(
                f"Schema {name}",
                f"The standard attribute {name} was added, removed or changed in Schema, which Cognito answers with "
                "`Invalid AttributeDataType input`.",
                way_out="Leave the standard attributes in Schema as they were at creation.",
                source=_RESUBMITTED,
            )
            return
    if new and not same(before, after):
        yield Change(
            effect=None,
            cause="Schema",
            what=(
                f"Schema names standard attributes ({', '.join(sorted(new))}) and the pool is updated. Some answer "
                "any update with `Invalid AttributeDataType input`, even with Schema unchanged: if yours does, leave "
                "Schema out of the template for this update; Cognito keeps what the pool has."
            ),
            source=_RESUBMITTED,
        )


def _standard_entries(properties: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    schema = properties.get("Schema")
    entries = schema if isinstance(schema, list) else []
    named = {str(entry.get("Name")): entry for entry in entries if isinstance(entry, Mapping)}
    return {name: entry for name, entry in named.items() if name in STANDARD_ATTRIBUTES}


def _fingerprint(resource: Mapping[str, Any]) -> dict[str, Any]:
    """Read the old pool's fingerprint; its metadata keeps a Schema that was removed after creation."""
    properties = _properties(resource)
    computed = immutable_fingerprint(properties)
    metadata = resource.get("Metadata")
    recorded = metadata.get(FINGERPRINT_KEY) if isinstance(metadata, Mapping) else None
    if "Schema" in properties or not isinstance(recorded, Mapping):
        return computed
    return computed | {key: recorded[key] for key in ("required_attributes", "custom_attributes") if key in recorded}


def _providers(value: Any) -> list[tuple[Any, Any]]:
    """Return providers with the client or app whose tokens the pool accepts; None for those without."""
    if isinstance(value, Mapping):
        return list(value.items())
    return [
        (each.get("ProviderName"), each.get("ClientId")) if isinstance(each, Mapping) else (each, None)
        for each in (value if isinstance(value, list) else [])
    ]


def _properties(resource: Mapping[str, Any]) -> Mapping[str, Any]:
    properties = resource.get("Properties")
    return properties if isinstance(properties, Mapping) else {}


def _refused(name: str, what: str, *, way_out: str = _RECOVER, source: str = _UPDATING, certain: bool = True) -> Change:
    return Change(
        effect=Effect.REFUSED,
        cause=name,
        what=what + " The update fails and is rolled back.",
        loses=NO_LOSS,
        way_out=way_out,
        certain=certain,
        source=source,
    )
