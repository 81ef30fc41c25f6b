"""Clients and resource servers as values."""

from typing import Any

import pytest
from aws_cdk import Duration, Token

from constructs_lib.auth import MachineClient, NativeClient, ResourceServer, ServerClient, WebClient
from constructs_lib.auth.clients import check_clients


@pytest.mark.parametrize(
    "url",
    ["https://app.example.com/", "http://localhost:5173/", "http://127.0.0.1/", "http://[::1]:3000/x", "${Token[A.1]}"],
)
def test_https_and_http_on_this_machine_may_be_returned_to(url: str) -> None:
    assert WebClient(callback_urls=[url], logout_urls=[url]).callback_urls == (url,)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://app.example.com/", r"callback_urls='http://app\.example\.com/' would transmit the"),
        ("http://localhost.example.com/", r"use https \(http is for localhost, 127\.0\.0\.1 and \[::1\]\)"),
        ("https://app.example.com/#home", "has a fragment"),
        ("https://*.example.com/", r"callback_urls='https://\*\.example\.com/' has a wildcard"),
        ("https:///path", "callback_urls='https:///path' has no host name"),
        ("app.example.com", "is not absolute"),
        ("myapp://callback", "callback_urls='myapp://callback' has a custom scheme"),
    ],
)
def test_other_addresses_are_refused(url: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        WebClient(callback_urls=[url])
    with pytest.raises(ValueError, match=f"logout_urls='{url[:4]}"):
        ServerClient(logout_urls=[url])


def test_an_app_may_return_to_a_scheme_of_its_own_but_not_in_the_clear() -> None:
    assert NativeClient(callback_urls=["myapp://callback"]).callback_urls
    assert NativeClient(callback_urls=["com.example.app:/callback"]).callback_urls
    with pytest.raises(ValueError, match=r"use https \(http is for localhost, 127\.0\.0\.1 and \[::1\]\)"):
        NativeClient(callback_urls=["http://app.example.com/"])
    with pytest.raises(ValueError, match="which an app cannot own"):
        NativeClient(callback_urls=["javascript:alert(1)"])


def test_a_client_has_a_hundred_addresses_at_most() -> None:
    urls = [f"https://app.example.com/{number}" for number in range(101)]
    assert WebClient(callback_urls=urls[:-1])
    with pytest.raises(
        ValueError, match=r"callback_urls=\('https://app\.example\.com/0', 'https://app\.example\.com/1',"
    ):
        WebClient(callback_urls=urls)


@pytest.mark.parametrize("name", ["", "two words", "1st", "web-client"])
def test_a_name_is_part_of_an_id(name: str) -> None:
    with pytest.raises(ValueError, match="use letters and digits, beginning with a letter"):
        WebClient(name=name)
    with pytest.raises(ValueError, match="use letters and digits, beginning with a letter"):
        MachineClient(name=name, scopes=["orders/read"])


def test_one_address_is_no_list() -> None:
    with pytest.raises(ValueError, match=r"write callback_urls=\['https://app.example.com/'\]"):
        WebClient(callback_urls="https://app.example.com/")


def test_a_machine_without_a_scope_would_get_no_token() -> None:
    with pytest.raises(ValueError, match="machine client 'Batch' has no scopes"):
        MachineClient(name="Batch", scopes=[])


def test_names_are_told_apart_and_somebody_can_sign_in() -> None:
    with pytest.raises(ValueError, match="two clients have the name 'Web'"):
        check_clients([WebClient(), WebClient()])
    with pytest.raises(ValueError, match="clients contains no client for users"):
        check_clients([MachineClient(name="Batch", scopes=["orders/read"])])


@pytest.mark.parametrize(
    ("identifier", "scopes", "message"),
    [
        ("two words", {"read": "Read"}, "resource server='two words' contains ' '"),
        ("orders", {}, "resource server 'orders' has no scopes; add at least one"),
        (
            "orders",
            {f"s{number}": "It does" for number in range(101)},
            "has 101 values; use 0 to 100 values for Scopes of",
        ),
        ("orders", {"read": ""}, "description of scope 'read'='' is empty"),
        ("orders", {"read/all": "Read"}, "scope='read/all' contains '/'"),
    ],
)
def test_a_resource_server_oauth_refuses_is_refused(identifier: str, scopes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ResourceServer(identifier, scopes)


@pytest.mark.parametrize(
    ("identifier", "name"), [("orders", "orders"), ("https://api.example.com", "https---api.example.com")]
)
def test_a_resource_servers_address_makes_a_name_that_cognito_takes(identifier: str, name: str) -> None:
    assert ResourceServer(identifier, {"read": "Read"}).name_or_default == name
    assert ResourceServer(identifier, {"read": "Read"}, name="Orders, v2").name_or_default == "Orders, v2"
    with pytest.raises(ValueError, match=r"use 1 to 256 characters that match \^\[\\w\\s\+=,\.@-\]\+\$ for Name"):
        ResourceServer(identifier, {"read": "Read"}, name="a/b")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"access_token_validity": Duration.minutes(4)},
            "access_token_validity='4 minutes' is outside .* 5 minutes to",
        ),
        ({"id_token_validity": Duration.hours(25)}, "use 5 minutes to a day"),
        ({"refresh_token_validity": Duration.minutes(59)}, "use an hour to ten years"),
        ({"refresh_token_validity": Duration.days(3651)}, "use an hour to ten years"),
        (
            {"access_token_validity": Duration.hours(3), "refresh_token_validity": Duration.hours(2)},
            "access_token_validity='3 hours' is longer than refresh_token_validity='2 hours'",
        ),
        (
            {"id_token_validity": Duration.hours(3), "refresh_token_validity": Duration.hours(2)},
            "id_token_validity='3 hours' is longer",
        ),
        ({"refresh_token_rotation": Duration.seconds(61)}, "use 0 to 60 seconds"),
        ({"auth_session_validity": Duration.minutes(2)}, "use 3 to 15 minutes"),
        (
            {"auth_session_validity": Duration.seconds(200)},
            "auth_session_validity='3 minutes 20 seconds' is not a whole number of",
        ),
        ({"client_name": "a/b"}, "client_name='a/b' contains '/'"),
        (
            {"default_redirect_uri": "https://a.example.com/"},
            r"default_redirect_uri='https://a\.example\.com/' is not in callback_urls",
        ),
        ({"scopes": ["two words"]}, "scopes='two words' contains ' '"),
        ({"scopes": [f"orders/{number}" for number in range(51)]}, "use 0 to 50 values for AllowedOAuthScopes"),
    ],
)
def test_what_cognito_refuses_of_a_client_is_refused_at_once(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        WebClient(**options)


def test_a_machines_tokens_have_a_range_too() -> None:
    with pytest.raises(ValueError, match="use 5 minutes to a day"):
        MachineClient(name="Batch", scopes=["orders/read"], access_token_validity=Duration.days(2))


def test_a_length_of_time_that_only_the_deployment_knows_is_not_guessed() -> None:
    unknown = Duration.minutes(Token.as_number({"Ref": "Minutes"}))
    assert WebClient(access_token_validity=unknown, refresh_token_validity=unknown).access_token_validity is unknown
