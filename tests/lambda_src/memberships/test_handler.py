"""Permissions to list, choose, invite, change and remove memberships."""

import base64
import json
from typing import Any, Final

import pytest
from memberships import data, directory, handler

from tests.lambda_src.memberships.conftest import Call, Table, Users

ANN: Final = "sub-ann"
MEMBERS: Final = "/tenants/{tenant}/members"
MEMBER: Final = f"{MEMBERS}/{{person}}"
REFUSED: Final = {"message": "only administrators of this tenant may do this"}


@pytest.fixture
def acme(call: Call) -> str:
    """Found two tenants, one of Ann's and one of Eve's."""
    for who, tenant in ((ANN, "acme"), ("sub-eve", "other")):
        assert call(who, "POST /tenants", {"tenant": tenant}) == (201, {"tenant": tenant, "administrator": who})
    return "acme"


def invited(call: Call, email: str, role: str | None = None) -> str:
    status, body = call(ANN, f"POST {MEMBERS}", {"email": email, "role": role}, tenant="acme")
    assert status == 201
    return str(body["person"])


def test_whoever_founds_a_tenant_administers_it_and_works_in_it_once_they_choose_it(call: Call, acme: str) -> None:
    status, body = call(ANN, "GET /memberships")
    [membership] = body["memberships"]
    assert (status, body["active"]) == (200, None)
    assert (membership["tenant"], membership["role"]) == ("acme", "admins")
    assert call(ANN, "PUT /memberships/active", {"tenant": acme}) == (200, {"active": "acme"})
    assert call(ANN, "GET /memberships")[1]["active"] == "acme"


@pytest.mark.usefixtures("acme")
@pytest.mark.parametrize("name", ["acme", "other"])
def test_a_name_that_is_taken_is_refused_even_to_its_founder(call: Call, table: Table, name: str) -> None:
    before = dict(table.items)
    assert call(ANN, "POST /tenants", {"tenant": name}) == (409, {"message": "this name is taken"})
    assert table.items == before


@pytest.mark.parametrize("name", ["", "ab", "Acme", "a/b", "acme\n", "a" * 37, 7, None, ["acme"], "#active"])
def test_a_name_that_does_not_fit_is_refused(call: Call, table: Table, name: Any) -> None:
    status, body = call(ANN, "POST /tenants", {"tenant": name})
    assert (status, body["message"]) == (400, "a tenant's name must be of the form [a-z0-9-]{3,36}")
    assert table.items == {}


def test_a_tenant_may_be_founded_for_somebody_else(call: Call, users: Users) -> None:
    assert call(ANN, "POST /tenants", {"tenant": "acme", "email": "Bob@example.com"})[1]["administrator"] == "sub-0"
    assert users.invited == ["bob@example.com"]
    assert call(ANN, f"GET {MEMBERS}", tenant="acme") == (403, REFUSED)
    assert call("sub-0", f"GET {MEMBERS}", tenant="acme")[0] == 200


@pytest.mark.parametrize("tenant", ["other", "nobodys", "#active", "#tenant", "", None, 7, ["acme"], {"S": "acme"}])
def test_a_foreign_tenant_cannot_be_chosen(call: Call, acme: str, table: Table, tenant: Any) -> None:
    call(ANN, "PUT /memberships/active", {"tenant": acme})
    refused = (403, {"message": "you are not a member of this tenant"})
    assert call(ANN, "PUT /memberships/active", {"tenant": tenant}) == refused
    assert table.items[ANN, "#active"]["chosen"] == "acme"


def test_a_tenant_cannot_be_chosen_by_somebody_who_is_removed_meanwhile(acme: str, table: Table) -> None:
    with pytest.raises(data.ConflictError):
        data.choose(acme, "sub-bob")
    assert ("sub-bob", "#active") not in table.items


def test_an_invited_account_is_made_and_works_in_the_tenant(call: Call, acme: str, users: Users) -> None:
    bob = invited(call, "Bob@Example.com")
    assert users.invited == ["bob@example.com"]
    assert call(bob, "GET /memberships")[1]["active"] == acme


def test_whoever_has_an_account_works_where_they_did_until_they_choose(call: Call, acme: str, users: Users) -> None:
    eve = users.join("eve@example.com", sub="sub-eve")
    assert eve
    call("sub-eve", "PUT /memberships/active", {"tenant": "other"})
    assert invited(call, "eve@example.com") == "sub-eve"
    assert users.invited == []
    assert call("sub-eve", "GET /memberships")[1]["active"] == "other"
    assert call("sub-eve", "PUT /memberships/active", {"tenant": acme})[0] == 200


