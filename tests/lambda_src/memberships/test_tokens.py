"""The tenant claims of a token come from the table, and from nothing else."""

from typing import Any, Final

import pytest
from memberships import data, trigger
from memberships.tokens import Form

from tests.lambda_src.memberships.conftest import Table

ANN: Final = "sub-ann"
FORM: Final = Form(claim="tenant", values="[a-z0-9-]{3,36}", roles=frozenset({"admins", "auditors"}))
NOTHING: Final[dict[str, Any]] = {
    "claimsToAddOrOverride": {},
    "claimsToSuppress": ["tenant", "tenant_role"],
}


@pytest.fixture(autouse=True)
def form(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trigger, "FORM", FORM)


def belongs(table: Table, **roles: str) -> None:
    for tenant, role in roles.items():
        table.items[ANN, tenant] = {"person": ANN, "entry": tenant, "tenant": tenant, "role": role}


def chooses(table: Table, tenant: str) -> None:
    table.items[ANN, "#active"] = {"person": ANN, "entry": "#active", "chosen": tenant}


def event(version: str = "2", *, groups: list[str] | None = None, **request: Any) -> dict[str, Any]:
    configuration = {"groupsToOverride": groups or [], "iamRolesToOverride": ["arn:old"], "preferredRole": "arn:old"}
    return {
        "version": version,
        "triggerSource": "TokenGeneration_Authentication",
        "request": {"userAttributes": {"sub": ANN}, "groupConfiguration": configuration, **request},
        "response": {},
    }


def said(asked: dict[str, Any]) -> Any:
    return trigger.handler(asked, None)["response"]["claimsAndScopeOverrideDetails"]


def test_both_tokens_name_the_chosen_tenant_and_the_role_there(table: Table) -> None:
    belongs(table, acme="admins", other="member", third="auditors")
    chooses(table, "acme")
    changes = {"claimsToAddOrOverride": {"tenant": "acme", "tenant_role": "admins"}, "claimsToSuppress": []}
    assert said(event()) == {
        "idTokenGeneration": changes,
        "accessTokenGeneration": changes,
        "groupOverrideDetails": {"groupsToOverride": ["admins"]},
    }
    assert table.consistent == [True, True]


def test_the_first_version_changes_the_id_token(table: Table) -> None:
    belongs(table, acme="member")
    chooses(table, "acme")
    assert trigger.handler(event("1", groups=["staff"]), None)["response"] == {
        "claimsOverrideDetails": {
            "claimsToAddOrOverride": {"tenant": "acme", "tenant_role": "member"},
            "claimsToSuppress": [],
            "groupOverrideDetails": {"groupsToOverride": ["staff"]},
        }
    }


def test_a_version_that_is_not_known_gets_no_token(table: Table) -> None:
    belongs(table, acme="member")
    with pytest.raises(ValueError, match="version '4' of the token trigger is not supported"):
        trigger.handler(event("4"), None)


@pytest.mark.parametrize("chosen", [None, "other", "#active", "#tenant"])
def test_whoever_has_not_chosen_a_tenant_of_theirs_has_none_and_no_claim_of_another_origin(
    table: Table, chosen: str | None
) -> None:
    belongs(table, acme="admins")
    table.items["#other", "#tenant"] = {"person": "#other", "entry": "#tenant", "admins": 1}
    table.items["sub-bob", "other"] = {"person": "sub-bob", "entry": "other", "tenant": "other", "role": "admins"}
    if chosen:
        chooses(table, chosen)
    answer = said(event(groups=["admins"]))
    assert answer["idTokenGeneration"] == answer["accessTokenGeneration"] == NOTHING
    assert answer["groupOverrideDetails"] == {"groupsToOverride": []}


def test_what_the_client_sends_and_the_user_has_written_decides_nothing(table: Table) -> None:
    belongs(table, acme="member", other="admins")
    chooses(table, "acme")
    table.items["sub-eve", "other"] = {"person": "sub-eve", "entry": "other", "tenant": "other", "role": "admins"}
    table.items["sub-eve", "#active"] = {"person": "sub-eve", "entry": "#active", "chosen": "other"}
    asked = event(clientMetadata={"tenant": "other", "chosen": "other", "sub": "sub-eve"})
    asked["request"]["userAttributes"] |= {"custom:tenant": "other", "tenant": "other", "profile": "other"}
    assert said(asked)["idTokenGeneration"]["claimsToAddOrOverride"] == {"tenant": "acme", "tenant_role": "member"}


@pytest.mark.parametrize(
    ("role", "groups"),
    [
        ("member", ["staff"]),
        ("admins", ["staff", "admins"]),
        ("auditors", ["staff", "auditors"]),
        ("owners", ["staff"]),
    ],
)
def test_a_role_s_group_holds_by_the_membership_alone_and_other_groups_stay(
    table: Table, role: str, groups: list[str]
) -> None:
    belongs(table, acme=role)
    chooses(table, "acme")
    answer = said(event(groups=["admins", "staff", "auditors"]))
    assert answer["groupOverrideDetails"] == {"groupsToOverride": groups}
    known = role if role in FORM.roles else "member"
    assert answer["idTokenGeneration"]["claimsToAddOrOverride"]["tenant_role"] == known


@pytest.mark.parametrize("tenant", ["ab", "acme/other", "Acme", "acme\n", "a" * 37, "ac*e", "acmé"])
def test_a_tenant_that_does_not_fit_gets_no_token(table: Table, tenant: str) -> None:
    belongs(table, **{tenant: "member"})
    chooses(table, tenant)
    with pytest.raises(ValueError, match="is not of the form"):
        trigger.handler(event(), None)


def test_a_machine_is_no_person_and_its_token_stays_as_it_is(table: Table) -> None:
    asked = {"version": "3", "triggerSource": "TokenGeneration_ClientCredentials", "request": {}, "response": {}}
    assert trigger.handler(dict(asked), None) == asked
    assert table.consistent == []


def test_a_token_asks_the_table_as_often_among_ten_thousand_tenants_as_with_one(table: Table) -> None:
    def queries() -> int:
        table.consistent.clear()
        claims = said(event())["idTokenGeneration"]["claimsToAddOrOverride"]
        assert claims == {"tenant": "acme", "tenant_role": "admins"}
        return len(table.consistent)

    belongs(table, acme="admins")
    chooses(table, "acme")
    alone = queries()
    for number in range(10_000):
        data.create_tenant(f"tenant-{number}", first={"person": f"sub-{number}"}, role="admins")
    assert queries() == alone
