"""The hosted pages walk through the same steps: no code before the second factor, no form from elsewhere."""

import base64
import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from constructs_lib.local.emulator.user_pools import routes
from constructs_lib.local.emulator.user_pools.domain_requests import Reply, Request, error
from constructs_lib.local.emulator.user_pools.factors import code_at
from tests.local.emulator.user_pools.conftest import PASSWORD, POOL, Bench, bench_with, claims

PAGE = "http://localhost:5173/"
VERIFIER = "a-verifier-of-at-least-forty-three-characters-long"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
ASK = {
    "client_id": "page", "redirect_uri": PAGE, "response_type": "code", "scope": "openid email", "state": "s&1",
    "code_challenge": CHALLENGE, "code_challenge_method": "S256",
}  # fmt: skip
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@dataclass
class Browser:
    """A browser that keeps the cookie and fills in the displayed form."""

    bench: Bench
    host: str = "localhost:4566"
    cookie: str = ""
    html: str = field(default="", repr=False)

    def send(
        self, method: str, path: str, query: dict[str, str] | None = None, form: Any = None, bearer: str = ""
    ) -> Reply:
        request = Request(
            method=method, path=path, query=query or {}, form=form or {},
            headers={"host": self.host, "cookie": self.cookie, "authorization": f"Bearer {bearer}"} if bearer else {
                "host": self.host, "cookie": self.cookie},
        )  # fmt: skip
        return routes.answer(self.bench.interface, request, lambda: error("machine"))

    def follow(self, reply: Reply) -> str:
        """Handle a response; return its redirect target, or its message."""
        status, headers, body = reply
        if status == 302:
            return headers["Location"]
        self.cookie = headers.get("Set-Cookie", "").partition(";")[0] or self.cookie
        self.html = body.decode()
        found = re.search(r'role="alert">([^<]*)', self.html)
        return found.group(1) if found else ""

    def open(self, path: str = "/login", **query: str) -> str:
        return self.follow(self.send("GET", path, {**ASK, **query}))

    def submit(self, **form: str) -> str:
        action = re.search(r'action="([^"]+)"', self.html)
        assert action
        address = urlsplit(action.group(1).replace("&amp;", "&"))
        kept = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', self.html))
        kept |= dict(re.findall(r'name="([^"]+)" type="text" value="([^"]*)"', self.html))
        query = dict(parse_qsl(address.query))
        return self.follow(self.send("POST", address.path, query, {**kept, **form}))

    def sign_in(self, name: str = "alice", password: str = PASSWORD) -> str:
        self.open()
        return self.submit(username=name, password=password)

    def redeem(self, location: str, **more: str) -> dict[str, Any]:
        code = dict(parse_qsl(urlsplit(location).query)).get("code", "")
        form = {"grant_type": "authorization_code", "code": code, "client_id": "page", "redirect_uri": PAGE,
                "code_verifier": VERIFIER, **more}  # fmt: skip
        answer: dict[str, Any] = json.loads(self.send("POST", "/oauth2/token", form=form)[2])
        return answer


def visit(**pool: Any) -> Browser:
    bench = bench_with(Domain="people", **pool)
    bench.client(
        "page", CallbackURLs=[PAGE], LogoutURLs=[PAGE], AllowedOAuthFlows=["code"],
        AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthScopes=["openid", "email", "profile"], ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH"],
    )  # fmt: skip
    bench.user("alice", name="Alice")
    return Browser(bench)


def test_a_password_leads_to_a_code_and_the_code_to_tokens_once() -> None:
    browser = visit()
    location = browser.sign_in()
    assert location.startswith(f"{PAGE}?code=")
    assert dict(parse_qsl(urlsplit(location).query))["state"] == "s&1"
    tokens = browser.redeem(location)
    identity = claims(tokens["id_token"]) or {}
    assert (identity["email"], "name" in identity) == ("alice@example.com", False)
    assert (claims(tokens["access_token"]) or {})["scope"] == "openid email"
    assert browser.redeem(location) == {"error": "invalid_grant"}


@pytest.mark.parametrize(
    "wrong",
    [{"code_verifier": "another"}, {"code_verifier": ""}, {"redirect_uri": "http://evil.example/"}, {"code": "guess"},
     {"client_id": "app"}],
)  # fmt: skip
def test_an_authorization_code_is_bound_to_its_client(wrong: dict[str, str]) -> None:
    browser = visit()
    location = browser.sign_in()
    assert browser.redeem(location, **wrong) == {"error": "invalid_grant"}
    assert browser.redeem(location) == {"error": "invalid_grant"} or wrong == {"code": "guess"}


