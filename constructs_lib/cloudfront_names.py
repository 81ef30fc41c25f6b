"""Alternate domain names of a distribution, and their certificate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.cdk_tokens import is_token
from constructs_lib.host_names import check_host_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_certificatemanager as acm
    from aws_cdk import aws_cloudfront as cloudfront


def check_names(names: Sequence[str], certificate: acm.ICertificate | None) -> None:
    """Refuse invalid names, and names without a suitable certificate.

    Raises:
        ValueError: With the name, or the region of the certificate.
    """
    for name in names:
        check_host_name("domain_names", name.removeprefix("*."))
    if len(set(names)) < len(names):
        raise ValueError(f"domain_names={list(names)!r} lists a name more than once; remove the duplicate")
    if names and certificate is None:
        raise ValueError(f"domain_names={list(names)!r} needs a certificate in us-east-1; pass certificate=...")
    if certificate is None:
        return
    if not names:
        raise ValueError(
            "certificate has no effect without domain_names; add the names it is for, as in "
            "domain_names=['app.example.com']"
        )
    # The region of an imported certificate is in its ARN; the stack's region may differ.
    arn = certificate.certificate_arn
    region = certificate.env.region if is_token(arn) else arn.split(":")[3]
    if not is_token(region) and region != "us-east-1":
        raise ValueError(
            f"certificate is in {region}, and CloudFront uses certificates in us-east-1 only; create it in a stack in "
            "us-east-1"
        )


def address_of(distribution: cloudfront.Distribution, names: Sequence[str]) -> str:
    """Return the URL of a distribution: under its first name without a wildcard, else under CloudFront's own."""
    name = next((each for each in names if not each.startswith("*.")), None)
    return f"https://{name or distribution.distribution_domain_name}"
