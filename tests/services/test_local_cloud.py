"""The example's service as a process behind the local cloud's load balancer: people, programs, and whoever forges."""

import base64
import functools
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from playwright.sync_api import Page, expect, sync_playwright

from constructs_lib.local import LocalCloud
from tests.conftest import Deployed
from tests.verified.conftest import data

pytestmark = pytest.mark.slow

EXAMPLE: Final = Path(__file__).parents[2] / "examples" / "service"
DEPLOYS: Final = ["examples/service/app.py"]
NAME: Final = "app.example.com"
HOSTED: Final = "orders-of-people.auth.us-east-1.amazoncognito.com"
PERSON, PASSWORD = "ann@example.com", "Correct-Horse-7!"


@functools.cache
def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def prepared(cloud: LocalCloud) -> dict[str, str]:
    certificate = cloud.session().client("acm").request_certificate(DomainName=NAME)["CertificateArn"]
    return {"certificate": certificate, "port": str(free_port())}


class Service:
    """The deployed example, its process, and one person."""

    def __init__(self, deployed: Deployed) -> None:
        self.cloud = cloud = deployed.cloud
        self.port = free_port()
        self.outputs = deployed.outputs["Service"]
        self.web = requests.Session()
        self.web.trust_env = False
        idp = cloud.session().client("cognito-idp")
        who = {"UserPoolId": self.outputs["USERPOOLID"], "Username": PERSON}
        verified = [{"Name": "email", "Value": PERSON}, {"Name": "email_verified", "Value": "true"}]
        idp.admin_create_user(**who, UserAttributes=verified, MessageAction="SUPPRESS")
        idp.admin_set_user_password(**who, Password=PASSWORD, Permanent=True)

    def settings(self) -> dict[str, str]:
        """What the process is told, as the container's task is."""
        pool = self.outputs["USERPOOLID"]
        return {
            "USER_POOL_ID": pool,
            "CLIENT_IDS": self.outputs["CLIENTIDS"],
            "LOAD_BALANCER_ARN": self.outputs["LOADBALANCERARN"],
            "LOGOUT_URL": self.outputs["LOGOUTURL"],
            "POOL_KEYS_URL": f"{self.cloud.endpoint_url}/{pool}/.well-known/jwks.json",
            "BALANCER_KEYS_URL": f"{self.cloud.endpoint_url}/_aws/elb-public-keys",
        }

    def get(self, path: str, **headers: str) -> requests.Response:
        """Ask the load balancer."""
        url = f"{self.cloud.endpoint_url}{path}"
        return self.web.get(url, headers={"Host": NAME, **headers}, allow_redirects=False, timeout=30)

    def direct(self, path: str, **headers: str) -> requests.Response:
        """Ask the process, around the load balancer."""
        return self.web.get(f"http://127.0.0.1:{self.port}{path}", headers=headers, timeout=30)

    def token(self) -> str:
        """Return the access token of a program."""
        idp, client = self.cloud.session().client("cognito-idp"), self.outputs["MachineClientId"]
        described = idp.describe_user_pool_client(UserPoolId=self.outputs["USERPOOLID"], ClientId=client)
        answer = self.web.post(
            f"{self.cloud.endpoint_url}/oauth2/token",
            data={"grant_type": "client_credentials", "scope": "orders/read"},
            auth=(client, described["UserPoolClient"]["ClientSecret"]),
            headers={"Host": HOSTED},
            timeout=30,
        )
        return str(answer.json()["access_token"])


@pytest.fixture(scope="module")
def service(deployed: Deployed) -> Iterator[Service]:
    made = Service(deployed)
    process = subprocess.Popen(
        [sys.executable, EXAMPLE / "service.py", str(made.port)],
        env={**os.environ, **made.settings()},
        stderr=subprocess.DEVNULL,
    )
    end = time.monotonic() + 30
    while process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", made.port)) == 0:
                break
        assert time.monotonic() < end, "the service does not listen"
        time.sleep(0.05)
    yield made
    process.terminate()
    process.wait(10)


@pytest.fixture
def page(service: Service) -> Iterator[Page]:
    """A real browser, in which the service's name and Cognito's lead to the local cloud and all others nowhere."""
    port = urlsplit(service.cloud.tls_endpoint_url).port
    names = (NAME, HOSTED)
    rules = ", ".join([*(f"MAP {name} 127.0.0.1:{port}" for name in names), "MAP * ~NOTFOUND", "EXCLUDE 127.0.0.1"])
    flags = [f"--host-resolver-rules={rules}", "--ignore-certificate-errors", "--no-sandbox"]
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        opened = browser.new_page()
        opened.set_default_timeout(15_000)
        yield opened
        browser.close()