def test_a_code_ends_after_five_minutes_and_with_its_user() -> None:
    browser = visit()
    location = browser.sign_in()
    browser.bench.now += 301
    assert browser.redeem(location) == {"error": "invalid_grant"}
    location = browser.sign_in()
    browser.bench.call("AdminDisableUser", UserPoolId=POOL, Username="alice")
    assert browser.redeem(location) == {"error": "invalid_grant"}


def test_hosted_sign_in_requires_the_second_factor() -> None:
    browser = visit(MfaConfiguration="OPTIONAL", SoftwareTokenMfaConfiguration={"Enabled": True})
    browser.bench.pool["_users"]["alice"] |= {"_totp_secret": SECRET, "_mfa_enabled": ["SOFTWARE_TOKEN_MFA"]}
    assert browser.sign_in() == ""
    code = code_at(SECRET, int(browser.bench.now // 30))
    assert browser.submit(answer="000000" if code != "000000" else "000001") == "Invalid code received for user"
    assert browser.submit(answer=code).startswith(f"{PAGE}?code=")


def test_a_required_factor_is_set_up_first() -> None:
    browser = visit(MfaConfiguration="ON", SoftwareTokenMfaConfiguration={"Enabled": True})
    assert browser.sign_in() == ""
    found = re.search(r"for the secret (\w+)", browser.html)
    assert found
    assert browser.submit(answer="000000") == "Code mismatch"
    assert browser.submit(answer=code_at(found.group(1), int(browser.bench.now // 30))).startswith(f"{PAGE}?code=")
    assert "_totp_secret" in browser.bench.pool["_users"]["alice"]


def test_a_hosted_session_is_bound_like_a_challenge_session() -> None:
    browser = visit(MfaConfiguration="ON", SoftwareTokenMfaConfiguration={"Enabled": True})
    browser.sign_in()
    said = browser.submit(challenge="SOFTWARE_TOKEN_MFA", answer="123456")
    assert said == "Invalid session for the user."
    browser.open()
    said = browser.submit(challenge="NEW_PASSWORD_REQUIRED", session="x" * 40, user="alice", answer="Correct-Horse-8",
                          again="Correct-Horse-8")  # fmt: skip
    assert said == "Invalid session for the user."


def test_a_temporary_password_is_replaced_by_one_that_fits_the_policy() -> None:
    browser = visit()
    browser.bench.call(
        "AdminCreateUser", UserPoolId=POOL, Username="carol", TemporaryPassword=PASSWORD, MessageAction="SUPPRESS"
    )
    assert browser.sign_in("carol") == ""
    assert browser.submit(answer="weak", again="weak").endswith("Password not long enough")
    assert browser.submit(answer="Correct-Horse-8", again="other") == "Passwords do not match."
    assert browser.submit(answer="Correct-Horse-8", again="Correct-Horse-8").startswith(f"{PAGE}?code=")


def test_a_user_signs_up_confirms_and_signs_in() -> None:
    browser = visit()
    browser.open("/signup")
    assert browser.submit(username="zoe", password="weak").endswith("Password not long enough")
    forged = {"attribute.cognito:groups": "editors", "attribute.email": "zoe@example.com"}
    assert browser.submit(username="zoe", password=PASSWORD, **forged).endswith("unauthorized attribute")
    browser.open("/signup")
    assert browser.submit(username="zoe", password=PASSWORD, **{"attribute.email": "zoe@example.com"}) == ""
    assert browser.submit(code="000000" if browser.bench.code() != "000000" else "1").startswith("Invalid verification")
    assert browser.submit(code=browser.bench.code()) == "Your account is confirmed: sign in."
    assert browser.sign_in("zoe").startswith(f"{PAGE}?code=")


def test_a_forgotten_password_is_replaced() -> None:
    browser = visit()
    browser.open("/forgotPassword")
    assert browser.submit(username="alice") == ""
    assert browser.submit(code=browser.bench.code(), new_password="Correct-Horse-8").startswith(
        "Your password is changed"
    )
    assert browser.sign_in() == "Incorrect username or password."
    assert browser.sign_in(password="Correct-Horse-8").startswith(f"{PAGE}?code=")


def test_a_choice_of_first_factors_has_its_page() -> None:
    policies = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}}
    browser = visit(Policies=policies)
    browser.bench.pool["_clients"]["page"]["ExplicitAuthFlows"] = ["ALLOW_USER_AUTH"]
    browser.open()
    assert browser.submit(username="alice") == ""
    assert browser.submit(answer="EMAIL_OTP") == ""
    assert browser.submit(answer=browser.bench.code()).startswith(f"{PAGE}?code=")


def test_a_form_from_another_site_is_refused() -> None:
    browser = visit()
    browser.open()
    kept, browser.cookie = browser.cookie, ""
    assert browser.submit(username="alice", password=PASSWORD) == "Please try again."
    browser.cookie = kept
    browser.open()
    assert browser.submit(username="alice", password=PASSWORD, _csrf="guess") == "Please try again."


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"client_id": "nobodys"}, "invalid_request"),
        ({"redirect_uri": "http://evil.example/"}, "redirect_mismatch"),
        ({"redirect_uri": f"{PAGE}more"}, "redirect_mismatch"),
        ({"response_type": "token"}, "unauthorized_client"),
        ({"response_type": "none"}, "unsupported_response_type"),
        ({"client_id": "app"}, "redirect_mismatch"),
    ],
)
def test_redirects_go_only_to_addresses_of_the_client(change: dict[str, str], expected: str) -> None:
    for path in ("/oauth2/authorize", "/login", "/signup"):
        status, _, body = visit().send("GET", path, {**ASK, **change})
        assert (status, json.loads(body)["error"]) == (400, expected)