@pytest.mark.parametrize(
    "attributes",
    [{"email_verified": "false"}, {"email_verified": ""}, {"email": "eve@example.com"}],
    ids=["not verified", "empty", "another's"],
)
def test_whoever_wrote_another_s_address_into_their_account_gets_no_invitation_of_theirs(
    call: Call, acme: str, users: Users, table: Table, attributes: dict[str, str]
) -> None:
    users.join("bob@example.com", **attributes)
    before = dict(table.items)
    status, body = call(ANN, f"POST {MEMBERS}", {"email": "bob@example.com"}, tenant=acme)
    assert (status, body["message"][:39]) == (409, "this address is not verified; ask its h")
    assert table.items == before


def test_an_account_without_a_word_on_its_address_gets_no_invitation(users: Users) -> None:
    users.join("bob@example.com")
    del users.known["bob@example.com"]["email_verified"]
    with pytest.raises(directory.NotVerifiedError):
        directory.invite("bob@example.com")


@pytest.mark.parametrize(
    "email",
    [
        None,
        "",
        "bob",
        "bob@",
        "a b@example.com",
        "a@b@c",
        "\ud800@b",
        "\x00@b",
        "a" * 127 + "@b",
        "\u212aate@example.com",
        "ann@ex\u00e4mple.com",
        "\u0130@b",
        7,
        ["bob@example.com"],
    ],
)
def test_what_is_no_address_is_not_invited(call: Call, acme: str, users: Users, email: Any) -> None:
    status, body = call(ANN, f"POST {MEMBERS}", {"email": email}, tenant=acme)
    assert (status, body["message"]) == (400, "email must be an address such as ann@example.com")
    assert users.invited == []


@pytest.mark.parametrize(("email", "status"), [("taken@b", 409), ("odd@b", 400), ("foreign@b", 400)])
def test_an_address_that_no_account_can_be_made_of_is_told(
    call: Call, acme: str, table: Table, email: str, status: int
) -> None:
    before = dict(table.items)
    assert call(ANN, f"POST {MEMBERS}", {"email": email}, tenant=acme)[0] == status
    assert table.items == before


@pytest.mark.parametrize("role", ["owners", "", 7, ["admins"], "Admins"])
def test_a_role_that_is_not_known_is_not_given(call: Call, acme: str, users: Users, role: Any) -> None:
    asked = {"email": "bob@example.com", "role": role}
    refused = (400, {"message": "role must be one of admins, auditors, member"})
    assert call(ANN, f"POST {MEMBERS}", asked, tenant=acme) == refused
    assert users.invited == []
    assert call(ANN, f"PUT {MEMBER}", {"role": role}, tenant=acme, person=ANN) == refused


def test_a_member_is_invited_once(call: Call, acme: str) -> None:
    for role in ("member", "admins"):
        invited(call, f"{role}@example.com", role)
        again = call(ANN, f"POST {MEMBERS}", {"email": f"{role}@example.com", "role": role}, tenant=acme)
        assert again == (409, {"message": "this person is already a member"})


@pytest.mark.parametrize("who", ["member", "auditors", "foreign administrator", "nobody"])
@pytest.mark.parametrize(
    ("route", "body"),
    [
        (f"GET {MEMBERS}", None),
        (f"POST {MEMBERS}", {"email": "new@example.com"}),
        (f"PUT {MEMBER}", {"role": "admins"}),
        (f"DELETE {MEMBER}", None),
    ],
)
def test_only_administrators_of_the_tenant_look_after_it(
    call: Call, acme: str, table: Table, users: Users, who: str, route: str, body: Any
) -> None:
    people = {name: invited(call, f"{name}@example.com", name) for name in ("member", "auditors")}
    caller = {**people, "foreign administrator": "sub-eve", "nobody": "sub-nobody"}[who]
    before = json.dumps([*table.items.values()], default=str)
    assert call(caller, route, body, tenant=acme, person=people["member"]) == (403, REFUSED)
    assert json.dumps([*table.items.values()], default=str) == before
    assert "new@example.com" not in users.known
    assert users.signed_out == []


def test_members_are_listed_page_by_page_with_nobody_of_another_tenant(call: Call, acme: str) -> None:
    people = [invited(call, f"{number}@example.com") for number in range(3)]
    found: list[str] = []
    after = None
    while True:
        page = call(ANN, f"GET {MEMBERS}", tenant=acme, after=after)[1]
        found += [each["person"] for each in page["members"]]
        after = page["next"]
        if after is None:
            break
    assert found == sorted([*people, ANN])


