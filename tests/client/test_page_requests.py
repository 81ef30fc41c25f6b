"""The page server answers to its own names, takes calls of its own page, and carries no administrator's."""

from collections.abc import Sequence

import pytest

from constructs_lib.client.page_requests import refusal

PORT = 5173
HOST = ("Host", "localhost:5173")
CALL = "/_aws/dynamodb.us-east-1.amazonaws.com/"
SIGNED = "AWS4-HMAC-SHA256 Credential={}/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0"
USER = "ASIA" + "A2" * 8
OTHERS = ["test", "000000000000", "AKIA" + "A2" * 8, "LKIA" + "A2" * 8, "asia" + "A2" * 8, USER + "A", ""]
"""Keys of administrators, accounts and IAM users, and what only looks like a user's."""


def status(target: str, *headers: tuple[str, str], method: str = "GET") -> int | None:
    refused = refusal(method, target, headers, PORT)
    return refused and int(refused[0])


@pytest.mark.parametrize("host", ["localhost:5173", "127.0.0.1:5173", "LOCALHOST:5173"])
@pytest.mark.parametrize("target", ["/", "/app.js", "/amplify_outputs.json", CALL])
def test_its_own_page_may_ask_for_all(host: str, target: str) -> None:
    page = ("Origin", f"http://{host.lower()}"), ("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Mode", "cors")
    assert status(target, ("Host", host)) is None
    assert status(target, ("Host", host), *page, method="POST") is None
    assert status(target, ("Host", host), ("Sec-Fetch-Site", "none")) is None


@pytest.mark.parametrize(
    "hosts",
    [
        ["evil.example.com:5173"], ["localhost"], ["localhost:5174"], ["localhost.evil.example.com:5173"],
        ["127.0.0.1.nip.io:5173"], ["0.0.0.0:5173"], ["[::1]:5173"], ["127.0.0.2:5173"], ["localhost.:5173"],
        ["evil@localhost:5173"], ["localhost:5173,evil.example.com"], ["localhost:05173"], [""], [],
        ["evil.example.com", "localhost:5173"], ["localhost:5173", "localhost:5173"],
        ["dynamodb.us-east-1.amazonaws.com"],
    ],
)  # fmt: skip
@pytest.mark.parametrize("target", ["/", "/app.js", "/amplify_outputs.json", CALL])
def test_no_other_name_is_answered_to(hosts: Sequence[str], target: str) -> None:
    assert status(target, *(("Host", host) for host in hosts)) == 421


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example.com", "https://localhost:5173", "http://localhost:3000", "http://localhost", "null", "",
     "http://localhost:5173.evil.example.com", "http://[::1]:5173"],
)  # fmt: skip
@pytest.mark.parametrize("target", ["/", CALL])
def test_a_page_of_another_origin_may_call_nothing(origin: str, target: str) -> None:
    assert status(target, HOST, ("Origin", origin), method="POST") == 403
    assert status(target, HOST, ("Origin", "http://localhost:5173"), ("Origin", origin), method="POST") == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site", "", "unheard-of"])
def test_another_sites_page_may_link_to_the_page_and_do_nothing_else(site: str) -> None:
    link = ("Sec-Fetch-Site", site), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document")
    assert status("/?code=1", HOST, *link) is None
    assert status("/?code=1", HOST, *link, method="POST") == 403
    assert status(CALL, HOST, *link) == 403
    assert status("/app.js", HOST, link[0], ("Sec-Fetch-Mode", "no-cors"), ("Sec-Fetch-Dest", "script")) == 403
    assert status("/", HOST, link[0], link[1], ("Sec-Fetch-Dest", "iframe")) == 403
    assert status("/", HOST, link[0]) == 403


def test_a_user_a_guest_and_a_token_are_carried() -> None:
    assert status(CALL, HOST, ("Authorization", SIGNED.format(USER)), method="POST") is None
    assert status(f"{CALL}?X-Amz-Credential={USER}%2F20260101%2Fus-east-1%2Fs3%2Faws4_request", HOST) is None
    assert status(CALL, HOST, ("Authorization", "Bearer eyJ.eyJ.x")) is None
    assert status(CALL, HOST, ("Authorization", "eyJ.eyJ.x")) is None
    assert status(CALL, HOST) is None


@pytest.mark.parametrize("key", OTHERS)
def test_an_administrators_signature_is_not_carried(key: str) -> None:
    for name in ("X-Amz-Credential", "x-amz-credential", "AWSAccessKeyId", "awsaccesskeyid", "%58-Amz-Credential"):
        assert status(f"{CALL}?Action=CreateStack&{name}={key}%2F20260101%2Fus-east-1", HOST) == 403
        assert status(f"{CALL}?{name}={USER}&{name}={key}", HOST) == 403
    for sent in (SIGNED.format(key), f"AWS {key}:signature", SIGNED.format(key).replace("AWS4-", "aws4-")):
        assert status(CALL, HOST, ("Authorization", sent), method="POST") == 403
        assert status(CALL, HOST, ("Authorization", SIGNED.format(USER)), ("Authorization", sent)) == 403
        assert status(CALL, HOST, ("Authorization", f"{SIGNED.format(USER)}, {sent}")) == 403


@pytest.mark.parametrize(
    "sent",
    ["AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 Credential=", "AWS4-ECDSA-P256-SHA256 Credential=test/x",
     f"AWS4-HMAC-SHA256  SignedHeaders=host, Credential={USER}/20260101/us-east-1/s3/aws4_request"],
)  # fmt: skip
def test_a_signature_that_cannot_be_read_is_not_carried(sent: str) -> None:
    assert status(CALL, HOST, ("Authorization", sent)) == 403


@pytest.mark.parametrize(
    "path",
    ["_ministack/reset", "_ministack", "_localstack/health", "_MINISTACK/reset", "/_ministack/reset",
     "%5Fministack/reset", "_ministack%2Freset", "_cognito_app/health", "_aws/lambda-url/x", "_aws/execute-api/x",
     "_ministack/ses/messages?x=1"],
)  # fmt: skip
def test_the_emulators_controls_are_not_carried(path: str) -> None:
    assert status(CALL + path, HOST) == 404
    assert status(CALL + path, HOST, ("Authorization", SIGNED.format(USER)), method="POST") == 404


@pytest.mark.parametrize("target", ["http://localhost:5173/", "*", "localhost:5173", "_aws/x.amazonaws.com/"])
def test_a_request_names_a_path(target: str) -> None:
    assert status(target, HOST) == 400
