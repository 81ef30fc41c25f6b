"""CloudFront's handling of paths: files, routes of the page, an error page, or other servers."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from aws_cdk import Fn
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins

from constructs_lib.cdk_tokens import is_token

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_TOKEN: Final = re.compile(r"\$\{Token\[[^\]]*\]\}")
_PREFIX: Final = re.compile(r"/[\w.~!$&'()+,;=:@%/-]*")
_PATTERN: Final = re.compile(r"/[\w.~!$&'()+,;=:@%/*?-]+")
_ROUTES: Final = """\
var prefixes = %s;
function handler(event) {
  var request = event.request;
  var uri = request.uri;
  // What has no dot in its last part is a route of the page, not a file.
  var route = uri.lastIndexOf(".") < uri.lastIndexOf("/");
  for (var i = 0; i < prefixes.length; i++) if (uri.indexOf(prefixes[i]) === 0) route = true;
  if (route) request.uri = "/index.html";
  return request;
}
"""
_PLAIN: Final = """\
function handler(event) {
  var request = event.request;
  // What has no dot in its last part is a route of the page, not a file.
  if (request.uri.lastIndexOf(".") < request.uri.lastIndexOf("/")) request.uri = "/index.html";
  return request;
}
"""


def routing_code(dotted_routes: Sequence[str]) -> str:
    """Return the code of the function that distinguishes the page's routes from its files.

    Raises:
        ValueError: For a prefix that is not a path, or that would turn every file into a route.
    """
    for prefix in dotted_routes:
        if not _PREFIX.fullmatch(prefix) or prefix == "/":
            raise ValueError(
                f"dotted_routes contains {prefix!r}, which is not the beginning of a path; write it with a slash at "
                "the beginning, as '/users/'"
            )
    return _ROUTES % json.dumps(sorted(dotted_routes)) if dotted_routes else _PLAIN


def error_responses(error_page: str | None) -> list[cloudfront.ErrorResponse] | None:
    """Return the responses for a missing file: S3 responds 403 to callers without permission to list."""
    if error_page is None:
        return None
    path = f"/{error_page.removeprefix('/')}"
    return [
        cloudfront.ErrorResponse(http_status=status, response_http_status=404, response_page_path=path)
        for status in (403, 404)
    ]


def behaviors(backends: Mapping[str, str]) -> dict[str, cloudfront.BehaviorOptions] | None:
    """Return the behaviors for other servers under the page's own name: requests are forwarded, and nothing is cached.

    Raises:
        ValueError: For a pattern that is not a path, a pattern that covers the whole page, or an address without HTTPS.
    """
    found = {}
    for pattern, url in backends.items():
        if not _PATTERN.fullmatch(pattern) or pattern == "/*":
            raise ValueError(
                f"backends contains {pattern!r}, which is not a path pattern below the page; write it as '/api/*'"
            )
        found[pattern] = cloudfront.BehaviorOptions(
            origin=origins.HttpOrigin(_host(pattern, url), protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY),
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
            allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
            cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
            # API Gateway accepts only its own host name.
            origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
        )
    return found or None


def _host(pattern: str, url: str) -> str:
    if is_token(url):
        path = urlsplit(_TOKEN.sub("x", url)).path
        if path not in {"", "/"}:
            raise ValueError(
                f"backends[{pattern!r}] has the path {path!r}, which CloudFront would not forward; use an HTTP API, "
                "or create a domain name for the REST API, whose URL contains its stage"
            )
        return Fn.select(2, Fn.split("/", url))
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.netloc or parts.path not in {"", "/"}:
        raise ValueError(f"backends[{pattern!r}]={url!r} is not the URL of a server; write https and the host only")
    return parts.netloc