@pytest.mark.parametrize("after", ["x" * 3000, "#acme", "a b"])
def test_an_after_that_no_answer_had_is_refused(call: Call, acme: str, after: str) -> None:
    assert call(ANN, f"GET {MEMBERS}", tenant=acme, after=after)[0] == 400


def test_a_removed_member_is_signed_out_and_has_no_tenant(call: Call, acme: str, users: Users) -> None:
    bob = invited(call, "bob@example.com")
    assert call(ANN, f"DELETE {MEMBER}", tenant=acme, person=bob) == (204, None)
    assert users.signed_out == [f"name-of-{bob}"]
    assert call(bob, "GET /memberships")[1] == {"active": None, "memberships": []}
    assert call(ANN, f"DELETE {MEMBER}", tenant=acme, person=bob)[0] == 404


def test_a_member_whose_role_changes_is_signed_out(call: Call, acme: str, users: Users) -> None:
    bob = invited(call, "bob@example.com", "admins")
    assert call(ANN, f"PUT {MEMBER}", {"role": "admins"}, tenant=acme, person=bob) == (204, None)
    assert users.signed_out == []
    assert call(ANN, f"PUT {MEMBER}", {"role": "member"}, tenant=acme, person=bob) == (204, None)
    assert users.signed_out == [f"name-of-{bob}"]
    assert call(bob, f"GET {MEMBERS}", tenant=acme) == (403, REFUSED)


def test_a_tenant_keeps_its_last_administrator(call: Call, acme: str, users: Users, table: Table) -> None:
    kept = (409, {"message": "a tenant must have an administrator; add another one first"})
    bob = invited(call, "bob@example.com")
    attempts: list[tuple[str, Any, dict[str, str]]] = [
        (f"DELETE {MEMBER}", None, {"tenant": acme, "person": ANN}),
        ("DELETE /memberships/{membership}", None, {"membership": acme}),
        (f"PUT {MEMBER}", {"role": "member"}, {"tenant": acme, "person": ANN}),
        (f"PUT {MEMBER}", {"role": "auditors"}, {"tenant": acme, "person": ANN}),
    ]
    for route, body, path in attempts:
        assert call(ANN, route, body, **path) == kept
    assert users.signed_out == []
    assert call(ANN, f"PUT {MEMBER}", {"role": "admins"}, tenant=acme, person=bob) == (204, None)
    assert call(ANN, "DELETE /memberships/{membership}", membership=acme) == (204, None)
    assert users.signed_out[-1] == ANN
    assert call(bob, f"DELETE {MEMBER}", tenant=acme, person=bob) == kept
    assert table.items["#acme", "#tenant"]["admins"] == 1


def test_two_administrators_who_remove_each_other_at_once_do_not_leave_the_tenant_without(acme: str) -> None:
    """Both read before either writes; the condition on the count refuses the second write."""
    data.add(acme, member={"person": "sub-bob"}, role="admins", administers=True)
    data.remove(acme, ANN, role="admins", administers=True)
    with pytest.raises(data.LastError):
        data.remove(acme, "sub-bob", role="admins", administers=True)


def test_whoever_changed_meanwhile_is_not_counted_twice(acme: str, table: Table) -> None:
    data.add(acme, member={"person": "sub-bob"}, role="admins", administers=True)
    with pytest.raises(data.ConflictError):
        data.remove(acme, "sub-bob", role="member", administers=False)
    with pytest.raises(data.ConflictError):
        data.change(acme, "sub-bob", role="member", to="admins", administers=(False, True))
    assert table.items["#acme", "#tenant"]["admins"] == 2


