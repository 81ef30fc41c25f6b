"""The pages on a real local cloud: users, their data, their calls, and the reasons of verdicts."""

import re
from typing import Any
from uuid import uuid4

import pytest
import requests

from constructs_lib.console import live_calls
from constructs_lib.console.state import ConsoleState
from tests.conftest import Documents
from tests.console.conftest import SECONDS, Console

pytestmark = pytest.mark.slow

PASSWORD = "Correct-horse-1"
HOSTILE = "<img src=x onerror=alert(1)>"


def join(console: Console, state: ConsoleState) -> str:
    """Sign a user up by the page's own forms, become them, and return their user name."""
    address = f"{uuid4().hex[:12]}@example.com"
    assert "the code is in the inbox" in console.said("people/sign-up", address=address, password=PASSWORD)
    people = console.get("people").text
    name: str = next(user["Username"] for user in users(state) if attribute(user, "email") == address)
    assert address in people
    assert (code := state.cloud.mailbox.last_code(address)) in people
    assert f'name="code" value="{code}"' in console.get("people/person", name=name).text
    assert "is confirmed" in console.said("people/confirm", name=name, code=code)
    assert f"You are {address}" in console.said("people/become", name=name, password=PASSWORD)
    return name


def users(state: ConsoleState) -> list[Any]:
    pages = state.client("cognito-idp").get_paginator("list_users").paginate(UserPoolId=state.app().user_pool_id)
    return [user for page in pages for user in page["Users"]]


def attribute(user: Any, name: str) -> Any:
    return next(each["Value"] for each in user["Attributes"] if each["Name"] == name)


def call(console: Console, verb: str, target: str, where: str, *, who: str = "", body: str = "") -> str:
    fields = {"who": who, "verb": verb, "target": target, "where": where, "body": body}
    return console.post("ask/call", **fields).text


def badges(page: str) -> list[str]:
    return re.findall(r'<span class="badge [a-z]+">([a-z ]+)</span>', page)


@pytest.fixture(scope="module")
def somebody(console: Console, state: ConsoleState) -> str:
    return join(console, state)


def test_somebody_does_what_they_may_and_is_told_why_not_the_rest(
    console: Console, state: ConsoleState, documents: Documents, somebody: str
) -> None:
    bucket, table = documents.outputs["BucketName"], documents.outputs["NotesTableName"]
    own, others = "private/{owner}/hello.txt", "private/us-east-1:11111111-1111-4111-8111-111111111111/x"
    done = call(console, "write", bucket, own, who=somebody, body="hello")
    assert badges(done) == ["done"]
    assert "a statement of Auth/AuthenticatedPolicy allows it" in done
    assert "hello" in call(console, "get", bucket, own, who=somebody)
    refused = call(console, "get", bucket, others, who=somebody)
    assert badges(refused) == ["refused"]
    assert "AccessDenied" in refused
    assert "private/{owner}/x would be allowed" in refused
    assert badges(call(console, "get", bucket, own)) == ["refused"]
    assert "hello.txt" in call(console, "list", bucket, "private/{owner}/*", who=somebody)
    assert badges(call(console, "write", table, "{owner}/one", who=somebody, body="note")) == ["done"]
    assert "note" in call(console, "get", table, "{owner}/one", who=somebody)
    assert "note" in call(console, "list", table, "{owner}", who=somebody)
    assert badges(call(console, "list", table, "somebody-else", who=somebody)) == ["refused"]
    assert badges(call(console, "delete", table, "{owner}/one", who=somebody)) == ["done"]
    api = documents.outputs["ApiUrl"].rstrip("/")
    assert badges(call(console, "call", api, "GET /shares")) == ["done"]
    assert badges(call(console, "call", api, "DELETE /shares/1", who=somebody)) == ["refused"]
    calls = console.get("").text
    assert calls.count(state.label(somebody)) >= 8
    assert "no-such-thing" not in calls
    data = console.get("data").text
    assert state.label(somebody) in data
    file = console.get("data/file", bucket=bucket, key=f"private/{state.caller(somebody).identity_id}/hello.txt")  # type: ignore[union-attr] # was become
    assert "hello" in file.text
    assert badges(call(console, "delete", bucket, own, who=somebody)) == ["done"]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"verb": "call"}, "choose get, list, write, delete"),
        ({"target": "arn:aws:s3:::elsewhere"}, "is not deployed: choose one of the list"),
        ({"who": "nobody"}, "choose Become under People"),
    ],
)
def test_a_call_that_cannot_be_made_is_told_in_a_sentence(
    console: Console, documents: Documents, fields: dict[str, str], told: str
) -> None:
    asked = {"who": "", "verb": "get", "target": documents.outputs["BucketName"], "where": "public/x", **fields}
    answer = console.post("ask/call", **asked)
    assert answer.status_code == 400
    assert told in answer.text


