"""No caller reaches another's rows, but where a rule says everyone=True: proved from the finished templates."""

import json
from typing import Any, Final

import pytest

from constructs_lib.analysis.proof.findings import Report, Status
from constructs_lib.analysis.proof.prove import Accepted
from constructs_lib.ownership_metadata import OPENED_KEY
from tests.proofs import proof_of

Templates = dict[str, dict[str, Any]]
ME: Final = "${cognito-identity.amazonaws.com:sub}"
PRIVATE: Final = ("fewer_rules", "by_sub", "guest_owner", "several", "all_settings")


def unsaid(template: dict[str, Any]) -> dict[str, Any]:
    """Return a template that does not say what `everyone=True` opened."""
    stripped: dict[str, Any] = json.loads(json.dumps(template).replace(OPENED_KEY, "another-key"))
    return stripped


def proof(template: dict[str, Any], *accepted: Accepted) -> Report:
    return proof_of(template, name="Stack", accepted=accepted)


@pytest.mark.parametrize("name", PRIVATE)
def test_what_is_owned_is_proved_isolated(templates: Templates, name: str) -> None:
    report = proof(templates[name])
    assert report.owned
    assert {finding.status for finding in report.findings} == {Status.PROVED}


@pytest.mark.parametrize(("name", "verbs"), [("notes", "get"), ("indexed", "list,write")])
def test_only_who_may_by_everyone_reaches_others(templates: Templates, name: str, verbs: str) -> None:
    (owned,) = {found.subject for found in proof(unsaid(templates[name])).findings if found.subject.endswith("{owner}")}
    meant = Accepted.parse(f"{owned}:{verbs}:a member of group 'editors'")
    statuses = {finding.status for finding in proof(unsaid(templates[name]), meant).findings}
    assert statuses == {Status.PROVED, Status.ACCEPTED}
    assert {finding.status for finding in proof(templates[name]).findings} == {Status.PROVED, Status.ACCEPTED}
    found = [finding for finding in proof(unsaid(templates[name])).findings if finding.status is Status.COUNTEREXAMPLE]
    assert {finding.caller for finding in found} == {"a member of group 'editors'"}


KEYS: Final = f'"ForAllValues:StringEquals": {{"dynamodb:LeadingKeys": ["{ME}"]}}'


@pytest.mark.parametrize(
    ("right", "wider"),
    [
        (KEYS, '"StringEquals": {}'),
        (KEYS, KEYS.replace("ForAllValues", "ForAnyValue")),
        (KEYS, KEYS.replace("StringEquals", "StringLike").replace(ME, "us-*")),
    ],
    ids=["no key named", "one key named", "many keys"],
)
def test_a_wider_statement_is_no_longer_proved(templates: Templates, right: str, wider: str) -> None:
    text = json.dumps(templates["guest_owner"])
    assert right in text
    report = proof(json.loads(text.replace(right, wider, 1)))
    assert Status.COUNTEREXAMPLE in {finding.status for finding in report.findings}
