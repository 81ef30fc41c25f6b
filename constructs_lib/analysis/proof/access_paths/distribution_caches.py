"""Answers that CloudFront keeps although their origin may know who asked.

CloudFront sends an origin what the cache policy makes a part of the key, and what the origin request policy adds; with
settings of neither policy (`ForwardedValues`) all that is chosen is a part of the key. Sources: "Control the cache key
with a policy", "Use managed cache policies", "Use managed origin request policies" (Amazon CloudFront developer guide).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.model.resources import as_list
from constructs_lib.analysis.proof.access_paths.findings import undecided

if TYPE_CHECKING:
    from constructs_lib.analysis.model.model import Model
    from constructs_lib.analysis.model.resources import Resource
    from constructs_lib.analysis.proof.findings import Finding

_DISTRIBUTION: Final = "AWS::CloudFront::Distribution"
CACHING_DISABLED: Final = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
"""The ID of the managed cache policy CachingDisabled."""
_AMPLIFY: Final = "2e54312d-136d-493c-8eb9-b001f22f67d2"
_AMPLIFY_KEY: Final[Mapping[str, Any]] = {
    "ParametersInCacheKeyAndForwardedToOrigin": {
        "HeadersConfig": {
            "HeaderBehavior": "whitelist", "Headers": ["Authorization", "CloudFront-Viewer-Country", "Host"],
        },
        "CookiesConfig": {"CookieBehavior": "all"},
        "QueryStringsConfig": {"QueryStringBehavior": "all"},
    }
}  # fmt: skip
"""The configuration of the managed cache policy Amplify."""
_SENDS_NO_USER: Final = frozenset(
    {
        "59781a5b-3903-41f3-afcb-af62929ccde1",  # CORS-CustomOrigin
        "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf",  # CORS-S3Origin
        "acba4595-bd28-49b8-b9fe-13317c0390fa",  # UserAgentRefererHeaders
        "bf0718e1-ba1e-49d1-88b1-f726733018ae",  # HostHeaderOnly
    }
)
_PLAIN_HEADERS: Final = frozenset(
    {
        "accept", "accept-encoding", "accept-language", "access-control-request-headers",
        "access-control-request-method", "host", "origin", "referer", "user-agent",
    }
)  # fmt: skip
"""Headers that do not say who asks; neither do those whose names begin with `cloudfront-`."""
_PARTS: Final = (
    ("CookiesConfig", "CookieBehavior", "Cookies"),
    ("QueryStringsConfig", "QueryStringBehavior", "QueryStrings"),
)


def distribution_findings(model: Model) -> Iterator[Finding]:
    """Yield the distributions that may serve an answer that an origin made for another viewer."""
    for each in model.resources:
        config = each.get("DistributionConfig") if each.type == _DISTRIBUTION else {}
        if not isinstance(config, Mapping):
            yield undecided(
                "an unknown caller", each.name, f"{each.name} may mix viewers: its configuration is not known"
            )
        else:
            pattern = next((path for path, settings in _behaviours(config) if _mixes(settings, config, model)), None)
            if pattern is not None:
                story = (
                    f"{each.name} may keep an answer for {pattern} that its origin made for one viewer and serve it to "
                    "the next: the origin gets headers, cookies or query strings that are no part of the cache key; "
                    "use the cache policy CachingDisabled, or one whose key has all that the origin gets"
                )
                yield undecided("an unknown caller", each.name, story)


def _behaviours(config: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for each in (*as_list(config.get("CacheBehaviors")), config.get("DefaultCacheBehavior")):
        if isinstance(each, Mapping):
            yield str(each.get("PathPattern", "every path")), each
        elif each is not None:
            # A behavior that the template does not determine may have any policies.
            yield str(each)[:80], {"CachePolicyId": str(each), "OriginRequestPolicyId": str(each)}


def _mixes(settings: Mapping[str, Any], config: Mapping[str, Any], model: Model) -> bool:
    """Return whether a behavior keeps answers of an origin that gets more of the viewer than the key has."""
    cache, sent = settings.get("CachePolicyId"), settings.get("OriginRequestPolicyId")
    if cache is None or str(cache) == CACHING_DISABLED or sent is None or str(sent) in _SENDS_NO_USER:
        return False
    return not _is_of_s3(str(settings.get("TargetOriginId")), config) and _differ(
        _config(cache, "CachePolicyConfig", model), _config(sent, "OriginRequestPolicyConfig", model)
    )


def _is_of_s3(target: str, config: Mapping[str, Any]) -> bool:
    """Return whether all origins of a target are buckets, which answer all viewers alike."""
    groups = config.get("OriginGroups")
    items = as_list(groups.get("Items") if isinstance(groups, Mapping) else groups)
    named = {target, *(str(each.get("Members")) for each in items if _id(each) == target)}
    text = str(named)
    found = [each for each in as_list(config.get("Origins")) if _id(each) == target or f"'{_id(each)}'" in text]
    return bool(found) and all(isinstance(each, Mapping) and "S3OriginConfig" in each for each in found)


def _id(value: Any) -> str:
    return str(value.get("Id")) if isinstance(value, Mapping) else ""


def _config(identifier: Any, name: str, model: Model) -> Mapping[str, Any] | None:
    """Return the configuration of a policy of the templates, or of Amplify; None if no template has it."""
    if identifier == _AMPLIFY:
        return _AMPLIFY_KEY
    found: Resource | None = next((each for each in model.resources if each.id == identifier), None)
    config = found.get(name) if found is not None else None
    return config if isinstance(config, Mapping) else None


def _differ(cache: Mapping[str, Any] | None, sent: Mapping[str, Any] | None) -> bool:
    """Return whether an origin may get something that says who asks and is no part of the key.

    What is unknown may be.
    """
    if cache is not None and str(cache.get("MaxTTL")) == "0":
        return False
    within = cache.get("ParametersInCacheKeyAndForwardedToOrigin") if cache is not None else None
    keys: Mapping[str, Any] = within if isinstance(within, Mapping) else {}
    headers = {each.lower() for each in _listed(keys.get("HeadersConfig"), "Headers")}
    if sent is None:
        return True
    asked = sent.get("HeadersConfig")
    how = _behaviour(asked, "HeaderBehavior")
    named = {each.lower() for each in _listed(asked, "Headers")} - headers - _PLAIN_HEADERS
    if how not in {"none", "whitelist"} or any(not each.startswith("cloudfront-") for each in named):
        return True
    return any(_adds(sent.get(name), keys.get(name), behaviour, listed) for name, behaviour, listed in _PARTS)


def _adds(sent: Any, keys: Any, behaviour: str, listed: str) -> bool:
    """Return whether cookies or query strings are sent that are no part of the key."""
    how, kept = _behaviour(sent, behaviour), _behaviour(keys, behaviour)
    if how == "none" or kept == "all":
        return False
    return how != "whitelist" or kept != "whitelist" or not {*_listed(sent, listed)} <= {*_listed(keys, listed)}


def _behaviour(config: Any, name: str) -> str:
    """Return what a part of a policy does with headers, cookies or query strings; "unknown" if no template says it."""
    if config is None:
        return "none"
    return str(config.get(name)) if isinstance(config, Mapping) else "unknown"


def _listed(value: Any, name: str) -> list[str]:
    return [str(each) for each in as_list(value.get(name))] if isinstance(value, Mapping) else []
