"""A trust policy that allows more principals is gained access, one that allows fewer is lost access."""

from typing import Any

import pytest

from constructs_lib.analysis.diff.compare import compare
from constructs_lib.analysis.template.templates import Template
from tests.analysis.conftest import BUCKET, SUB, Document, join, template, trust

OWN = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": join(BUCKET, f"/private/{SUB}/*")}


def _version(user_trust: Document, **more: Any) -> list[Template]:
    return [Template(name="T", body=template([OWN], user_trust=user_trust, **more), source="test")]


def test_a_trust_that_no_longer_asks_for_the_pool_is_access_gained() -> None:
    found = compare(_version(trust()), _version(trust(aud="none")))
    assert [each.sentence for each in found.gained] == ["A user of another identity pool can now take the role User"]
    assert found.gained[0].request is not None
    assert found.gained[0].because


def test_a_trust_that_asks_for_the_pool_again_is_access_lost() -> None:
    found = compare(_version(trust(aud="none")), _version(trust()))
    assert found.gained == ()
    assert {each.who[0] for each in found.lost} == {"A user of another identity pool"}


def test_a_trust_that_no_longer_asks_for_the_login_opens_it_to_guests() -> None:
    found = compare(_version(trust(), guest=[]), _version(trust(amr=None), guest=[]))
    assert [each.sentence for each in found.gained] == ["A guest can now take the role User"]


def test_guests_who_are_switched_on_can_take_what_asks_for_no_login() -> None:
    attachment = {"Attachment": template([])["Resources"]["Attachment"]}
    pool = {"Pool": {"Type": "AWS::Cognito::IdentityPool", "Properties": {"AllowUnauthenticatedIdentities": True}}}
    found = compare(_version(trust(amr=None)), _version(trust(amr=None), more=pool | attachment))
    assert [each.sentence for each in found.gained] == ["A guest can now take the role User"]


def test_a_pool_that_is_named_by_its_id_is_not_known() -> None:
    named = trust(aud="us-east-1:12345678-1234-1234-1234-123456789012")
    found = compare(_version(trust()), _version(named))
    assert found.changes == ()
    assert any("may be able to take the role User" in each for each in found.undecided)


def test_a_trust_in_another_pools_users_that_is_no_longer_known_is_no_loss() -> None:
    named = trust(aud="us-east-1:12345678-1234-1234-1234-123456789012")
    found = compare(_version(trust(aud="none")), _version(named))
    assert not any("another identity pool" in each.sentence for each in found.changes)
    assert any("may be able to take the role User" in each for each in found.undecided)


def test_an_equal_trust_is_no_change() -> None:
    found = compare(_version(trust(aud="none")), _version(trust(aud="none")))
    assert (found.changes, found.undecided) == ((), ())


def _tagged(statement: Document, **tags: str) -> list[Template]:
    body = template([statement])
    body["Resources"]["User"]["Properties"]["Tags"] = [{"Key": key, "Value": value} for key, value in tags.items()]
    return [Template(name="T", body=body, source="test")]


@pytest.mark.parametrize(
    "statement",
    [
        {**OWN, "Resource": join(BUCKET, "/teams/${aws:PrincipalTag/Team}/*")},
        {**OWN, "Condition": {"StringEquals": {"aws:principaltag/team": "blue"}}},
    ],
)
@pytest.mark.parametrize(("old", "new"), [({"Team": "red"}, {"Team": "blue"}), ({}, {"Team": "blue"})])
def test_a_tag_of_a_role_that_policies_compare_is_not_compared(
    statement: Document, old: dict[str, str], new: dict[str, str]
) -> None:
    for before, after in ((old, new), (new, old)):
        found = compare(_tagged(statement, **before), _tagged(statement, **after)).undecided
        assert any("the role User changes its tag team, which policies compare" in each for each in found)


def test_a_tag_that_no_policy_compares_is_no_change() -> None:
    statement = {**OWN, "Condition": {"StringEquals": {"aws:PrincipalTag/team": "blue"}}}
    found = compare(_tagged(statement, stage="one"), _tagged(statement, stage="two"))
    assert (found.changes, found.undecided) == ((), ())
