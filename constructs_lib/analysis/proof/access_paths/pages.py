"""Pages that browsers load from a bucket: whoever writes one acts with the credentials of each user who opens it.

A bucket that is a website, an origin of a distribution or the backend of an API's route serves `index.html`, whatever
leads there: a rewrite at the edge may. Its other pages are those that the templates name.

Sources: "Hosting a static website using Amazon S3", "Configuring a custom error document" (Amazon S3 user guide);
"Specify a default root object", "Create a custom error page" (Amazon CloudFront developer guide); "Tutorial: Create a
REST API as an Amazon S3 proxy" (Amazon API Gateway developer guide).
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.iam.arns import globs_meet
from constructs_lib.analysis.model.resources import as_list
from constructs_lib.analysis.proof.access_paths.cloudfront_origins import Origins
from constructs_lib.analysis.proof.access_paths.reachable_resources import Node, ReachableResources
from constructs_lib.analysis.proof.access_paths.reviewed_types import Kind
from constructs_lib.analysis.proof.access_paths.s3_references import literal_objects
from constructs_lib.analysis.template.atoms import any_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.model.resources import Resource

PAGE: Final = "with the credentials of each user who opens it"
_SCRIPTS: Final = (".htm", ".html", ".js", ".mjs")
_INDEX: Final = "index.html"
_DISTRIBUTION: Final = "AWS::CloudFront::Distribution"
_ROUTES: Final = {
    "AWS::ApiGateway::Method": "Integration", "AWS::ApiGateway::RestApi": "Body",
    "AWS::ApiGatewayV2::Api": "Body", "AWS::ApiGatewayV2::Integration": "IntegrationUri",
}  # fmt: skip
"""By type: the property that holds the backends of an API's routes."""
_NO_PAGE: Final = ("DELETE", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
"""Methods with which a browser opens no page."""


def pages(reachable: ReachableResources) -> Iterator[tuple[Resource, str, Node, str]]:
    """Yield the resources that serve a page of a bucket, with the property, the bucket, and the page's key."""
    buckets = [
        Node(name=each.place, kind=Kind.DATA, resource=each, reach=(), arn=each.arn)
        for each in reachable.model.resources
        if each.type == "AWS::S3::Bucket"
    ]
    for bucket in buckets:
        yield from _of_website(bucket)
    for by in reachable.model.resources:
        if by.type == _DISTRIBUTION:
            yield from _of_distribution(by, buckets, reachable)
        elif by.type in _ROUTES:
            yield from _of_routes(by, buckets, reachable)


def _of_website(bucket: Node) -> Iterator[tuple[Resource, str, Node, str]]:
    by = bucket.resource
    website = by.get("WebsiteConfiguration") if by is not None else None
    if by is None or not website:
        return
    keys = {"*"}
    if isinstance(website, Mapping):
        # A website without an index document redirects all requests.
        keys = {str(website[each]) for each in ("IndexDocument", "ErrorDocument") if each in website}
    yield from ((by, "WebsiteConfiguration", bucket, key) for key in sorted(keys))


def _of_distribution(
    by: Resource, buckets: Sequence[Node], reachable: ReachableResources
) -> Iterator[tuple[Resource, str, Node, str]]:
    config = by.get("DistributionConfig")
    known = config if isinstance(config, Mapping) else {"Origins": [config]}
    behaviours = [known.get("DefaultCacheBehavior"), *as_list(known.get("CacheBehaviors"))]
    targets = {
        str(each.get("TargetOriginId")) if isinstance(each, Mapping) else any_text(f"target {each}")
        for each in behaviours
    }
    domains = (each.get("DomainName") for each in as_list(known.get("Origins")) if isinstance(each, Mapping))
    spelt, _ = literal_objects([f"https://{each}/" for each in domains])
    for bucket in {each.arn: each for each in (*buckets, *(_named(each.bucket, buckets) for each in spelt))}.values():
        origins = Origins(known, bucket, by, reachable)
        paths = {path for target in targets for path, _ in origins.paths_of(target)}
        for path, (key, name) in product(sorted(paths), _keys(known).items()):
            yield by, name, bucket, f"{path}{key.lstrip('/')}"


def _named(name: str, buckets: Sequence[Node]) -> Node:
    arn = f"arn:aws:s3:::{name}"
    outside = Node(name=name, kind=Kind.DATA, resource=None, reach=(), arn=arn)
    return next((each for each in buckets if each.arn == arn), outside)


def _of_routes(
    by: Resource, buckets: Sequence[Node], reachable: ReachableResources
) -> Iterator[tuple[Resource, str, Node, str]]:
    name = _ROUTES[by.type]
    value = by.get(name)
    if by.get("HttpMethod") in _NO_PAGE:
        return
    spelt, _ = literal_objects(str(value).replace(":s3:path/", " s3://"))
    named = [_named(each.bucket, buckets) for each in spelt]
    for bucket, each in zip(named, spelt, strict=True):
        start, parameter, _ = each.glob.removesuffix("*").partition("{")
        yield by, name, bucket, f"{start}{_INDEX}" if parameter or not start else start
    within = reachable.names.within(value, by)
    yield from ((by, name, each, _INDEX) for each in buckets if each.name in within and each not in named)


def _keys(config: Mapping[str, Any]) -> dict[str, str]:
    """Return the keys of the pages that a distribution shows, each with the property that says so."""
    keys = {_INDEX: "Origins"}
    if config.get("DefaultRootObject"):
        keys[str(config["DefaultRootObject"])] = "DefaultRootObject"
    for each in as_list(config.get("CustomErrorResponses")):
        page = each.get("ResponsePagePath") if isinstance(each, Mapping) else "*"
        if page:
            keys[str(page)] = "CustomErrorResponses"
    return keys


def names_script(statement: Statement, bucket: str) -> bool:
    """Return whether a statement names pages or scripts of a bucket, by its ARN."""
    return any(text.endswith(_SCRIPTS) and globs_meet(text, f"{bucket}/*") for text in statement.resources)


__all__ = ["PAGE", "names_script", "pages"]
