"""Tests speak of the caller's own tenant and of another."""

import pytest

from constructs_lib.testing import assert_access
from tests.analysis.tenants import tenants_template

PEOPLE = ["tenants/{other_tenant}/people/{owner}/*", "tenants/{other_tenant}/people/{other}/*"]


def test_members_reach_their_tenant_and_no_other() -> None:
    assert_access(
        tenants_template(),
        "authenticated",
        can=[
            "get Bucket tenants/{tenant}/shared/*",
            "list Bucket tenants/{tenant}/shared/*",
            "write Bucket tenants/{tenant}/people/{owner}/*",
            "get Table {tenant}",
            "write Notes TENANT#{tenant}#{owner}",
            "call Api GET /tenants/{tenant}/projects",
        ],
        cannot=[
            "get Bucket tenants/{other_tenant}/shared/*",
            "list Bucket tenants/{other_tenant}/*",
            "write Bucket tenants/{tenant}/shared/*",
            "get Bucket tenants/{tenant}/people/{other}/*",
            *(f"get Bucket {place}" for place in PEOPLE),
            "get Table {other_tenant}",
            "get Notes TENANT#{tenant}#{other}",
            "get Notes TENANT#{other_tenant}#{owner}",
            "get Notes TENANT#{other_tenant}#{other}",
            "call Api GET /tenants/{other_tenant}/projects",
        ],
    )


def test_administrators_reach_everybody_of_their_tenant() -> None:
    assert_access(
        tenants_template(),
        "group:admins",
        can=["get Bucket tenants/{tenant}/people/{other}/*", "delete Bucket tenants/{tenant}/shared/*"],
        cannot=["write Bucket tenants/{tenant}/people/{other}/*", *(f"get Bucket {place}" for place in PEOPLE)],
    )


def test_who_has_no_tenant_and_guests_reach_none() -> None:
    for who in ("authenticated without tenant", "group:admins without tenant", "guest"):
        assert_access(
            tenants_template(),
            who,
            cannot=["get Bucket tenants/{other_tenant}/*", "get Table {other_tenant}", "get Bucket tenants/{tenant}/*"],
        )
        with pytest.raises(AssertionError, match="has no tenant"):
            assert_access(tenants_template(), who, can=["get Bucket tenants/{tenant}/shared/*"])


@pytest.mark.parametrize(
    "claim", ["get Bucket tenants/{other_tenant}/shared/*", "call Api GET /tenants/{other_tenant}/projects"]
)
def test_a_wrong_claim_about_another_tenant_fails(claim: str) -> None:
    with pytest.raises(AssertionError, match="does not keep"):
        assert_access(tenants_template(), "authenticated", can=[claim])


def test_a_word_that_stands_for_nobody_is_refused_with_those_that_do() -> None:
    with pytest.raises(
        ValueError, match=r"which is not a placeholder there; use \{owner\} and \{other\}, \{tenant\} and"
    ):
        assert_access(tenants_template(), "authenticated", cannot=["get Bucket tenants/{tenat}/*"])