def test_groups_and_attributes_change_and_a_new_sign_in_has_them(console: Console, state: ConsoleState) -> None:
    name = join(console, state)
    assert "now in editors" in console.said("people/group", name=name, group="editors", do="add")
    console.said("people/become", name=name, password=PASSWORD)
    assert state.caller(name).groups == ("editors",)  # type: ignore[union-attr] # was become
    assert "no longer in editors" in console.said("people/group", name=name, group="editors", do="remove")
    assert "Changed: name" in console.said("people/attributes", name=name, new="name", value=HOSTILE)
    assert "Nothing was changed" in console.said("people/attributes", name=name, **{"attribute:name": HOSTILE})
    assert "InvalidParameterException" in console.said("people/attributes", name=name, new="no-such", value="x")
    assert "NotAuthorizedException" in console.said("people/become", name=name, password="Wrong-horse-1")
    assert "You are" in console.said("people/become", name=name, password="Other-horse-2", set="on")
    page = console.get("people/person", name=name).text
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert "<img" not in page


def test_an_administrator_creates_somebody_who_can_sign_in_at_once(console: Console, state: ConsoleState) -> None:
    address = f"{uuid4().hex[:12]}@example.com"
    assert "was created" in console.said("people/create", address=address, password=PASSWORD)
    user = next(user for user in users(state) if attribute(user, "email") == address)
    assert user["UserStatus"] == "CONFIRMED"
    assert "UsernameExistsException" in console.said("people/create", address=address, password=PASSWORD)


def test_hostile_keys_and_contents_are_text(
    console: Console, state: ConsoleState, documents: Documents, somebody: str
) -> None:
    bucket, table = documents.outputs["BucketName"], documents.outputs["NotesTableName"]
    where = "private/{owner}/" + HOSTILE
    assert HOSTILE not in call(console, "write", bucket, where, who=somebody, body=HOSTILE)
    assert HOSTILE not in call(console, "write", table, "{owner}/" + HOSTILE, who=somebody, body=HOSTILE)
    key = where.replace("{owner}", state.caller(somebody).identity_id)  # type: ignore[union-attr] # was become
    pages = [
        console.get(""), console.get("data"), console.get("data/file", bucket=bucket, key=key),
        console.get("people/person", name=HOSTILE), console.get("data/file", bucket=bucket, key=HOSTILE),
        console.get("ask/answer", who="user", what="get", resource="Documents", where=HOSTILE),
        console.get("ask/answer", who=HOSTILE, what=HOSTILE, resource=HOSTILE, where=HOSTILE),
    ]  # fmt: skip
    for page in pages:
        assert "<img" not in page.text, page.url
    assert all("&lt;img src=x" in page.text for page in pages[:3])
    call(console, "delete", bucket, where, who=somebody)
    call(console, "delete", table, "{owner}/" + HOSTILE, who=somebody)


