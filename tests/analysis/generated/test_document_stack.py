"""The document stack with one addition that opens owned data: each addition is found."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.analysis.proof.findings import Report, Status
from tests.analysis.generated.openings_of_identity import OPENINGS
from tests.proofs import proof_of

SNAPSHOTS = Path(__file__).parents[2] / "stacks/__snapshots__/test_document_stack"
(FILE,) = (path for path in SNAPSHOTS.iterdir() if "[dev]" in path.name)
BODY = json.loads(FILE.read_text(encoding="utf-8"))


def proved(body: dict[str, Any]) -> Report:
    return proof_of(body, name="Documents")


def test_the_stack_itself_is_proved() -> None:
    assert proved(BODY).status is Status.PROVED


@pytest.mark.parametrize("name", OPENINGS)
def test_what_opens_it_is_an_attack_or_undecided_and_told(name: str) -> None:
    body = copy.deepcopy(BODY)
    OPENINGS[name](body)
    assert body != BODY
    report = proved(body)
    assert report.status is not Status.PROVED
    assert all(each.story for each in report.findings if each.status is not Status.PROVED)
