"""A distribution for some folders of a bucket, with the same behavior for all of them.

CloudFront chooses a cache behavior by the normalised path and sends S3 the path as it was written ("Cache behavior
settings", "Path pattern", Amazon CloudFront developer guide), so patterns are not a boundary between folders of one
bucket. Here a distribution has one behavior, and the bucket policy, which applies to the object's real key, names the
folders.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_iam as iam

from constructs_lib.cloudfront_names import check_names
from constructs_lib.cors_origins import check_origins
from constructs_lib.log_buckets import grant_cloudfront_logging
from constructs_lib.web_acls import check_web_acl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_certificatemanager as acm
    from aws_cdk import aws_s3 as s3
    from constructs import Construct

    from constructs_lib.access import Folder
    from constructs_lib.storage import Storage


_YEAR: Final = Duration.days(365)
_MAX_AGE: Final = Duration.hours(2)
_POLICY: Final = "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'"
"""Uploaded content is displayed and never executed: an HTML or SVG file has no scripts and no origin."""


def _check_storage(scope: Construct, storage: Storage) -> s3.Bucket:
    """Return the bucket of a Storage to which a distribution can get access.

    Raises:
        ValueError: For an existing bucket, one in another stack, or one with a customer managed key.
    """
    bucket = storage.bucket
    if Stack.of(bucket) is not Stack.of(scope):
        raise ValueError(
            f"{storage.node.path!r} is in another stack, and its bucket policy and the distribution would depend on "
            f"each other; create {scope.node.path!r} in {Stack.of(bucket).stack_name!r}"
        )
    if bucket.encryption_key is not None:
        raise ValueError(
            f"{storage.node.path!r} has an encryption_key, whose key policy would have to allow every distribution of "
            "the account; use a Storage without encryption_key"
        )
    return bucket


def create_distribution(
    scope: Construct,
    *,
    storage: Storage,
    folders: Sequence[Folder],
    key_groups: Sequence[cloudfront.IKeyGroup],
    cors_origins: Sequence[str],
    domain_names: Sequence[str],
    certificate: acm.ICertificate | None,
    web_acl_arn: str | None,
    access_logs_bucket: s3.IBucket | None,
    price_class: cloudfront.PriceClass,
) -> cloudfront.Distribution:
    """Create the distribution, and allow it to get only the objects of these folders of the bucket.

    A placeholder in a folder matches every value. Without key groups, viewers need no signature.

    Raises:
        ValueError: For a storage that cannot allow a distribution, or a name, certificate or web ACL that CloudFront
            refuses.
    """
    bucket = _check_storage(scope, storage)
    check_names(domain_names, certificate)
    check_web_acl("web_acl_arn", web_acl_arn, "global")
    grant_cloudfront_logging(scope, access_logs_bucket)
    control = cloudfront.S3OriginAccessControl(scope, "AccessControl")
    distribution = cloudfront.Distribution(
        scope,
        "Distribution",
        default_behavior=cloudfront.BehaviorOptions(
            # `with_origin_access_control` would allow it to get every object of the bucket.
            origin=origins.S3BucketOrigin.with_bucket_defaults(
                bucket, origin_access_control_id=control.origin_access_control_id
            ),
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
            allowed_methods=cloudfront.AllowedMethods.ALLOW_GET_HEAD,
            cache_policy=cloudfront.CachePolicy.CACHING_OPTIMIZED,
            response_headers_policy=_headers(scope, cors_origins),
            trusted_key_groups=list(key_groups) or None,
        ),
        domain_names=list(domain_names) or None,
        certificate=certificate,
        # CloudFront's own certificate has a fixed policy.
        minimum_protocol_version=cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021 if certificate else None,
        http_version=cloudfront.HttpVersion.HTTP2_AND_3,
        price_class=price_class,
        web_acl_id=web_acl_arn,
        log_bucket=access_logs_bucket,
    )
    conditions = {"StringEquals": {"aws:SourceArn": distribution.distribution_arn}}
    for name, value in sorted(storage.readable_when_tagged.items()):
        conditions["StringEquals"][f"s3:ExistingObjectTag/{name}"] = value
    bucket.add_to_resource_policy(
        iam.PolicyStatement(
            principals=[iam.ServicePrincipal("cloudfront.amazonaws.com")],
            actions=["s3:GetObject"],
            resources=sorted(bucket.arn_for_objects(f"{folder.prefix({}, 0)}*") for folder in folders),
            conditions=conditions,
        )
    )
    return distribution


def _headers(scope: Construct, cors_origins: Sequence[str]) -> cloudfront.ResponseHeadersPolicy:
    check_origins(cors_origins)
    cors = cloudfront.ResponseHeadersCorsBehavior(
        access_control_allow_credentials=False,
        access_control_allow_headers=["*"],
        access_control_allow_methods=["GET", "HEAD"],
        access_control_allow_origins=list(cors_origins),
        access_control_max_age=_MAX_AGE,
        origin_override=True,
    )
    return cloudfront.ResponseHeadersPolicy(
        scope,
        "Headers",
        cors_behavior=cors if cors_origins else None,
        security_headers_behavior=cloudfront.ResponseSecurityHeadersBehavior(
            content_security_policy=cloudfront.ResponseHeadersContentSecurityPolicy(
                content_security_policy=_POLICY, override=True
            ),
            content_type_options=cloudfront.ResponseHeadersContentTypeOptions(override=True),
            # Otherwise, a signed address would be sent to the sites that a file links to.
            referrer_policy=cloudfront.ResponseHeadersReferrerPolicy(
                referrer_policy=cloudfront.HeadersReferrerPolicy.NO_REFERRER, override=True
            ),
            strict_transport_security=cloudfront.ResponseHeadersStrictTransportSecurity(
                access_control_max_age=_YEAR, override=True
            ),
        ),
    )