@pytest.mark.parametrize(
    ("who", "where", "verdict"),
    [
        ("guest", "public/x", "allowed"),
        ("authenticated", "private/{owner}/x", "allowed"),
        ("authenticated", "private/{other}/x", "refused"),
        ("group:editors", "private/{other}/x", "refused"),
    ],
)
def test_the_playground_answers_as_the_templates_say(console: Console, who: str, where: str, verdict: str) -> None:
    page = console.get("ask/answer", who=who, what="get", resource="Documents", where=where)
    assert badges(page.text) == [verdict]
    raw = console.get("ask/answer", who=who, what="s3:GetObject", resource="", where=f"arn:aws:s3:::Documents/{where}")
    assert badges(raw.text) == [verdict]


def test_what_makes_no_sense_is_told_with_what_does(console: Console) -> None:
    page = console.get("ask/answer", who="nobody", what="get", resource="Documents", where="x")
    assert page.status_code == 400
    assert "it has internet (or anyone), guest, authenticated (or user)" in page.text


def test_coverage_counts_what_this_session_has_called(console: Console, documents: Documents, somebody: str) -> None:
    def allowed() -> int:
        statement = "<code>Allow s3:ListBucket on Documents if s3:prefix is like &#39;private/{owner}/*&#39; or"
        found = re.search(re.escape(statement) + r'.*?data-label="Allowed" class="number">(\d+)', page(), re.DOTALL)
        assert found
        return int(found.group(1))

    def page() -> str:
        return console.get("coverage").text.partition("Auth/AuthenticatedPolicy")[2]

    before = allowed()
    call(console, "list", documents.outputs["BucketName"], "private/{owner}/", who=somebody)
    assert allowed() == before + 1


def test_the_proof_and_the_matrix_are_of_what_is_deployed(console: Console) -> None:
    proof = console.get("access/proof").text
    assert badges(proof)[0] == "proved"
    assert "nobody can access another user&#39;s data" in proof
    matrix = console.get("access/matrix").text
    assert "private/{owner}/*" in matrix
    assert '<span class="verb own">get (own)</span>' in matrix


def test_new_calls_come_once(console: Console, state: ConsoleState, documents: Documents) -> None:
    last = str(state.calls()[-1]["time"])
    assert console.get("calls/new", after=last).status_code == 204
    requests.get(f"{documents.cloud.endpoint_url}/{documents.outputs['BucketName']}/public/x", timeout=SECONDS)
    new = console.get("calls/new", after=last).text
    assert new.count("<tr>") == 1
    assert console.get("calls/new", after=str(state.calls()[-1]["time"])).status_code == 204


def test_a_sub_is_known_by_the_user_pool_and_an_identity_by_who_was_become(state: ConsoleState, somebody: str) -> None:
    user = next(each for each in users(state) if each["Username"] == somebody)
    assert state.name_of(attribute(user, "sub")) == attribute(user, "email")
    assert state.name_of(state.caller(somebody).identity_id) == attribute(user, "email")  # type: ignore[union-attr] # was become
    assert state.name_of("11111111-1111-4111-8111-111111111111") == ""
    assert state.name_of("us-east-1:11111111-1111-4111-8111-111111111111") == ""


def test_templates_are_read_once_and_again_after_a_deploy(state: ConsoleState) -> None:
    first = state.templates()
    assert state.templates() is first
    written, *_ = state.cloud.templates.rglob("*.template.json")
    written.touch()
    assert state.templates() is not first


def test_only_what_is_deployed_can_be_called(state: ConsoleState) -> None:
    assert {each.kind for each in live_calls.targets(state)} == {"bucket", "table", "api"}


def test_the_playground_offers_the_verbs_that_can_be_called_and_names_the_others(console: Console) -> None:
    page = console.get("ask").text
    offered = page[page.index('<select name="verb">') :].partition("</select>")[0]
    assert re.findall("<option>([a-z]+)</option>", offered) == live_calls.verbs()
    assert "subscribe, publish (channels)" in page
