"""The ledger lets growth through on request only, and says who would lose what."""

import copy
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.testing.ledger import Ledger, LedgerError

TEMPLATE: dict[str, Any] = {
    "Resources": {
        "AuthUserPoolAB12CD34": {
            "Type": "AWS::Cognito::UserPool",
            "Metadata": {"aws:cdk:path": "Docs/Auth/UserPool/Resource"},
            "Properties": {"UsernameAttributes": ["email"], "Schema": [{"Name": "team", "Mutable": True}]},
        },
        "Table": {"Type": "AWS::DynamoDB::Table", "Properties": {"KeySchema": [{"AttributeName": "owner"}]}},
        "Role": {"Type": "AWS::IAM::Role", "Properties": {}},
    }
}


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    path = tmp_path / "__ledger__" / "docs.json"
    Ledger(path, update=True).check(TEMPLATE)
    return Ledger(path, update=False)


def _changed() -> dict[str, Any]:
    return copy.deepcopy(TEMPLATE)


def test_the_same_template_is_accepted(ledger: Ledger) -> None:
    ledger.check(_changed())


def test_a_change_in_place_is_accepted(ledger: Ledger) -> None:
    template = _changed()
    template["Resources"]["AuthUserPoolAB12CD34"]["Properties"]["MfaConfiguration"] = "ON"
    template["Resources"]["AuthUserPoolAB12CD34"]["Properties"]["Schema"].append({"Name": "level"})
    del template["Resources"]["Role"]
    ledger.check(template)


def test_a_new_logical_id_of_a_user_pool_would_make_new_users(ledger: Ledger) -> None:
    template = _changed()
    template["Resources"]["AuthUserPool2"] = template["Resources"].pop("AuthUserPoolAB12CD34")
    with pytest.raises(LedgerError, match="this update would make new users") as error:
        ledger.check(template)
    assert "override_logical_id('AuthUserPoolAB12CD34')" in str(error.value)


def test_a_renamed_construct_is_paired_with_the_new_one(ledger: Ledger) -> None:
    template = _changed()
    pool = template["Resources"].pop("AuthUserPoolAB12CD34")
    pool["Metadata"]["aws:cdk:path"] = "Docs/Login/UserPool/Resource"
    template["Resources"]["LoginUserPool"] = pool
    with pytest.raises(LedgerError, match=r"Docs/Auth/UserPool .* is gone \(Docs/Login/UserPool is new\)"):
        ledger.check(template)


@pytest.mark.parametrize(
    "properties",
    [
        {"UsernameAttributes": ["phone_number"]},
        {"UsernameAttributes": ["email"], "Schema": []},
        {"UsernameAttributes": ["email"], "Schema": [{"Name": "team", "Mutable": False}]},
    ],
)
def test_what_cognito_never_changes_is_refused(ledger: Ledger, properties: dict[str, Any]) -> None:
    template = _changed()
    template["Resources"]["AuthUserPoolAB12CD34"]["Properties"] = properties
    with pytest.raises(LedgerError, match="Cognito refuses this update"):
        ledger.check(template)


def test_another_key_of_a_table_would_start_it_anew(ledger: Ledger) -> None:
    template = _changed()
    template["Resources"]["Table"]["Properties"]["KeySchema"][0]["AttributeName"] = "id"
    with pytest.raises(LedgerError, match=r"KeySchema.*Every row"):
        ledger.check(template)


def test_a_new_resource_must_be_entered(ledger: Ledger) -> None:
    template = _changed()
    template["Resources"]["Bucket"] = {"Type": "AWS::S3::Bucket"}
    with pytest.raises(LedgerError, match=r"Bucket.*not in the ledger yet"):
        ledger.check(template)


def test_resources_of_one_name_in_two_templates_are_refused_because_the_loss_of_one_would_not_show(
    ledger: Ledger,
) -> None:
    with pytest.raises(LedgerError, match="two templates have a resource Table; check each"):
        ledger.check(_changed(), {"Resources": {"Table": TEMPLATE["Resources"]["Table"]}})


def test_a_missing_ledger_is_an_error_that_names_the_option(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="--ledger-update"):
        Ledger(tmp_path / "none.json", update=False).check(TEMPLATE)