@pytest.mark.parametrize(
    "change", [{"scope": "openid phone"}, {"code_challenge_method": "plain"}, {"code_challenge": "short"}]
)
def test_a_wrong_scope_or_proof_goes_back_to_the_client(change: dict[str, str]) -> None:
    status, headers, _ = visit().send("GET", "/oauth2/authorize", {**ASK, **change})
    assert status == 302
    assert headers["Location"].startswith(f"{PAGE}?error=invalid_request")


def test_external_texts_are_escaped() -> None:
    browser = visit()
    browser.open(state='"><script>alert(1)</script>')
    assert "<script>" not in browser.html
    browser.open("/signup")
    browser.submit(username='"><script>alert(1)</script>', password="weak")
    assert "<script>" not in browser.html


def test_hosted_pages_exist_only_on_the_pools_domain() -> None:
    browser = visit()
    browser.host = "people.auth.us-east-1.amazoncognito.com"
    assert browser.sign_in().startswith(f"{PAGE}?code=")
    browser.host = "others.auth.us-east-1.amazoncognito.com"
    assert browser.send("GET", "/login", ASK)[0] == 400
    browser.host, browser.bench.pool["Domain"] = "localhost", None
    assert browser.send("GET", "/login", ASK)[0] == 404


def test_revoking_ends_the_sign_in_for_renewal_and_claims() -> None:
    browser = visit()
    tokens = browser.redeem(browser.sign_in())
    bearer = tokens["access_token"]
    shown = json.loads(browser.send("GET", "/oauth2/userInfo", bearer=bearer)[2])
    assert shown["email"] == "alice@example.com"
    form = {"token": tokens["refresh_token"], "client_id": "page"}
    assert browser.send("POST", "/oauth2/revoke", form={**form, "client_id": "app"})[0] == 400
    assert browser.send("POST", "/oauth2/revoke", form={**form, "token": tokens["access_token"]})[0] == 400
    assert browser.send("POST", "/oauth2/revoke", form={**form, "client_id": "nobodys"})[0] == 401
    assert browser.send("POST", "/oauth2/revoke", form=form)[0] == 200
    assert browser.send("GET", "/oauth2/userInfo", bearer=bearer)[0] == 401
    renew = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], "client_id": "page"}
    assert json.loads(browser.send("POST", "/oauth2/token", form=renew)[2]) == {"error": "invalid_grant"}


def test_a_sign_out_leads_to_a_page_of_the_clients_only() -> None:
    browser = visit()
    assert browser.send("GET", "/logout", {"client_id": "page", "logout_uri": PAGE})[1]["Location"] == PAGE
    assert browser.send("GET", "/logout", {"client_id": "page", "logout_uri": "http://evil.example/"})[0] == 400
    browser.bench.pool["_clients"]["page"]["LogoutURLs"] = []
    assert browser.send("GET", "/logout", {"client_id": "page", "logout_uri": PAGE})[0] == 400


def test_the_discovery_document_names_the_domain() -> None:
    bench = visit().bench
    document = json.loads(routes.discovery(bench.pool, f"https://{routes.domain_of(bench.pool)}")[2])
    assert document["authorization_endpoint"] == "https://people.auth.us-east-1.amazoncognito.com/oauth2/authorize"
    assert document["issuer"] == f"https://cognito-idp.us-east-1.amazonaws.com/{POOL}"
    assert "authorization_endpoint" not in json.loads(routes.discovery(bench.pool, None)[2])


def test_the_implicit_flow_puts_tokens_into_the_fragment() -> None:
    browser = visit()
    browser.bench.pool["_clients"]["page"]["AllowedOAuthFlows"] = ["implicit"]
    plain = {"response_type": "token", "code_challenge": "", "code_challenge_method": "", "nonce": "n1"}
    browser.open(**plain)
    location = browser.submit(username="alice", password=PASSWORD)
    found = dict(parse_qsl(urlsplit(location).fragment))
    assert (claims(found["id_token"]) or {})["nonce"] == "n1"
    assert urlencode({"state": "s&1"}) in location
