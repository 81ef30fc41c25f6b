"""Indexes of tables: which of them a pattern may name, and which the owner's key does not limit."""

import pytest

from constructs_lib.analysis.proof.findings import Status
from tests.analysis.conftest import SUB, TABLE, Document, join, template
from tests.analysis.proof.test_traps import allow
from tests.proofs import proof_of

OWN = {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [SUB]}, "Null": {"dynamodb:LeadingKeys": "false"}}
ROWS = allow("dynamodb:GetItem", TABLE, OWN)
ALL_INDEXES = allow("dynamodb:Query", "arn:aws:dynamodb:*:*:table/*/index/*")


def _status(*statements: Document, index: tuple[str, ...] = ()) -> Status:
    body = template([*statements])
    keys = [{"AttributeName": name, "KeyType": "HASH"} for name in index]
    if index:
        table = body["Resources"]["Table"]["Properties"]
        table["GlobalSecondaryIndexes"] = [{"IndexName": "g", "KeySchema": keys}]
    return proof_of(body).status


def test_a_pattern_of_indexes_is_about_no_table_without_an_index() -> None:
    assert _status(ROWS, ALL_INDEXES) is Status.PROVED
    assert _status(ROWS, ALL_INDEXES, index=("kind",)) is Status.COUNTEREXAMPLE


@pytest.mark.parametrize("index", ["index/g", "index/*"])
def test_the_owners_key_does_not_limit_an_index_of_several_attributes(index: str) -> None:
    query = allow("dynamodb:Query", join(TABLE, f"/{index}"), OWN)
    assert _status(ROWS, query, index=("owner",)) is Status.PROVED
    assert _status(ROWS, query, index=("owner", "kind")) is Status.COUNTEREXAMPLE
    assert _status(ROWS, index=("owner", "kind")) is Status.PROVED
