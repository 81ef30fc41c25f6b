"""Signing out of a service behind a load balancer, which has a session in addition to the user pool's."""

from typing import Final
from urllib.parse import urlsplit

from constructs_lib.argument_checks import checked

_COOKIE: Final = "AWSELBAuthSessionCookie"
_PARTS: Final = 4
"""The maximum number of cookies of 4 kB over which Elastic Load Balancing splits a session."""


@checked
def signed_out(logout_url: str) -> tuple[int, list[tuple[str, str]]]:
    """Return the status and headers that sign a browser out: of the load balancer's session, and of hosted sign-in.

    Both are needed: without its cookies a load balancer redirects to hosted sign-in, which still has a session; and
    with its cookies it requests no sign-in until its session ends. Return it for a POST only, so that no link or image
    can sign users out.

    Args:
        logout_url: `LoadBalancedService.logout_url`.

    Raises:
        ValueError: If it is not an HTTPS URL.
    """
    if urlsplit(logout_url).scheme != "https":
        raise ValueError(f"logout_url={logout_url!r} is not an HTTPS URL; pass LoadBalancedService.logout_url")
    gone = "Path=/; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Secure; HttpOnly"
    cookies = [("set-cookie", f"{_COOKIE}-{part}=; {gone}") for part in range(_PARTS)]
    return 303, [("location", logout_url), ("cache-control", "no-store"), *cookies]
