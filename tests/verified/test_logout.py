"""Signing out ends both sessions."""

import pytest

from constructs_lib.verified import signed_out


def test_signing_out_ends_the_balancers_session_and_the_pools() -> None:
    url = "https://auth.example.com/logout?client_id=x&logout_uri=https%3A%2F%2Fapp.example.com%2F"
    status, headers = signed_out(url)
    assert (status, dict(headers)["location"]) == (303, url)
    cookies = [value.split(";")[0] for name, value in headers if name == "set-cookie"]
    assert cookies == [f"AWSELBAuthSessionCookie-{part}=" for part in range(4)]
    assert all("Max-Age=0" in value and "Path=/" in value for name, value in headers if name == "set-cookie")


@pytest.mark.parametrize("url", ["", "http://auth.example.com/logout", "//evil.example", "javascript:alert(1)"])
def test_another_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"pass LoadBalancedService\.logout_url"):
        signed_out(url)
