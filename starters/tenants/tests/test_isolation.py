"""No user reaches another company's or a colleague's data: proved from the template, and asserted in sentences."""

from typing import Any

from constructs_lib.testing import assert_access, assert_isolated

ADMINISTRATORS = "rule:tenant_role Equals admins"


def test_companies_and_their_users_are_isolated(template: dict[str, Any]) -> None:
    assert_isolated(template)


def test_members_share_their_companys_data_and_have_a_private_folder(template: dict[str, Any]) -> None:
    assert_access(
        template,
        "authenticated",
        can=[
            "write Files tenants/{tenant}/shared/*",
            "delete Files tenants/{tenant}/people/{owner}/*",
            "list Projects {tenant}",
            "call Api GET /tenants/{tenant}/projects",
        ],
        cannot=[
            "get Files tenants/{other_tenant}/shared/*",
            "get Files tenants/{tenant}/people/{other}/*",
            "get Projects {other_tenant}",
            "call Api GET /tenants/{tenant}/members",
        ],
    )


def test_administrators_manage_only_their_own_company(template: dict[str, Any]) -> None:
    assert_access(
        template,
        ADMINISTRATORS,
        can=["get Files tenants/{tenant}/people/{other}/*", "delete Projects {tenant}"],
        cannot=[
            "write Files tenants/{tenant}/people/{other}/*",
            "get Files tenants/{other_tenant}/people/{other}/*",
            "call Api POST /tenants/{other_tenant}/members",
        ],
    )


def test_users_without_a_company_reach_no_companys_data(template: dict[str, Any]) -> None:
    for who in ("guest", "authenticated without tenant"):
        assert_access(template, who, can=["get Files public/*"], cannot=["get Files tenants/{other_tenant}/shared/*"])