def test_a_person_signs_in_is_known_and_signs_out(page: Page, service: Service) -> None:
    page.goto(f"https://{NAME}/app/orders?of=today")
    assert urlsplit(page.url).netloc == HOSTED
    page.locator("input[name=username]").fill(PERSON)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("button[type=submit]").first.click()
    page.wait_for_url(f"https://{NAME}/app/orders?of=today")
    expect(page.get_by_role("heading")).to_have_text(f"Hello, {PERSON}")
    held = {each["name"]: each for each in page.context.cookies()}
    assert held["AWSELBAuthSessionCookie-0"]["httpOnly"]
    assert held["AWSELBAuthSessionCookie-0"]["secure"]
    kept = "; ".join(f"{name}={each['value']}" for name, each in held.items())
    assert service.get("/app/", Cookie=kept).status_code == 200

    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"https://{HOSTED}/**")
    assert not any(each["name"].startswith("AWSELB") for each in page.context.cookies())
    page.goto(f"https://{NAME}/app/")
    assert urlsplit(page.url).netloc == HOSTED


def test_a_program_is_let_in_by_its_token_alone(service: Service) -> None:
    token = service.token()
    served = service.get("/api/orders", Authorization=f"Bearer {token}")
    assert served.status_code == 200
    assert served.json() == {"caller": service.outputs["MachineClientId"]}
    for said in ("", token, f"Bearer {token[:-4]}AAAA", f"Basic {token}", f"Bearer {token}, Bearer {token}"):
        assert service.get("/api/orders", Authorization=said).status_code == 401, said
    # A path for people is none for programs.
    assert service.get("/app/", Authorization=f"Bearer {token}").status_code == 302


def test_only_what_a_route_names_is_there(service: Service) -> None:
    welcome = service.get("/welcome")
    assert (welcome.status_code, welcome.text) == (200, "welcome")
    for path in ("/nothing", "/welcome/x", "/api", "/app", "/health", "/oauth2/token", "/Api/orders"):
        assert service.get(path).status_code == 404, path


def test_what_the_load_balancer_has_not_said_is_not_believed(service: Service) -> None:
    token, arn = service.token(), service.outputs["LOADBALANCERARN"]
    issuer = f"https://cognito-idp.us-east-1.amazonaws.com/{service.outputs['USERPOOLID']}"
    client = service.outputs["MachineClientId"]

    def said() -> dict[str, str]:
        """Return the headers for a program, signed by a key that is no load balancer's, another each time."""
        forged = data({"sub": client}, signer=arn, iss=issuer, client=client, kid=str(uuid.uuid4()))
        return {"x-amzn-oidc-data": forged, "x-amzn-oidc-accesstoken": token, "x-amzn-oidc-identity": client}

    bearer = {"Authorization": f"Bearer {token}"}
    assert service.direct("/app/").status_code == 401
    assert service.direct("/app/", **said()).status_code == 401
    assert service.direct("/api/orders", **said(), **bearer).status_code == 401
    assert service.get("/api/orders", **said(), **bearer).status_code == 401
    assert service.get("/app/", **said()).status_code == 302
    assert service.direct("/health").status_code == 200


def test_a_session_that_a_client_made_up_is_none(service: Service) -> None:
    session = {"claims": {"sub": "somebody"}, "access_token": service.token(), "exp": int(time.time()) + 3600}
    cookie = base64.urlsafe_b64encode(json.dumps(session).encode()).decode().rstrip("=")
    for name in ("AWSELBAuthSessionCookie-0", "AWSELBAuthSessionCookie"):
        assert service.get("/app/", Cookie=f"{name}={cookie}").status_code == 302


def test_a_sign_in_comes_back_in_the_browser_that_was_sent(service: Service) -> None:
    def back(sent: requests.Response, **headers: str) -> Any:
        state = parse_qs(urlsplit(sent.headers["Location"]).query)["state"][0]
        return service.get(f"/oauth2/idpresponse?code=somebodys&state={state}", **headers)

    sent = service.get("/app/")
    assert sent.status_code == 302
    assert back(sent).status_code == 401
    own = service.get("/app/")
    nonce = own.headers["Set-Cookie"].partition(";")[0]
    # The browser is the right one now, and Cognito knows no such code.
    assert back(own, Cookie=nonce).status_code == 561
    assert back(own, Cookie=nonce).status_code == 401, "a state is good once"
    assert service.get("/oauth2/idpresponse?code=x&state=y").status_code == 401
