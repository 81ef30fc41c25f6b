"""Declared sharing names its caller, and callers of several identity pools can have that name."""

import pytest

from constructs_lib.analysis.proof.findings import Status
from constructs_lib.ownership_metadata import OPENED_KEY, OWNED_KEY
from tests.analysis.conftest import BUCKET, SUB, Document, join, template, trust
from tests.proofs import proof_of

PLACE = f"private/{SUB}/*"
EVERYBODYS: Document = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": join(BUCKET, "/private/*")}
OWN: Document = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": join(BUCKET, f"/{PLACE}")}


def status(*, other: list[Document] | None, mine: Document = EVERYBODYS) -> Status:
    """Return the verdict if signed-in users may get all users' files, and users of another pool these."""
    body = template([mine])
    body["Resources"]["Bucket"]["Metadata"] = {
        OWNED_KEY: [PLACE],
        OPENED_KEY: [{"place": PLACE, "caller": "authenticated", "actions": ["s3:GetObject"]}],
    }
    if other is not None:
        second = template(other, user_trust=trust(aud={"Ref": "OtherPool"}))["Resources"]
        second["Attachment"]["Properties"] = {
            "IdentityPoolId": {"Ref": "OtherPool"},
            "Roles": {"authenticated": {"Fn::GetAtt": ["OtherUser", "Arn"]}},
        }
        body["Resources"] |= {f"Other{name}": second[name] for name in ("Pool", "User", "Attachment")}
    return proof_of(body).status


def test_what_is_opened_to_the_only_pools_users_is_meant() -> None:
    assert status(other=None) is Status.PROVED


@pytest.mark.parametrize("mine", [OWN, EVERYBODYS])
def test_a_second_pools_users_of_that_name_are_told(mine: Document) -> None:
    assert status(other=[EVERYBODYS], mine=mine) is Status.UNDECIDED
