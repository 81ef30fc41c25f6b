"""Administrator requests are accepted from programs only, and the controls require the administrator's secret key."""

import pytest

from constructs_lib.local.emulator.request_admission import REFUSED_PAGE, WITHOUT_KEY, refusal

HOST = ("host", "127.0.0.1:4566")
PAGE = ("origin", "http://localhost:5173")
SIGNED = "AWS4-HMAC-SHA256 Credential={}/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"
ADMIN = ("authorization", SIGNED.format("LKIAADMIN"))
USER = ("authorization", SIGNED.format("ASIAUSER"))
BEARER = ("authorization", "Bearer secret")


def said(path: str, *headers: tuple[str, str], query: str = "") -> str | None:
    sent = [(name.encode(), value.encode()) for name, value in headers]
    return refusal(path, query.encode(), sent, access_key="LKIAADMIN", secret_key="secret")


def test_programs_may_act_as_administrators_and_pages_as_users() -> None:
    assert said("/", HOST, ADMIN) is None
    assert said("/", HOST, PAGE, USER) is None
    assert said("/", HOST, PAGE) is None


@pytest.mark.parametrize("name", ["X-Amz-Credential", "AWSAccessKeyId", "anything"])
def test_a_page_may_not_use_the_administrators_key_wherever_it_is_named(name: str) -> None:
    assert said("/", HOST, PAGE, ADMIN) == REFUSED_PAGE
    assert said("/", HOST, PAGE, USER, ADMIN) == REFUSED_PAGE
    assert said("/", HOST, PAGE, ADMIN, USER) == REFUSED_PAGE
    assert said("/", HOST, PAGE, query=f"{name}=LKIAADMIN%2F20260101") == REFUSED_PAGE
    assert said("/", HOST, PAGE, USER, query=f"a=b&{name}=%4CKIAADMIN") == REFUSED_PAGE
    assert said("/", ("host", "evil.example.com"), ADMIN) == REFUSED_PAGE


CONTROLS = ["/_ministack/reset", "/_ministack/ses/messages", "/_ministack/config", "/_ministack/lambda-code/f",
            "/_localstack/anything", "/_cognito_app/unheard", "/_ministack/healthy", "/_ministack/"]  # fmt: skip


@pytest.mark.parametrize("path", CONTROLS)
def test_controls_require_the_secret_key(path: str) -> None:
    assert said(path, HOST) == WITHOUT_KEY
    assert said(path, HOST, ADMIN) == WITHOUT_KEY
    assert said(path, HOST, ("authorization", "Bearer secre")) == WITHOUT_KEY
    assert said(path, HOST, ("authorization", "Bearer LKIAADMIN")) == WITHOUT_KEY
    assert said(path, HOST, BEARER, BEARER) == WITHOUT_KEY
    assert said(path, HOST, BEARER) is None
    assert said(path, HOST, BEARER, PAGE) == REFUSED_PAGE


def test_health_checks_and_custom_resource_responses_need_no_key() -> None:
    assert said("/_cognito_app/health", HOST) is None
    assert said("/_ministack/health", HOST) is None
    assert said("/_cognito_app/health", HOST, PAGE) == REFUSED_PAGE
    assert said("/_ministack/cfn-response/token", HOST) is None
