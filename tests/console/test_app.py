"""Every response of the console is guarded and carries the isolation headers."""

import hashlib
import http.client
import json
import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import requests

from constructs_lib.analysis import build_model
from constructs_lib.analysis.template.templates import parse_template
from constructs_lib.console.pages import FOLDER, LARGEST_FORM
from constructs_lib.explain.recorded_calls import explain_recorded
from constructs_lib.explain.sources import Lines
from tests.analysis.conftest import template
from tests.console.conftest import SECONDS, Console, running
from tests.explain.test_recorded_calls import GIVEN, STACK, check, entry

HOSTILE = "<img src=x onerror=\"fetch('//evil')\">'{{7*7}}"
POLICY = {
    "default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "img-src": "'self'",
    "connect-src": "'self'", "form-action": "'self'", "base-uri": "'none'", "frame-ancestors": "'none'",
}  # fmt: skip


class HostileState:
    """The state of the pages, with a call whose texts are all hostile."""

    def __init__(self) -> None:
        self.cloud = SimpleNamespace(region=HOSTILE, endpoint_url="http://127.0.0.1:1")
        models = build_model([parse_template(json.dumps(template(GIVEN)), name="app", source="app.json")])
        self._call = entry(check(key=f"/private/{HOSTILE}/x"), operation=HOSTILE, message=HOSTILE)
        self._answer = explain_recorded(self._call, models, {"app": STACK}, Lines())
        self.breaks: Exception | None = None

    def calls(self) -> list[dict[str, Any]]:
        if self.breaks:
            raise self.breaks
        return [self._call, {**self._call, "checks": [], "code": HOSTILE}]

    def answers(self, calls: list[dict[str, Any]]) -> list[Any]:
        return [self._answer for _ in calls]

    def name_of(self, _: str) -> str:
        return HOSTILE

    def take_messages(self) -> list[tuple[str, bool]]:
        return [(HOSTILE, True)]

    def add_message(self, text: str, *, problem: bool = False) -> None:
        raise AssertionError((text, problem))


@pytest.fixture(scope="module")
def state() -> HostileState:
    return HostileState()


@pytest.fixture(scope="module")
def console(state: HostileState) -> Iterator[Console]:
    with running(state) as found:
        yield found


def enter(console: Console) -> requests.Response:
    return console.visitor.get(console.endpoint.address, timeout=SECONDS)


def test_the_address_leads_to_a_page_whose_address_has_no_token(console: Console) -> None:
    page = enter(console)
    assert page.status_code == 200
    assert page.url == console.address("")
    [first] = page.history
    assert console.endpoint.token not in page.text + first.headers["Location"]
    cookie = first.headers["Set-Cookie"].lower()
    assert f"path={console.endpoint.root}".lower() in cookie
    assert {"httponly", "samesite=strict"} <= {each.strip() for each in cookie.split(";")}


def test_a_stranger_gets_nothing_whatever_they_ask_for(console: Console) -> None:
    for path in ("", "people", "static/console.css", "static/htmx-2.0.11.min.js", "nothing"):
        answer = requests.get(console.address(path), timeout=SECONDS)
        assert (answer.status_code, answer.text) == (403, "open the address that `cognito-app console` prints")
    assert requests.get(f"{console.endpoint.origin}/static/console.css", timeout=SECONDS).status_code == 404


def test_a_renamed_host_gets_nothing_with_the_token_itself(console: Console) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", console.endpoint.port, timeout=SECONDS)
    target = f"{console.endpoint.root}?token={console.endpoint.token}"
    connection.request("GET", target, headers={"Host": f"evil.example.com:{console.endpoint.port}"})
    answer = connection.getresponse()
    assert (answer.status, answer.getheader("Set-Cookie")) == (421, None)
    connection.close()


def test_every_answer_carries_the_headers(console: Console, state: HostileState) -> None:
    enter(console)
    state.breaks = RuntimeError("a secret")
    # The server ends a connection on which something failed: it is nobody else's.
    broken = requests.get(console.address(""), cookies=console.visitor.cookies.get_dict(), timeout=SECONDS)
    state.breaks = None
    assert (broken.status_code, "a secret" in broken.text) == (500, False)
    answers = [
        *enter(console).history, console.get(""), console.get("static/console.js"), console.get("nothing"), broken,
        requests.get(console.address(""), timeout=SECONDS),
    ]  # fmt: skip
    for answer in answers:
        policy = dict(each.strip().split(" ", 1) for each in answer.headers["Content-Security-Policy"].split(";"))
        assert policy == POLICY, answer.url
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_hostile_names_are_text_wherever_they_stand(console: Console) -> None:
    enter(console)
    for page in (console.get("").text, console.get("calls/new", after="0").text):
        assert page.count("&lt;img src=x") >= 4
        assert "<img" not in page
        assert "onerror=&#34;" in page
        assert "49" not in re.sub(r"\d\d:\d\d:\d\d", "", page.partition("<main")[2])


def test_what_cannot_be_done_is_told_as_text(console: Console, state: HostileState) -> None:
    enter(console)
    state.breaks = ValueError(HOSTILE)
    page, part = (
        console.get(""),
        console.visitor.get(console.address(""), headers={"HX-Request": "true"}, timeout=SECONDS),
    )
    state.breaks = None
    for answer in (page, part):
        assert answer.status_code == 400
        assert 'role="alert">&lt;img' in answer.text
        assert "<img" not in answer.text
    assert "<html" not in part.text


def test_a_form_of_another_page_does_nothing(console: Console) -> None:
    enter(console)
    for headers in (
        {},
        {"Origin": "http://127.0.0.1:5173"},
        {"Origin": console.endpoint.origin, "Sec-Fetch-Site": "same-site"},
    ):
        answer = console.visitor.post(
            console.address("people/create"), data={"address": "x"}, headers=headers, timeout=SECONDS
        )
        assert answer.status_code == 403


def test_a_form_that_is_too_large_is_told_so(console: Console) -> None:
    enter(console)
    answer = console.post("ask/call", body="x" * LARGEST_FORM)
    assert answer.status_code == 400
    assert "the form holds more than 256 KiB" in answer.text


def test_pages_load_nothing_from_outside_and_hold_no_script_or_style() -> None:
    for path in (FOLDER / "templates").glob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not re.findall(r"https?://|//[a-z]|\bon\w+=|\bstyle=|<style|hx-on|javascript:|\|\s*safe\b", text), path
        assert all('src="{{ url_for(' in each for each in re.findall(r"<script[^>]*>", text)), path
    assert "url(" not in (FOLDER / "static" / "console.css").read_text(encoding="utf-8")


def test_htmx_is_the_file_that_npm_has_as_htmx_org_2_0_11_with_its_licence() -> None:
    static = FOLDER / "static"
    digest = hashlib.sha256((static / "htmx-2.0.11.min.js").read_bytes()).hexdigest()
    assert digest == "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717"
    assert "Zero-Clause BSD" in (static / "htmx-LICENSE.txt").read_text(encoding="utf-8")
