"""Both engines on the local cloud, called by real clients: what is meant to work works, and nothing else does."""

from collections.abc import Callable
from typing import Any, Final

import pytest
import requests

from constructs_lib.analysis import build_model
from constructs_lib.client import AppClient, User
from constructs_lib.client.signing import send_signed
from constructs_lib.explain import Status
from constructs_lib.explain.answer import Reason
from constructs_lib.explain.recorded_calls import explain_recorded, read_log
from constructs_lib.explain.sources import Lines
from constructs_lib.local import LocalCloud
from constructs_lib.local.deployed import deployed_resources, physical_ids
from tests.conftest import Deployed

pytestmark = pytest.mark.slow

DEPLOYS: Final = ["tests/api/both_engines_app.py"]
PASSWORD: Final = "Correct-Horse-7!"
PLAN: Final = {"title": "Plan", "document": "plan.pdf"}
PAGE: Final = {"Origin": "http://localhost:5173"}


class EngineCallers:
    """A deployed app, its people, and a way to call it as each of them."""

    def __init__(self, deployed: Deployed) -> None:
        self.cloud = cloud = deployed.cloud
        self.outputs, self.template = deployed.outputs["Engines"], deployed.templates["Engines"]
        self.client = AppClient.from_file(deployed.file, stack="Engines", endpoint_url=cloud.endpoint_url)
        self.alice, self.bob, self.editor = (self.join(name, cloud) for name in ("alice", "bob", "editor"))
        self.guest = self.client.guest()

    def join(self, name: str, cloud: LocalCloud) -> User:
        address = f"{name}@example.com"
        self.client.sign_up(address, PASSWORD)
        self.client.confirm(address, cloud.mailbox.last_code(address))
        if name == "editor":
            self.cloud.session().client("cognito-idp").admin_add_user_to_group(
                UserPoolId=self.client.settings.user_pool_id, Username=address, GroupName="editors"
            )
        return self.client.sign_in(address, PASSWORD)


@pytest.fixture(scope="module")
def callers(deployed: Deployed) -> EngineCallers:
    return EngineCallers(deployed)


Call = Callable[..., requests.Response]


@pytest.fixture(params=["http", "rest"])
def call(request: pytest.FixtureRequest, callers: EngineCallers) -> Call:
    """Send a request to one of the engines, signed as a caller unless that is None."""

    def send(who: Any, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        return send_signed(
            method,
            callers.outputs[request.param] + path,
            credentials=who.credentials.get_frozen_credentials() if who else None,
            region=callers.client.settings.region,
            json_body=body,
            headers={name.replace("_", "-"): value for name, value in headers.items()},
            endpoint_url=callers.client.endpoint_url,
        )

    return send


def test_each_caller_reaches_their_routes_and_no_other(callers: EngineCallers, call: Call) -> None:
    alice, bob, editor, guest = callers.alice, callers.bob, callers.editor, callers.guest
    assert call(guest, "POST", "/shares", PLAN).status_code == 403
    assert call(None, "GET", "/shares").status_code == 403
    first, second = (call(alice, "POST", "/shares", PLAN).json()["share_id"] for _ in range(2))
    assert [share["mine"] for share in call(guest, "GET", "/shares?limit=2").json()["shares"]] == [False, False]
    assert call(bob, "DELETE", f"/shares/{first}").status_code == 403
    assert call(bob, "DELETE", f"/users/{alice.identity_id}/shares/{first}").status_code == 403
    assert call(bob, "DELETE", f"/users/{bob.identity_id}/shares/{first}").status_code == 404
    assert call(alice, "DELETE", f"/users/{alice.identity_id}/shares/{first}").status_code == 204
    assert call(editor, "DELETE", f"/shares/{second}").status_code == 204
    # A member of a group is still a user, and an owner.
    third = call(editor, "POST", "/shares", PLAN).json()["share_id"]
    assert call(editor, "DELETE", f"/users/{editor.identity_id}/shares/{third}").status_code == 204


def test_a_token_route_takes_tokens_and_an_open_route_everyone(callers: EngineCallers, call: Call) -> None:
    # The function knows neither path: 404 is its answer, so the request reached it.
    token = callers.alice.tokens.id_token
    assert call(None, "GET", "/token").status_code == 401
    assert call(None, "GET", "/token", Authorization=f"Bearer {token}x").status_code == 401
    assert call(None, "GET", "/token", Authorization=f"Bearer {token}").status_code == 404
    assert call(None, "PATCH", "/open/a/b").status_code == 404


def test_pages_of_named_origins_read_answers_and_refusals(callers: EngineCallers, call: Call) -> None:
    allowed = "access-control-allow-origin"
    assert call(None, "OPTIONS", "/shares", **PAGE).headers[allowed] == PAGE["Origin"]
    assert call(callers.guest, "GET", "/shares", **PAGE).headers[allowed] == PAGE["Origin"]
    refused = call(callers.guest, "POST", "/shares", PLAN, **PAGE)
    assert (refused.status_code, refused.headers[allowed]) == (403, PAGE["Origin"])
    foreign = call(None, "OPTIONS", "/shares", Origin="https://evil.example.com")
    assert foreign.headers.get(allowed) != "https://evil.example.com"


def test_a_bad_body_is_refused_with_400(callers: EngineCallers, call: Call) -> None:
    assert call(callers.alice, "POST", "/shares", {"title": 1, "document": "d"}).status_code == 400


def test_a_rest_api_asks_for_its_key(callers: EngineCallers) -> None:
    url = callers.outputs["rest"] + "/keyed"
    options: Any = {"credentials": None, "region": "us-east-1", "endpoint_url": callers.client.endpoint_url}
    assert send_signed("GET", url, **options).status_code == 403
    gateway = callers.cloud.session().client("apigateway")
    (key,) = gateway.get_api_keys(includeValues=True)["items"]
    assert send_signed("GET", url, headers={"x-api-key": key["value"]}, **options).status_code == 404


def test_what_was_decided_about_each_call_is_explained_alike(callers: EngineCallers, call: Call) -> None:
    before = len(read_log(callers.cloud.requests))
    test_each_caller_reaches_their_routes_and_no_other(callers, call)
    models = build_model([callers.template])
    stacks = physical_ids(deployed_resources(callers.cloud))
    new = read_log(callers.cloud.requests)[before:]
    assert sum(each["refused"] for each in new) >= 4
    for each in new:
        answer = explain_recorded(each, models, stacks, Lines())
        assert answer.status is (Status.REFUSED if each["refused"] else Status.ALLOWED), answer.sentence
        assert answer.reason is not Reason.UNKNOWN, answer.sentence
