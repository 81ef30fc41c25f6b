"""Pages that browsers load from a bucket: whoever writes one acts with the credentials of each user who opens it.

A bucket that is a website, that everyone may read, an origin of a distribution or the backend of an API's route serves
`index.html`, whatever leads there: a rewrite at the edge may. Its other pages are those that the templates name, also
as the address to which Cognito sends users. Where a template shows that a page is served, the page may load its scripts
and its settings from any object beside it.

Sources: "Hosting a static website using Amazon S3", "Configuring a custom error document" (Amazon S3 user guide);
"Specify a default root object", "Create a custom error page" (Amazon CloudFront developer guide); "Tutorial: Create a
REST API as an Amazon S3 proxy" (Amazon API Gateway developer guide).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.engine.policy_layers import applies_to_action
from constructs_lib.analysis.iam.arns import starred
from constructs_lib.analysis.iam.matching import glob_match
from constructs_lib.analysis.iam.principals import applies_to_principal
from constructs_lib.analysis.model.kinds.bucket import Bucket
from constructs_lib.analysis.model.resources import as_list
from constructs_lib.analysis.proof.access_paths.callback_pages import callback_keys, gets_callbacks
from constructs_lib.analysis.proof.access_paths.cloudfront_origins import Origins, behaviours_of, origins_of
from constructs_lib.analysis.proof.access_paths.reachable_resources import Node, ReachableResources, applies_to_node
from constructs_lib.analysis.proof.access_paths.reviewed_types import Kind
from constructs_lib.analysis.proof.access_paths.s3_references import LiteralObject, literal_objects
from constructs_lib.analysis.proof.access_paths.token_issuers import CONFIGURATION, issuers, trusting

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.model.resources import Resource

PAGE: Final = "with the credentials of each user who opens it"
_INDEX: Final = "index.html"
_ORIGINS: Final = "Origins"
_SCRIPTS: Final = ("cjs", "htm", "html", "js", "jsx", "mjs", "wasm", "xht", "xhtml")
_MEDIA: Final = (".avif", ".gif", ".jpeg", ".jpg", ".mp3", ".mp4", ".pdf", ".png", ".webm", ".webp")
"""The ends of the keys of what a page shows or plays, and never runs, nor reads its settings from."""
_OWN: Final = re.compile(r"\$\{(?:cognito-identity\.[a-z.]+:sub|aws:principaltag/[^},]+)\}", re.IGNORECASE)
"""A policy variable with the name of an owner."""
_EVERY_KEY: Final = ("*",)
_WELL_KNOWN: Final = (".well-known/*",)
_DISTRIBUTION: Final = "AWS::CloudFront::Distribution"
DEPLOYMENT: Final = "Custom::CDKBucketDeployment"
_ROUTES: Final = {
    "AWS::ApiGateway::Method": "Integration", "AWS::ApiGateway::RestApi": "Body",
    "AWS::ApiGatewayV2::Api": "Body", "AWS::ApiGatewayV2::Integration": "IntegrationUri",
}  # fmt: skip
"""By type: the property that holds the backends of an API's routes."""
_NO_PAGE: Final = ("DELETE", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
"""Methods with which a browser opens no page."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """A page of a bucket, or the keys of an issuer of tokens.

    Args:
        by: The resource that serves it, or that trusts the issuer.
        property: Its property that says so.
        bucket: The bucket.
        key: The key of the page.
        scripts: The keys, as globs, below which the page may load what it runs; empty if nothing shows that it does.
        signs: Whether it is the keys of an issuer.
    """

    by: Resource
    property: str
    bucket: Node
    key: str
    scripts: tuple[str, ...] = ()
    signs: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class PageObject(Node):
    """The object of a page, with the keys of what the page may run: see `Page`."""

    scripts: tuple[str, ...] = ()

    def may_run(self, statement: Statement) -> bool:
        """Return whether a statement names what the page may run, other than by an owner's or a picture's name."""
        every = replace(self, globs=tuple(f"{self.arn}/{each}" for each in self.scripts or _EVERY_KEY))
        return any(every.meets(text) and self._may_be_run(text) for text in statement.resources)

    def _may_be_run(self, text: str) -> bool:
        if self.scripts:
            return not _OWN.search(text) and not text.lower().endswith(_MEDIA)
        name, _, end = text.rpartition("/")[2].lower().rpartition(".")
        return bool(name) and any(glob_match(end, each) for each in _SCRIPTS)


def pages(reachable: ReachableResources) -> Iterator[Page]:
    """Yield the pages that buckets serve, and the keys of issuers of tokens that they serve."""
    buckets = [
        Node(name=each.place, kind=Kind.DATA, resource=each, reach=(), arn=each.arn)
        for each in reachable.model.resources
        if each.type == "AWS::S3::Bucket"
    ]
    for page in _served(buckets, reachable):
        yield page
        for by, sure in trusting(page.by, page.bucket.name, reachable):
            yield _keys_of(by, page.bucket, _EVERY_KEY if sure else _WELL_KNOWN)
    for by, address in issuers(reachable):
        yield from (_keys_of(by, each, _EVERY_KEY) for each, _ in _objects(address, by, buckets, reachable))


def _keys_of(by: Resource, bucket: Node, scripts: tuple[str, ...]) -> Page:
    return Page(by=by, property="its issuer", bucket=bucket, key=CONFIGURATION, scripts=scripts, signs=True)


def _served(buckets: Sequence[Node], reachable: ReachableResources) -> Iterator[Page]:
    resources = reachable.model.resources
    deployed = {name for each in resources if each.type == DEPLOYMENT for name in _deployed(each, reachable)}
    for bucket in buckets:
        yield from _of_bucket(bucket, deployed, reachable)
    for by in resources:
        if by.type == _DISTRIBUTION:
            yield from _of_distribution(by, buckets, deployed, reachable)
    yield from _of_routes(buckets, deployed, reachable)


def _deployed(by: Resource, reachable: ReachableResources) -> set[str]:
    return reachable.names.within(by.get("DestinationBucketName"), by)


def _of_bucket(bucket: Node, deployed: Collection[str], reachable: ReachableResources) -> Iterator[Page]:
    """Yield the pages of a website, or the index of a bucket that everyone may read."""
    by, holder = bucket.resource, reachable.model.holder(bucket.arn)
    if by is None:
        return
    website = by.get("WebsiteConfiguration")
    keys = {"*"} if website else set[str]()
    if isinstance(website, Mapping):
        # A website without an index document redirects all requests.
        keys = {str(website[each]) for each in ("IndexDocument", "ErrorDocument") if each in website}
    for key in sorted(keys):
        yield Page(by=by, property="WebsiteConfiguration", bucket=bucket, key=key, scripts=_EVERY_KEY)
    if isinstance(holder, Bucket) and not keys and _is_public(holder):
        scripts = _EVERY_KEY if bucket.name in deployed else ()
        yield Page(by=by, property="it is open to everyone", bucket=bucket, key=_INDEX, scripts=scripts)


def _is_public(bucket: Bucket) -> bool:
    """Return whether everyone may read the index of a bucket."""
    index = Node(name=bucket.name, kind=Kind.DATA, resource=None, reach=(), arn=bucket.arn,
                 globs=(f"{bucket.arn}/{_INDEX}",))  # fmt: skip
    statements = () if bucket.refuses_anonymous_callers else bucket.policy.everything
    return bool(bucket.public_acl) or any(
        each.allow
        and applies_to_principal(each, "")
        and applies_to_action(each, "s3:GetObject")
        and applies_to_node(each, index)
        for each in statements
    )


def _of_distribution(
    by: Resource, buckets: Sequence[Node], deployed: Collection[str], reachable: ReachableResources
) -> Iterator[Page]:
    config = by.get("DistributionConfig")
    known = config if isinstance(config, Mapping) else {_ORIGINS: [config]}
    callbacks = callback_keys(by, known, reachable.model.resources)
    shows = bool(callbacks) or _shows_pages(known, by, buckets, reachable)
    domains = (each.get("DomainName") for each in origins_of(known) if isinstance(each, Mapping))
    spelt, _ = literal_objects([f"https://{each}/" for each in domains])
    for bucket in {each.arn: each for each in (*buckets, *(_named(each.bucket, buckets) for each in spelt))}.values():
        origins = Origins(known, bucket, by, reachable)
        below: dict[str, list[str]] = {}
        for behaviour in behaviours_of(known):
            for path, _ in origins.paths_of(str(behaviour.settings.get("TargetOriginId"))):
                pattern = "*" if behaviour.has_code else starred(behaviour.pattern)
                below.setdefault(path, []).append(f"{path}{pattern}")
        keys = _keys(known) | callbacks
        for (path, scripts), (key, name) in product(sorted(below.items()), keys.items()):
            found = tuple(scripts) if shows or bucket.name in deployed else ()
            yield Page(by=by, property=name, bucket=bucket, key=f"{path}{key.lstrip('/')}", scripts=found)


def _shows_pages(
    config: Mapping[str, Any], by: Resource, buckets: Sequence[Node], reachable: ReachableResources
) -> bool:
    """Return whether a distribution shows pages: by a root or error page, code at the edge, or an origin with code."""
    return (
        {*_keys(config).values()} != {_ORIGINS}
        or any(each.has_code for each in behaviours_of(config))
        or any(_may_be_server(each, by, buckets, reachable) for each in origins_of(config))
    )


def _may_be_server(origin: Any, by: Resource, buckets: Sequence[Node], reachable: ReachableResources) -> bool:
    """Return whether an origin may be something other than a bucket."""
    if not isinstance(origin, Mapping):
        return True
    address = f"https://{origin.get('DomainName')}/"
    return "S3OriginConfig" not in origin and not any(True for _ in _objects(address, by, buckets, reachable))


def _of_routes(buckets: Sequence[Node], deployed: Collection[str], reachable: ReachableResources) -> Iterator[Page]:
    """Yield the objects that routes of APIs serve: one by a literal key is a page, and may run what is beside it."""
    found: list[tuple[Resource, Node, str]] = []
    for by in reachable.model.resources:
        if by.type in _ROUTES and by.get("HttpMethod") not in _NO_PAGE:
            for bucket, each in _objects(by.get(_ROUTES[by.type]), by, buckets, reachable):
                found.append((by, bucket, each.glob.removesuffix("*") if each is not None else ""))
    shown = {*deployed, *(bucket.name for by, bucket, key in found if _is_literal(key) or _is_sent_to(by, reachable))}
    for by, bucket, key in found:
        start = key.partition("{")[0]
        page = key if _is_literal(key) else f"{start}{_INDEX}"
        scripts = _EVERY_KEY if bucket.name in shown else ()
        yield Page(by=by, property=_ROUTES[by.type], bucket=bucket, key=page, scripts=scripts)


def _is_sent_to(by: Resource, reachable: ReachableResources) -> bool:
    return gets_callbacks(str(by.get("ApiId", by.get("RestApiId", by.id))), reachable.model.resources)


def _is_literal(key: str) -> bool:
    return bool(key) and "{" not in key


def _objects(
    value: Any, by: Resource, buckets: Sequence[Node], reachable: ReachableResources
) -> Iterator[tuple[Node, LiteralObject | None]]:
    """Yield the buckets that a value names, each with the objects that it spells out."""
    spelt, _ = literal_objects(str(value).replace(":s3:path/", " s3://"))
    named = [_named(each.bucket, buckets) for each in spelt]
    yield from zip(named, spelt, strict=True)
    within = reachable.names.within(value, by)
    yield from ((each, None) for each in buckets if each.name in within and each not in named)


def _named(name: str, buckets: Sequence[Node]) -> Node:
    arn = f"arn:aws:s3:::{name}"
    outside = Node(name=name, kind=Kind.DATA, resource=None, reach=(), arn=arn)
    return next((each for each in buckets if each.arn == arn), outside)


def _keys(config: Mapping[str, Any]) -> dict[str, str]:
    """Return the keys of the pages that a distribution shows, each with the property that says so."""
    keys = {_INDEX: _ORIGINS}
    if config.get("DefaultRootObject"):
        keys[str(config["DefaultRootObject"])] = "DefaultRootObject"
    for each in as_list(config.get("CustomErrorResponses")):
        page = each.get("ResponsePagePath") if isinstance(each, Mapping) else "*"
        if page:
            keys[str(page)] = "CustomErrorResponses"
    return keys
