"""What `everyone=True` opens is proved as what it is: meant, named in the report, and nothing beyond it."""

import copy
import json
from collections.abc import Callable
from typing import Any, TypeAlias

import pytest
from aws_cdk import App, Stack
from aws_cdk.assertions import Template

from constructs_lib.access import Rule, allow
from constructs_lib.analysis.proof.findings import Status
from constructs_lib.analysis.proof.prove import prove
from constructs_lib.auth import Auth, Group
from constructs_lib.database import OwnedTable
from constructs_lib.ownership_metadata import OPENED_KEY
from constructs_lib.storage import Storage
from constructs_lib.testing.models import models_of

ADMINS = allow.group("admins").to("read", everyone=True)
OWN = [allow.owner.to("read", "write")]
MAPS: dict[str, dict[str, list[Rule]]] = {
    "who the owners are too": {"private/*": [ADMINS], "private/{owner}/*": OWN},
    "each owner's folder": {"private/{owner}/*": [*OWN, ADMINS]},
}
Change: TypeAlias = Callable[[dict[str, Any]], dict[str, Any]]


def statuses(template: Any) -> set[tuple[str, str, Status]]:
    found = prove(models_of(template)).findings
    return {
        (each.caller, each.subject.partition(" ")[2], each.status) for each in found if each.status is not Status.PROVED
    }


@pytest.fixture(scope="module", params=MAPS)
def template(request: pytest.FixtureRequest) -> dict[str, Any]:
    stack = Stack(App(), "S")
    auth = Auth(stack, "Auth", groups=[Group("admins"), Group("staff")])
    Storage(stack, "Files", auth=auth, access=MAPS[request.param])
    return dict(Template.from_stack(stack).to_json())


def test_an_administrator_may_read_all_and_the_report_says_so(template: dict[str, Any]) -> None:
    assert statuses(template) == {("a member of group 'admins'", "private/{owner}/*", Status.ACCEPTED)}


def _rename(old: str, new: str) -> Change:
    return lambda template: dict(json.loads(json.dumps(template).replace(old, new)))


def _changed(change: Callable[[list[dict[str, Any]]], Any]) -> Change:
    def made(template: dict[str, Any]) -> dict[str, Any]:
        (bucket,) = (each for each in template["Resources"].values() if each["Type"] == "AWS::S3::Bucket")
        change(bucket["Metadata"][OPENED_KEY])
        return template

    return made


@pytest.mark.parametrize(
    "widen",
    [
        _rename('"Action": "s3:GetObject"', '"Action": "s3:DeleteObject"'),
        _changed(lambda entries: entries.clear()),
        _changed(lambda entries: entries[0].update(caller="group:staff")),
        _changed(lambda entries: entries[0].update(caller="authenticated")),
        _changed(lambda entries: entries[0].update(actions=["s3:ListBucket"])),
        _changed(lambda entries: entries[0].update(actions="s3:*")),
        _changed(lambda entries: entries[0].update(actions=["s3:*"])),
        _changed(lambda entries: entries[0].update(place="*")),
        _changed(lambda entries: entries[0].update(place="private/*")),
    ],
)
def test_anything_beyond_what_the_template_says_is_an_attack(template: dict[str, Any], widen: Change) -> None:
    found = statuses(widen(copy.deepcopy(template)))
    assert ("a member of group 'admins'", "private/{owner}/*", Status.COUNTEREXAMPLE) in found


def test_whoever_else_gets_the_same_rights_is_an_attacker(template: dict[str, Any]) -> None:
    wider = copy.deepcopy(template)
    policies = {name: each for name, each in wider["Resources"].items() if each["Type"] == "AWS::IAM::Policy"}
    (admins,) = (each for name, each in policies.items() if "admins" in name)
    (staff,) = (each for name, each in policies.items() if "staff" in name)
    staff["Properties"]["PolicyDocument"] = admins["Properties"]["PolicyDocument"]
    assert ("a member of group 'staff'", "private/{owner}/*", Status.COUNTEREXAMPLE) in statuses(wider)


def test_rows_that_everyone_reads_are_meant() -> None:
    stack = Stack(App(), "S")
    auth = Auth(stack, "Auth", groups=[Group("admins")])
    OwnedTable(stack, "Notes", auth=auth, access=[*OWN, ADMINS])
    assert statuses(Template.from_stack(stack)) == {("a member of group 'admins'", "{owner}", Status.ACCEPTED)}
