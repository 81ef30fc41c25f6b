"""No caller reaches another's objects, but where a rule says everyone=True: proved from the finished templates."""

import json
from typing import Any, Final

import pytest

from constructs_lib.analysis.proof.findings import Report, Status
from constructs_lib.analysis.proof.prove import Accepted
from constructs_lib.ownership_metadata import OPENED_KEY
from tests.proofs import proof_of

Templates = dict[str, dict[str, Any]]
ME: Final = "${cognito-identity.amazonaws.com:sub}"
PRIVATE: Final = ("documents", "by_sub", "several", "with_function", "all_settings", "events")


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


def test_only_what_is_protected_is_read_by_others(templates: Templates) -> None:
    meant = Accepted.parse("FilesBucket7C17EE2E protected/{owner}/*:get,list")
    statuses = {finding.status for finding in proof(unsaid(templates["all_presets"]), meant).findings}
    assert statuses == {Status.PROVED, Status.ACCEPTED}
    assert {finding.status for finding in proof(templates["all_presets"]).findings} == statuses
    found = [f for f in proof(unsaid(templates["all_presets"])).findings if f.status is Status.COUNTEREXAMPLE]
    assert {action for finding in found for action in finding.actions} == {"s3:GetObject", "s3:ListBucket"}
    assert all("protected/{owner}" in finding.subject for finding in found)


@pytest.mark.parametrize(
    ("right", "wider"),
    [
        (f'/private/{ME}/*"', '/private/*"'),
        (f'/private/{ME}/*"', f'/private/*/{ME}/*"'),
        (f'"s3:prefix": ["private/{ME}/*"', '"s3:prefix": ["private/*"'),
        ('"StringLike": {"s3:prefix"', '"StringLikeIfExists": {"s3:prefix"'),
    ],
)
def test_a_wider_statement_is_no_longer_proved(templates: Templates, right: str, wider: str) -> None:
    text = json.dumps(templates["documents"])
    assert right in text
    report = proof(json.loads(text.replace(right, wider, 1)))
    assert Status.COUNTEREXAMPLE in {finding.status for finding in report.findings}
