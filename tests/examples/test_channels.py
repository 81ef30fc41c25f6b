"""Channels on the local cloud: an unmodified Amplify client hears and sends what the rules say, and nothing else."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, sync_playwright
from rich.console import Console

from constructs_lib.cli.serve_page import build_page
from constructs_lib.client import ClientSettings, User
from constructs_lib.client.amplify import amplify_outputs
from constructs_lib.hosting.headers import content_security_policy
from constructs_lib.local.toolchain import node
from constructs_lib.story import play
from tests.conftest import Deployed
from tests.examples.test_auth_examples import PASSWORD, App

pytestmark = pytest.mark.slow

HERE: Final = Path(__file__).parent
REPOSITORY: Final = HERE.parents[1]
WEB: Final = REPOSITORY / "examples" / "web"
DEPLOYS: Final = ["examples/channels/app.py"]
SITE: Final = "https://news.example"
NO: Final = "refused: UnauthorizedException"


@pytest.fixture(scope="module")
def newsroom(deployed: Deployed) -> App:
    return App(deployed, "Channels")


def person(app: App, name: str, *, tenant: str = "", editor: bool = False) -> User:
    app.join(name)
    pool, idp = app.outputs["userPoolId"], app.admin("cognito-idp")
    if tenant:
        attributes = [{"Name": "custom:tenant", "Value": tenant}]
        idp.admin_update_user_attributes(UserPoolId=pool, Username=name, UserAttributes=attributes)
    if editor:
        idp.admin_add_user_to_group(UserPoolId=pool, Username=name, GroupName="editors")
    return app.client().sign_in(name, PASSWORD)


@pytest.fixture(scope="module")
def told(newsroom: App, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return what Amplify's client said of each call of everybody."""
    person(newsroom, "ann@example.com", tenant="acme")
    person(newsroom, "ben@example.com")
    person(newsroom, "eve@example.com", tenant="acme", editor=True)
    build_page(WEB)
    outputs = tmp_path_factory.mktemp("channels") / "amplify_outputs.json"
    outputs.write_text(json.dumps(amplify_outputs(newsroom.outputs)))
    environment = {
        "PATH": os.environ["PATH"],
        "NODE_EXTRA_CA_CERTS": str(newsroom.cloud.ca_file),
        "LOCAL_CLOUD_TLS_PORT": str(urlsplit(newsroom.cloud.tls_endpoint_url).port),
    }
    redirect = HERE.parent / "web" / "redirect.mjs"
    command = [str(node()), "--import", str(redirect), str(HERE / "channels.mjs"), str(WEB), str(outputs), PASSWORD]
    people = ["ann@example.com", "ben@example.com", "eve@example.com"]
    done = subprocess.run(
        [*command, *people], env=environment, capture_output=True, text=True, timeout=180, check=False
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_everybody_hears_and_sends_what_the_rules_say(told: dict[str, Any]) -> None:
    refused_everywhere = dict.fromkeys(
        (
            *("hearsOther", "hearsEverybody", "sendsOther", "sendsOtherBySocket", "hearsOwnByToken"),
            *("hearsBolt", "hearsTenants", "sendsBolt", "hearsAcmeByAccessToken", "hearsAcmeSigned", "hearsForged"),
        ),
        NO,
    )
    own = {"hearsOwn": {"text": "to myself"}, "hearsOwnBySocket": {"text": "again"}, "hearsNews": "subscribed"}
    assert told["guest"] == {"hearsNews": "subscribed", "sendsNews": NO, "hearsAnn": NO}
    assert told["ann"] == own | refused_everywhere | {"sendsNews": NO, "hearsAcme": "subscribed", "sendsAcme": NO}
    assert told["ben"] == own | refused_everywhere | {"sendsNews": NO, "hearsAcme": NO, "sendsAcme": NO}
    assert told["editor"] == own | refused_everywhere | {
        "sendsNews": "sent",
        "hearsAcme": "subscribed",
        "sendsAcme": "sent",
    }


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Bundle the page's script with the packages, and by the bundler, of the document app's page."""
    folder = tmp_path_factory.mktemp("page")
    build_page(WEB)
    (folder / "node_modules").symlink_to(WEB / "node_modules")
    shutil.copy(HERE / "channels_page.mjs", folder)
    bundler = [str(node()), "node_modules/rolldown/bin/cli.mjs", "channels_page.mjs", "--file", "page.js"]
    command = [*bundler, "--format", "iife", "--platform", "browser"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return folder / "page.js"


@pytest.fixture
def page(newsroom: App, bundle: Path) -> Iterator[Page]:
    """Open the page in Chromium, under a policy: AWS host names lead to the local cloud, all others nowhere."""
    port = urlsplit(newsroom.cloud.tls_endpoint_url).port
    rules = f"MAP *.amazonaws.com 127.0.0.1:{port}, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
    flags = [f"--host-resolver-rules={rules}", "--ignore-certificate-errors", "--no-sandbox"]
    # AWS is on the loopback interface, which a page from elsewhere may not reach without being asked.
    flags.append("--disable-features=LocalNetworkAccessChecks")
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        opened = browser.new_page()
        opened.set_default_timeout(15_000)
        # As `Hosting` writes it by default.
        aws = [f"{scheme}://*.us-east-1.amazonaws.com" for scheme in ("https", "wss")]
        policy = {"Content-Security-Policy": content_security_policy(aws)}
        document = "<!doctype html><script src=/page.js></script>"
        opened.route(f"{SITE}/", lambda route: route.fulfill(body=document, content_type="text/html", headers=policy))
        opened.route(f"{SITE}/page.js", lambda route: route.fulfill(path=bundle))
        opened.goto(f"{SITE}/")
        yield opened
        browser.close()


def test_a_page_in_a_browser_hears_and_sends_on_its_own_channel_alone(newsroom: App, page: Page) -> None:
    person(newsroom, "cy@example.com")
    other = person(newsroom, "dee@example.com").identity_id.split(":")[1]

    def does(name: str, *arguments: Any) -> Any:
        return page.evaluate(f"given => channels.{name}(...given)", arguments)

    own = does("signIn", amplify_outputs(newsroom.outputs), "cy@example.com", PASSWORD)
    mine, theirs = (f"/private/{identity}/inbox" for identity in (own, other))
    assert does("hears", mine, {"text": "to myself"}) == {"text": "to myself"}
    assert does("sendsBySocket", mine, {"text": "again"}) == "sent"
    assert does("hears", theirs) == NO
    assert does("sends", theirs, {"text": "x"}) == NO
    assert does("sendsBySocket", theirs, {"text": "x"}) == NO


def test_every_call_of_the_story_ends_as_it_should_twice(newsroom: App) -> None:
    settings = ClientSettings.from_stack(newsroom.outputs)
    for _ in range(2):
        verdicts = play(
            settings,
            endpoint_url=newsroom.cloud.endpoint_url,
            admin=newsroom.cloud.session(),
            console=Console(file=StringIO()),
        )
        assert [each for each in verdicts if not each.as_expected] == []
    assert len(verdicts) > 30


def test_nobody_reaches_anothers_channels(newsroom: App) -> None:
    assert newsroom.proved_isolated()