def test_somebody_changed_by_another_administrator_is_to_be_looked_at_again(
    call: Call, acme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob = invited(call, "bob@example.com")
    remove = data.remove
    monkeypatch.setattr(data, "remove", lambda tenant, sub, **_: remove(tenant, sub, role="admins", administers=False))
    assert call(ANN, f"DELETE {MEMBER}", tenant=acme, person=bob)[0] == 409


def test_a_founder_of_another_identity_provider_is_signed_out_by_the_name_that_cognito_knows(
    call: Call, acme: str, users: Users
) -> None:
    users.join("ann@example.com", sub=ANN)
    bob = invited(call, "bob@example.com", "admins")
    assert call(bob, f"DELETE {MEMBER}", tenant=acme, person=ANN) == (204, None)
    assert users.signed_out == [f"name-of-{ANN}"]


@pytest.mark.usefixtures("acme")
def test_whoever_two_have_invited_before_they_were_ever_there_chooses_for_themselves(call: Call, users: Users) -> None:
    """A tenant that invites a company's people first does not become their active tenant without their choice."""
    bob = call("sub-eve", f"POST {MEMBERS}", {"email": "bob@example.com"}, tenant="other")[1]["person"]
    assert call(bob, "GET /memberships")[1]["active"] == "other"
    assert invited(call, "bob@example.com") == bob
    listed = call(bob, "GET /memberships")[1]
    assert (listed["active"], [each["tenant"] for each in listed["memberships"]]) == (None, ["acme", "other"])
    users.unused.clear()
    call(bob, "PUT /memberships/active", {"tenant": "other"})
    call("sub-zoe", "POST /tenants", {"tenant": "third"})
    call("sub-zoe", f"POST {MEMBERS}", {"email": "bob@example.com"}, tenant="third")
    assert call(bob, "GET /memberships")[1]["active"] == "other"


def test_a_new_account_that_is_removed_before_it_has_chosen_works_nowhere(
    call: Call, acme: str, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = data.add

    def add_and_remove(tenant: str, **rest: Any) -> None:
        add(tenant, **rest)
        data.remove(tenant, rest["member"]["person"], role="member", administers=False)

    monkeypatch.setattr(data, "add", add_and_remove)
    bob = invited(call, "bob@example.com")
    assert (bob, "#active") not in table.items
    assert call(bob, "PUT /memberships/active", {"tenant": acme})[0] == 403


def test_a_gone_account_is_removed_all_the_same(call: Call, acme: str, table: Table) -> None:
    bob = invited(call, "bob@example.com")
    table.items[bob, "acme"]["username"] = "gone"
    assert call(ANN, f"DELETE {MEMBER}", tenant=acme, person=bob) == (204, None)


@pytest.mark.parametrize("person", ["#acme", "#active", "sub-nobody", "", "x" * 3000])
def test_what_is_no_member_is_not_found(call: Call, acme: str, person: str) -> None:
    assert call(ANN, f"DELETE {MEMBER}", tenant=acme, person=person) == (404, {"message": "there is no such member"})


@pytest.mark.usefixtures("acme")
def test_path_parameters_are_decoded(call: Call) -> None:
    assert call(ANN, f"GET {MEMBERS}", tenant="%61cme")[0] == 200


def test_guests_functions_and_routes_that_are_not_there_are_refused(call: Call, events: Any) -> None:
    requests: list[dict[str, Any]] = [
        events.http_iam(role="GuestRole", amr=["unauthenticated"]),
        events.http_function(),
        {},
    ]
    for event in requests:
        assert handler.handler({**event, "routeKey": "GET /memberships"}, None)["statusCode"] == 403
    assert call(ANN, "GET /elsewhere")[0] == 404


@pytest.mark.parametrize("body", ["[]", "7", "{", "[" * 100_000])
def test_a_body_that_is_no_object_is_refused(call: Call, body: str) -> None:
    assert call(ANN, "POST /tenants", body)[0] == 400


@pytest.mark.usefixtures("call")
def test_a_body_in_base64_is_read(events: Any) -> None:
    event: dict[str, Any] = events.http_iam(role="AuthenticatedRole")
    body = base64.b64encode(b'{"tenant": "acme"}').decode()
    event |= {"routeKey": "POST /tenants", "isBase64Encoded": True, "body": body}
    assert handler.handler(event, None)["statusCode"] == 201
    event["body"] = "%%%"
    assert handler.handler(event, None)["statusCode"] == 400


def test_a_rest_api_is_answered_alike_and_pages_of_allowed_origins_read_the_answer(
    events: Any, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handler, "_ORIGINS", frozenset({"https://app.example.com"}))
    event: dict[str, Any] = events.rest_iam(role="AuthenticatedRole")
    event |= {"httpMethod": "GET", "resource": "/memberships", "headers": {"Origin": "https://app.example.com"}}
    answer = handler.handler(event, None)
    assert (answer["statusCode"], json.loads(answer["body"])) == (200, {"active": None, "memberships": []})
    assert answer["headers"]["access-control-allow-origin"] == "https://app.example.com"
    for headers in ({"origin": "https://evil.example.com"}, {}, None):
        assert "access-control-allow-origin" not in handler.handler({**event, "headers": headers}, None)["headers"]
    assert table.items == {}
