"""The security headers of a page that calls AWS directly."""

from collections.abc import Sequence
from typing import Final

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudfront as cloudfront
from constructs import Construct

from constructs_lib.cdk_tokens import is_token

_TWO_YEARS: Final = Duration.days(730)
"""The requirements of browsers' preload lists (hstspreload.org)."""


def content_security_policy(connect_to: Sequence[str]) -> str:
    """Return a policy: all content from the page's own origin, and connections also to the app's data.

    The page may connect to these sources in addition to its own origin.

    Raises:
        ValueError: For a source that would end its directive and start another.
    """
    for source in connect_to:
        if not is_token(source) and (not source or set(source) & set("; ,'\"\t\n")):
            raise ValueError(
                f"connect_to={source!r} is not a source of a Content Security Policy; write one origin each, such as "
                "'https://api.example.com'"
            )
    shown = [source for source in connect_to if not source.startswith("wss:")]
    directives = {
        "default-src": ["'self'"],
        "connect-src": ["'self'", *connect_to],
        # Files are shown from memory and by links that the bucket's owner signed.
        "img-src": ["'self'", "data:", "blob:", *shown],
        "media-src": ["'self'", "blob:", *shown],
        # Component libraries, Amplify UI among them, write styles into elements.
        "style-src": ["'self'", "'unsafe-inline'"],
        "font-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in directives.items())


def aws_sources(scope: Construct) -> list[str]:
    """Return the hosts of the stack's region, which serve pools, buckets, tables, APIs and channels."""
    stack = Stack.of(scope)
    hosts = f"*.{stack.region}.{stack.url_suffix}"
    # A source of https: does not cover wss:, and blocked sockets never answer ("CSP: connect-src", Chromium).
    return [f"https://{hosts}", f"wss://{hosts}"]


def security_headers(scope: Construct, policy: str) -> cloudfront.ResponseHeadersPolicy:
    """Create the headers of every response."""
    return cloudfront.ResponseHeadersPolicy(
        scope,
        "Headers",
        security_headers_behavior=cloudfront.ResponseSecurityHeadersBehavior(
            content_security_policy=cloudfront.ResponseHeadersContentSecurityPolicy(
                content_security_policy=policy, override=True
            ),
            content_type_options=cloudfront.ResponseHeadersContentTypeOptions(override=True),
            frame_options=cloudfront.ResponseHeadersFrameOptions(
                frame_option=cloudfront.HeadersFrameOption.DENY, override=True
            ),
            referrer_policy=cloudfront.ResponseHeadersReferrerPolicy(
                referrer_policy=cloudfront.HeadersReferrerPolicy.STRICT_ORIGIN_WHEN_CROSS_ORIGIN, override=True
            ),
            strict_transport_security=cloudfront.ResponseHeadersStrictTransportSecurity(
                access_control_max_age=_TWO_YEARS, include_subdomains=True, override=True
            ),
        ),
    )
