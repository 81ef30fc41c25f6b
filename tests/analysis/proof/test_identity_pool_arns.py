"""The ID of the pool in the ARN of an identity's datasets has no slash and does not say whose they are."""

from typing import Final

import pytest

from constructs_lib.analysis.proof.findings import Status
from tests.analysis.conftest import SUB, Document
from tests.analysis.proof.test_holes import proved
from tests.analysis.proof.test_traps import allow, deny

POOL: Final = "us-east-1:11111111-1111-1111-1111-111111111111"


def datasets(name: str) -> str:
    return f"arn:aws:cognito-sync:us-east-1:123456789012:identitypool/{name}"


OWN: Final = allow("cognito-sync:*", datasets(f"*/identity/{SUB}/dataset/*"))
READ: Final = "cognito-sync:ListRecords"


def but(name: str) -> list[Document]:
    """Return the right to read everything and a Deny of all but some datasets."""
    refused = {**deny("cognito-sync:*", "*"), "NotResource": datasets(name)}
    del refused["Resource"]
    return [allow(READ, datasets("*")), refused]


CASES: Final[dict[str, tuple[list[Document], Status]]] = {
    "one's own of any pool": ([], Status.PROVED),
    "one's own of a pool": ([allow(READ, datasets(f"{POOL}/identity/{SUB}/*"))], Status.PROVED),
    "everybody's of any pool": ([allow(READ, datasets("*/identity/*"))], Status.COUNTEREXAMPLE),
    "everybody's of a pool": ([allow(READ, datasets(f"{POOL}/identity/*"))], Status.COUNTEREXAMPLE),
    "all of a pool": ([allow(READ, datasets(f"{POOL}/*"))], Status.COUNTEREXAMPLE),
    "all of pools by their beginning": ([allow(READ, datasets("us-east-1:*"))], Status.COUNTEREXAMPLE),
    "all, denied but one's own": (but(f"*/identity/{SUB}/*"), Status.PROVED),
    "all, denied but everybody's of a pool": (but(f"{POOL}/identity/*"), Status.COUNTEREXAMPLE),
    "all, denied in another pool": (
        [allow(READ, datasets("*")), deny(READ, datasets(f"{POOL}/identity/*"))], Status.COUNTEREXAMPLE
    ),
    "all, denied in every pool": (
        [allow(READ, datasets("*")), deny(READ, datasets("*/identity/*"))], Status.UNDECIDED
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_datasets_are_owned_in_whatever_pool(name: str) -> None:
    statements, status = CASES[name]
    report = proved([OWN, *statements])
    assert report.status is status, [each.story for each in report.findings if each.story]
