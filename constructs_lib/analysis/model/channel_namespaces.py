"""Channel namespaces of Event APIs: their authorization modes, and the rules of their handlers.

Sources: "Configuring authorization and authentication to secure Event APIs", "Process real-time events with AWS AppSync
event handlers" (AWS AppSync Events developer guide). A handler that this library did not write is not analyzed: the
requests it allows are not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.actions import Verb
from constructs_lib.analysis.model.resources import as_list
from constructs_lib.channel_handlers import HandlerRule, read_handler

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.model.resources import Resource, Resources

IAM: Final = "AWS_IAM"
TOKENS: Final = "AMAZON_COGNITO_USER_POOLS"
_API: Final = "AWS::AppSync::Api"
_MODES: Final = {
    Verb.PUBLISH.value: ("PublishAuthModes", "DefaultPublishAuthModes"),
    Verb.SUBSCRIBE.value: ("SubscribeAuthModes", "DefaultSubscribeAuthModes"),
}
UNKNOWN: Final = "unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class ChannelNamespace:
    """One channel namespace.

    Args:
        resource: The resource that declares it.
        modes: The authorization modes by verb; UNKNOWN is among them if they are not specified.
        rules: The access rules of its handler; None if it has no handler, or one that is not analyzed.
        doubt: Why it is not known which requests its handler allows; empty if it is known.
        pool_doubt: Why a token may belong to users of another user pool; empty if it cannot.
    """

    resource: Resource
    modes: Mapping[str, frozenset[str]]
    rules: tuple[HandlerRule, ...] | None
    doubt: str
    pool_doubt: str


def channel_namespaces(resources: Resources) -> Iterator[ChannelNamespace]:
    """Yield every namespace."""
    for resource in resources.of("AWS::AppSync::ChannelNamespace"):
        api = next((each for each in resources.of(_API) if resource.get("ApiId") == each.id), None)
        config = api.get("EventConfig") if api is not None else None
        config = config if isinstance(config, Mapping) else {}
        rules, doubt = _handler(resource)
        if doubt:
            resources.unread[doubt] = [
                resource.get(name) for name in ("CodeHandlers", "CodeS3Location", "HandlerConfigs")
            ]
        yield ChannelNamespace(
            resource=resource,
            modes={verb: _modes(resource.get(own), config.get(common)) for verb, (own, common) in _MODES.items()},
            rules=rules,
            doubt=doubt,
            pool_doubt=_pool_doubt(resource, config, resources),
        )


def _modes(own: Any, common: Any) -> frozenset[str]:
    """Return a namespace's own modes, or its API's; UNKNOWN if neither has a known mode."""
    authorization = as_list(own) or as_list(common)
    found = {str(each.get("AuthType")) if isinstance(each, Mapping) else UNKNOWN for each in authorization}
    known = {IAM, TOKENS, "API_KEY", "AWS_LAMBDA", "OPENID_CONNECT"}
    return frozenset(each if each in known else UNKNOWN for each in found) or frozenset({UNKNOWN})


def _handler(namespace: Resource) -> tuple[tuple[HandlerRule, ...] | None, str]:
    """Return the rules of a handler, or why its decisions are not known; neither if there is no handler."""
    code, configs = namespace.get("CodeHandlers"), namespace.get("HandlerConfigs")
    if configs:
        return None, f"{namespace.name} hands its events to a data source, whose answer decides: not followed"
    if namespace.get("CodeS3Location") is not None:
        return None, f"{namespace.name} takes its handler from {namespace.get('CodeS3Location')}, which is not seen"
    if code is None:
        return None, ""
    rules = read_handler(code) if isinstance(code, str) else None
    if rules is None:
        return (
            None,
            f"the handler of {namespace.name} is not the one that access rules make: what it lets through is not read",
        )
    return rules, ""


def _pool_doubt(namespace: Resource, config: Mapping[str, Any], resources: Resources) -> str:
    """Return why tokens may belong to users whose claims the templates do not describe."""
    pools = {
        str(cognito.get("UserPoolId"))
        for each in as_list(config.get("AuthProviders"))
        if isinstance(each, Mapping) and isinstance(cognito := each.get("CognitoConfig"), Mapping)
    }
    trusted = [
        str(each.get("ProviderName"))
        for pool in resources.of("AWS::Cognito::IdentityPool")
        for each in as_list(pool.get("CognitoIdentityProviders"))
        if isinstance(each, Mapping)
    ]
    strange = [pool for pool in sorted(pools) if not any(name.endswith(f"/{pool}") for name in trusted)]
    if not pools or strange:
        named = strange[0] if strange else "no user pool that is said"
        problem = f"{namespace.name} takes tokens of {named}, which no identity pool here trusts"
        return f"{problem}: whose claims they have is not known"
    return ""
