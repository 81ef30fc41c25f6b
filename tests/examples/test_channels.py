"""Channels on the local cloud: an unmodified Amplify client hears and sends what the rules say, and nothing else."""

import json
import os
import subprocess
from io import StringIO
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from rich.console import Console

from constructs_lib.cli.serving import build_page
from constructs_lib.client import ClientSettings, User
from constructs_lib.client.amplify import amplify_outputs
from constructs_lib.local import LocalCloud
from constructs_lib.local.toolchain import node
from constructs_lib.story import play
from tests.examples.test_auth_examples import PASSWORD, App

pytestmark = pytest.mark.slow

HERE: Final = Path(__file__).parent
REPOSITORY: Final = HERE.parents[1]
NO: Final = "refused: UnauthorizedException"


@pytest.fixture(scope="module")
def newsroom(cloud: LocalCloud) -> App:
    return App(cloud, "channels", "Channels")


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
    page = REPOSITORY / "examples" / "web"
    build_page(page)
    outputs = tmp_path_factory.mktemp("channels") / "amplify_outputs.json"
    outputs.write_text(json.dumps(amplify_outputs(newsroom.outputs)))
    environment = {
        "PATH": os.environ["PATH"],
        "NODE_EXTRA_CA_CERTS": str(newsroom.cloud.ca_file),
        "LOCAL_CLOUD_TLS_PORT": str(urlsplit(newsroom.cloud.tls_endpoint_url).port),
    }
    redirect = HERE.parent / "web" / "redirect.mjs"
    command = [str(node()), "--import", str(redirect), str(HERE / "channels.mjs"), str(page), str(outputs), PASSWORD]
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
