"""The rights of a hundred folders fit IAM's limits, and being cut to fit changes nobody's access."""

import json
from typing import Any, Final

import pytest
from aws_cdk import App, Stack

from constructs_lib.access import allow
from constructs_lib.analysis import Template
from constructs_lib.analysis.diff import compare
from constructs_lib.auth import Auth, Group
from constructs_lib.auth import role_policies as limits
from constructs_lib.storage import Storage

FOLDERS: Final = 100
LONGEST: Final = {"Ref": 20, "Fn::GetAtt": 90}
"""What takes the place of a name that is not yet known: a bucket's ARN has at most 90 characters."""
Document = dict[str, Any]


def synthesize(folders: int) -> Document:
    app = App()
    stack = Stack(app, "Many")
    auth = Auth(stack, "Auth", groups=[Group("editors")])
    access = {
        f"folder-{number:03}-with-a-name-of-usual-length/{{owner}}/*": [allow.owner.to("read", "write", "delete")]
        for number in range(folders)
    }
    Storage(stack, "Files", auth=auth, access=access)
    template: Document = app.synth().get_stack_by_name("Many").template
    return template


def policies(template: Document, kind: str) -> list[Document]:
    return [each["Properties"] for each in template["Resources"].values() if each["Type"] == kind]


def size(value: Any) -> int:
    """Return how many characters IAM counts, names that are not yet known taken at their longest."""
    match value:
        case {"Fn::Join": [_, parts]}:
            return sum(size(part) if isinstance(part, dict) else len(part) for part in parts)
        case {"Ref": _} | {"Fn::GetAtt": _}:
            return LONGEST[next(iter(value))]
        case dict():
            return 1 + sum(len(json.dumps(key)) + 2 + size(each) for key, each in value.items())
        case list():
            return 1 + sum(1 + size(each) for each in value)
    return len(json.dumps(value))


@pytest.fixture(scope="module")
def packed() -> Document:
    return synthesize(FOLDERS)


def test_every_policy_of_a_role_is_within_iams_limits(packed: Document) -> None:
    inline, managed = policies(packed, "AWS::IAM::Policy"), policies(packed, "AWS::IAM::ManagedPolicy")
    assert len(inline) == 2
    assert 2 <= len(managed) <= 2 * 10
    assert max(size(each["PolicyDocument"]) for each in inline) <= 10_240
    assert max(size(each["PolicyDocument"]) for each in managed) <= 6_144


def test_a_folder_takes_no_more_than_275_characters_of_a_role(packed: Document) -> None:
    kinds = ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")
    total = sum(size(each["PolicyDocument"]) for kind in kinds for each in policies(packed, kind))
    assert total / 2 / FOLDERS <= 275


@pytest.mark.parametrize("folders", [6])
def test_access_is_proved_the_same_before_and_after_packing(monkeypatch: pytest.MonkeyPatch, folders: int) -> None:
    monkeypatch.setattr(limits, "INLINE_LIMIT", 900)
    monkeypatch.setattr(limits, "MANAGED_LIMIT", 900)
    monkeypatch.setattr(limits, "MANAGED_PER_ROLE", 100)
    monkeypatch.setattr(limits, "_STATEMENT_LIMIT", 700)
    cut = synthesize(folders)
    monkeypatch.undo()
    monkeypatch.setattr(limits, "INLINE_LIMIT", 1_000_000)
    monkeypatch.setattr(limits, "_STATEMENT_LIMIT", 1_000_000)
    whole = synthesize(folders)
    assert len(policies(cut, "AWS::IAM::ManagedPolicy")) >= 2
    assert policies(whole, "AWS::IAM::ManagedPolicy") == []
    assert compare([template(whole)], [template(cut)]).changes == ()
    lost = json.loads(json.dumps(cut).replace("/folder-000-with", "/folder-xxx-with", 1))
    assert compare([template(whole)], [template(lost)]).changes != ()


def template(body: Document) -> Template:
    return Template(name="Many", body=body, source="test")
