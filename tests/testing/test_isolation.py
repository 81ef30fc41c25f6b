"""`assert_isolated` passes what is proved and fails with the attack."""

import subprocess
import sys

import pytest

from constructs_lib.testing import assert_isolated
from tests.analysis.conftest import BUCKET, SUB, join, template

OWN = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": join(BUCKET, f"/private/{SUB}/*")}
OTHERS = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": join(BUCKET, "/private/*")}


def test_an_isolated_template_passes() -> None:
    assert_isolated(template([OWN]))


def test_an_attack_fails_with_its_story() -> None:
    with pytest.raises(AssertionError) as caught:
        assert_isolated(template([OWN, OTHERS]))
    assert "can call s3:GetObject on arn:aws:s3:::Bucket/private/" in str(caught.value)
    assert "because of Allow s3:GetObject on arn:aws:s3:::Bucket/private/*" in str(caught.value)


def test_what_is_accepted_is_no_attack() -> None:
    assert_isolated(template([OWN, OTHERS]), accept=["Bucket private/{owner}/*:get"])


@pytest.mark.parametrize(
    ("accepted", "remedy"),
    [
        (["Bucket private/{owner}/*:get,write"], r"write 'Bucket private/\{owner\}/\*:get'"),
        (["Bucket private/{owner}/*:get", "Bucket private/{owner}/*:list"], "remove it"),
    ],
)
def test_an_acceptance_of_what_nobody_has_is_refused(accepted: list[str], remedy: str) -> None:
    """It would hide who comes to have it."""
    with pytest.raises(ValueError, match=f"has no effect, because no caller can .* others' data there, .*; {remedy}"):
        assert_isolated(template([OWN, OTHERS]), accept=accepted)


def test_a_forgotten_owner_fails_where_one_is_expected() -> None:
    table = {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": {"Fn::GetAtt": ["Table", "Arn"]}}
    assert_isolated(template([OWN, table]))
    assert_isolated(template([OWN, table]), owned=["Bucket"])
    with pytest.raises(AssertionError, match="Table is expected to have owners, but no policy ties it to a caller"):
        assert_isolated(template([OWN, table]), owned=["Bucket", "Table"])


def test_a_template_in_which_nothing_is_owned_proves_nothing() -> None:
    with pytest.raises(AssertionError, match="nothing is owned"):
        assert_isolated(template([]))


def test_an_acceptance_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(ValueError, match="is not PLACE:VERBS"):
        assert_isolated(template([OWN]), accept=["private"])


def test_a_cdk_template_object_will_do_and_the_assertions_start_no_node() -> None:
    class Synthesized:
        def to_json(self) -> dict[str, object]:
            return template([OWN])

    assert_isolated(Synthesized())
    code = (
        "import sys, constructs_lib.testing as t; t.assert_access, t.assert_isolated\n"
        "sys.exit(','.join({'aws_cdk', 'jsii'} & sys.modules.keys()) or 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
