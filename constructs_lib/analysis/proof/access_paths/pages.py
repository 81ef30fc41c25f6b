"""Pages that browsers load from a bucket: whoever writes one acts with the credentials of each user who opens it.

Sources: "Hosting a static website using Amazon S3" (Amazon S3 user guide), "Specify a default root object" (Amazon
CloudFront developer guide).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.iam.arns import globs_meet
from constructs_lib.analysis.proof.access_paths.cloudfront_origins import Origins
from constructs_lib.analysis.proof.access_paths.reachable_resources import Node, ReachableResources
from constructs_lib.analysis.proof.access_paths.reviewed_types import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.model.resources import Resource

PAGE: Final = "with the credentials of each user who opens it"
_SCRIPTS: Final = (".htm", ".html", ".js", ".mjs")


def pages(reachable: ReachableResources) -> Iterator[tuple[Resource, str, Node, str]]:
    """Yield the resources that serve a page of a bucket, with the property, the bucket, and the page's key."""
    model = reachable.model
    for bucket in (each for each in model.resources if each.type == "AWS::S3::Bucket"):
        node = Node(name=bucket.place, kind=Kind.DATA, resource=bucket, reach=(), arn=bucket.arn)
        website = bucket.get("WebsiteConfiguration") or {}
        # A website without an index document redirects all requests.
        index = website.get("IndexDocument") if isinstance(website, Mapping) else "*"
        if index is not None:
            yield bucket, "WebsiteConfiguration", node, str(index)
        for by in (each for each in model.resources if each.type == "AWS::CloudFront::Distribution"):
            config = by.get("DistributionConfig")
            behaviour = config.get("DefaultCacheBehavior") if isinstance(config, Mapping) else None
            if isinstance(config, Mapping) and isinstance(behaviour, Mapping) and config.get("DefaultRootObject"):
                target = str(behaviour.get("TargetOriginId"))
                for path, _ in Origins(config, node, by, reachable).paths_of(target):
                    yield by, "DefaultRootObject", node, f"{path}{str(config['DefaultRootObject']).lstrip('/')}"


def names_script(statement: Statement, bucket: str) -> bool:
    """Return whether a statement names pages or scripts of a bucket, by its ARN."""
    return any(text.endswith(_SCRIPTS) and globs_meet(text, f"{bucket}/*") for text in statement.resources)


__all__ = ["PAGE", "names_script", "pages"]
