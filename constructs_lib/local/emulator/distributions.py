"""CloudFront key groups, and the check of signed URLs for cache behaviors that trust them.

Stock MiniStack (measured on 1.5.33) stores key groups but never checks a signature, creates none from a template, and
matches cache behaviors with the decoded path, including `%2F`. CloudFront matches the path normalised by RFC 3986
("Cache behavior settings", "Path pattern", Amazon CloudFront developer guide), which does not decode `%2F`.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlencode

from ministack.services import cloudfront

from .cloudfront_paths import normalised
from .cloudfront_signatures import PARAMETERS, refusal
from .ministack_interface import expect_attributes, expect_parameters
from .provisioning import Props, add_type

_FORBIDDEN: Final = 403


def check() -> None:
    """Refuse a MiniStack that keeps or serves distributions differently."""
    expect_attributes(cloudfront, "_public_keys", "_key_groups", "_pk_id", "_kg_id", "_now_iso", "_find", "_text")
    expect_parameters(cloudfront._dataplane_behavior, "behavior_el", "path_pattern")
    expect_parameters(cloudfront._match_behavior, "parsed", "path")
    expect_parameters(cloudfront.parse_distribution_dataplane_config, "dist")
    expect_parameters(
        cloudfront.handle_viewer_request,
        "dist", "method", "path", "raw_uri", "raw_query_string", "headers", "body", "query_params", "client_ip",
    )  # fmt: skip


def install() -> None:
    """Create keys and groups from templates, and check viewers' signatures."""
    keys, groups = cloudfront._public_keys, cloudfront._key_groups
    add_type("AWS::CloudFront::PublicKey", {"create": _create_key, "update": _update_key, "delete": _forget_in(keys)})
    add_type(
        "AWS::CloudFront::KeyGroup", {"create": _create_group, "update": _update_group, "delete": _forget_in(groups)}
    )
    _read_trust()
    _require_signatures()


def _create_key(logical_id: str, props: Props, stack_name: str) -> Any:
    del logical_id, stack_name
    made = cloudfront._pk_id()
    cloudfront._public_keys[made] = _record(made, "CreatedTime", props["PublicKeyConfig"])
    return made, {"Id": made}


def _update_key(physical_id: str, old: Props, new: Props, stack_name: str, *rest: Any) -> Any:
    """Create a new key: the encoded key cannot be updated ("AWS::CloudFront::PublicKey")."""
    del old, rest
    if cloudfront._public_keys[physical_id]["Config"] == dict(new["PublicKeyConfig"]):
        return physical_id, {"Id": physical_id}
    return _create_key(physical_id, new, stack_name)


def _create_group(logical_id: str, props: Props, stack_name: str) -> Any:
    del logical_id, stack_name
    made = cloudfront._kg_id()
    cloudfront._key_groups[made] = _record(made, "LastModifiedTime", props["KeyGroupConfig"])
    return made, {"Id": made}


def _update_group(physical_id: str, old: Props, new: Props, *rest: Any) -> Any:
    del old, rest
    record = _record(physical_id, "LastModifiedTime", new["KeyGroupConfig"])
    cloudfront._key_groups[physical_id] = record
    return physical_id, {"Id": physical_id}


def _record(made: str, time: str, config: Mapping[str, Any]) -> dict[str, Any]:
    return {"Id": made, "ETag": made, time: cloudfront._now_iso(), "Config": dict(config)}


def _forget_in(kept: Any) -> Any:
    def forget(physical_id: str, props: Props) -> None:
        del props
        kept.pop(physical_id, None)

    return forget


def _read_trust() -> None:
    """Keep a behavior's trusted key groups; a legacy trusted account, whose keys are unknown here, matches no key."""
    stock = cloudfront._dataplane_behavior

    def dataplane_behavior(behavior_el: Any, path_pattern: str | None = None) -> dict[str, Any]:
        groups = [*_texts(behavior_el, "TrustedKeyGroups", "KeyGroup")]
        accounts = [*_texts(behavior_el, "TrustedSigners", "AwsAccountNumber")]
        return {**stock(behavior_el, path_pattern), "trusted": groups or accounts}

    cloudfront._dataplane_behavior = dataplane_behavior


def _texts(behavior: Any, block: str, item: str) -> Iterator[str]:
    found = cloudfront._find(behavior, block)
    for each in found.iter() if found is not None else ():
        if each.tag.rpartition("}")[2] == item:
            yield str(each.text)


def _require_signatures() -> None:
    stock = cloudfront.handle_viewer_request

    async def handle_viewer_request(
        dist: dict[str, Any],
        method: str,
        path: str,
        raw_uri: str,
        raw_query_string: str,
        headers: dict[str, str],
        body: bytes,
        query_params: dict[str, Any],
        client_ip: str = "127.0.0.1",
    ) -> Any:
        del path
        chosen = normalised(raw_uri)
        behavior = cloudfront._match_behavior(cloudfront.parse_distribution_dataplane_config(dist), chosen)
        if behavior["trusted"]:
            query = {name: value[-1] if isinstance(value, list) else value for name, value in query_params.items()}
            query_params = {name: value for name, value in query_params.items() if name not in PARAMETERS}
            raw_query_string = urlencode(query_params, doseq=True)
            url = f"https://{headers.get('host', '').partition(':')[0]}{raw_uri}"
            refused = refusal(
                f"{url}?{raw_query_string}" if raw_query_string else url,
                query=query,
                cookies=_cookies(headers.get("cookie", "")),
                client_ip=client_ip,
                keys=_keys(behavior["trusted"]),
            )
            if refused is not None:
                return _FORBIDDEN, {"Content-Type": "text/xml", "Server": "CloudFront"}, refused.body
        return await stock(dist, method, chosen, raw_uri, raw_query_string, headers, body, query_params, client_ip)

    cloudfront.handle_viewer_request = handle_viewer_request


def _cookies(header: str) -> dict[str, str]:
    pairs = (each.strip().partition("=") for each in header.split(";"))
    return {name: value for name, separator, value in pairs if separator}


def _keys(trusted: list[str]) -> dict[str, str]:
    found = {}
    for group in trusted:
        for key in (cloudfront._key_groups.get(group) or {"Config": {}})["Config"].get("Items", ()):
            if record := cloudfront._public_keys.get(key):
                found[key] = record["Config"]["EncodedKey"]
    return found
