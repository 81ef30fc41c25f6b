"""Places of tenants: what rules there mean, what they compile to, and what is refused."""

from collections.abc import Mapping, Sequence
from typing import Final

import pytest

from constructs_lib.access import Folder, Rule, Statement, Subject, SubjectKind, allow, compile_folders, parse_folders
from constructs_lib.access.folders import ONLY_OWNERS, opened_folders
from constructs_lib.access.value_formats import Form

VARIABLES: Final = {"owner": "${me}", "tenant": "${T}", "department": "${D}"}
FORMS: Final = {
    **ONLY_OWNERS,
    "tenant": Form.parse("[a-z0-9-]{3,36}"),
    "department": Form.parse("[A-Z]{2,5}"),
}
MEMBER: Final = frozenset({allow.authenticated, allow.owner, allow.tenant, allow.claim("department")})
ADMIN: Final = MEMBER | {allow.group("admins")}
GUEST: Final = frozenset({allow.guest, allow.guest_owner})
SHARED: Final = "tenants/{tenant}/shared/*"
PEOPLE: Final = "tenants/{tenant}/people/{owner}/*"
COMPANY: Final[Mapping[str, Sequence[Rule]]] = {
    SHARED: [allow.tenant.to("read"), allow.group("admins").to("read", "write", "delete")],
    PEOPLE: [
        allow.owner.to("read", "write", "delete"),
        allow.group("admins").to("read", everyone="tenant"),
    ],
}


def compiled(access: Mapping[str, Sequence[Rule]], subjects: frozenset[Subject]) -> list[Statement]:
    return compile_folders(parse_folders(access, FORMS), subjects, bucket_arn="B", variables=VARIABLES)


def listing(*prefixes: str) -> Statement:
    return Statement(
        actions=("s3:ListBucket",), resources=("B",), conditions={"StringLike": {"s3:prefix": list(prefixes)}}
    )


def reached(access: Mapping[str, Sequence[Rule]], subjects: frozenset[Subject], action: str) -> set[str]:
    return {
        resource
        for statement in compiled(access, subjects)
        if action in statement.actions and not statement.deny
        for resource in statement.resources
    }


def test_a_member_reaches_the_tenants_shared_folder_and_their_own() -> None:
    assert compiled(COMPANY, MEMBER) == [
        Statement(
            actions=(
                "s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:ListMultipartUploadParts",
                "s3:PutObject",
            ),
            resources=("B/tenants/${T}/people/${me}/*",),
        ),
        Statement(actions=("s3:GetObject",), resources=("B/tenants/${T}/shared/*",)),
        listing("tenants/${T}/people/${me}/*", "tenants/${T}/shared/*"),
    ]  # fmt: skip


def test_an_administrator_looks_after_everybody_of_their_own_tenant_and_of_no_other() -> None:
    assert reached(COMPANY, ADMIN, "s3:GetObject") == {"B/tenants/${T}/people/*/*", "B/tenants/${T}/shared/*"}
    assert reached(COMPANY, ADMIN, "s3:PutObject") == {"B/tenants/${T}/people/${me}/*", "B/tenants/${T}/shared/*"}


def test_what_is_opened_to_more_is_not_given_again_to_fewer() -> None:
    access = {
        "t/{tenant}/{owner}/*": [
            allow.group("admins").to("delete", everyone=True),
            allow.group("admins").to("get", everyone="tenant"),
            allow.owner.to("get", "delete"),
        ]
    }
    assert reached(access, ADMIN, "s3:DeleteObject") == {"B/t/*/*/*"}
    assert reached(access, ADMIN, "s3:GetObject") == {"B/t/${T}/*/*"}


def test_a_guest_reaches_nothing_of_a_tenant() -> None:
    assert compiled(COMPANY, GUEST) == []


@pytest.mark.parametrize("subject", [allow.authenticated, allow.tenant, allow.group("admins")])
def test_every_subject_at_a_tenants_place_means_the_callers_own_tenant(subject: Subject) -> None:
    assert reached({SHARED: [subject.to("get")]}, ADMIN, "s3:GetObject") == {"B/tenants/${T}/shared/*"}


def test_a_tenant_is_the_claim_of_that_name() -> None:
    assert allow.tenant == allow.claim("tenant")


def test_everybody_said_in_words_is_every_tenant() -> None:
    access = {"tenants/{tenant}/*": [allow.tenant.to("get"), allow.group("support").to("get", everyone=True)]}
    support = MEMBER | {allow.group("support")}
    assert reached(access, support, "s3:GetObject") == {"B/tenants/*/*"}
    assert reached(access, ADMIN, "s3:GetObject") == {"B/tenants/${T}/*"}


def test_what_is_opened_says_what_stays_the_callers_own() -> None:
    folders = parse_folders(COMPANY, FORMS)
    people = Folder.parse(PEOPLE, [*FORMS])
    assert opened_folders(folders, ADMIN) == {(people, 1): {"get", "list"}}
    assert opened_folders(folders, MEMBER) == {}


def test_a_folder_around_a_tenants_people_says_that_it_means_them() -> None:
    access = {
        "tenants/{tenant}/*": [allow.group("admins").to("read", everyone="tenant")],
        PEOPLE: [allow.owner.to("read", "write")],
    }
    assert reached(access, ADMIN, "s3:GetObject") == {"B/tenants/${T}/*", "B/tenants/${T}/people/${me}/*"}
    assert not any(statement.deny for statement in compiled(access, ADMIN))
    folders = parse_folders(access, FORMS)
    assert opened_folders(folders, ADMIN) == {(Folder.parse(PEOPLE, [*FORMS]), 1): {"get", "list"}}


def test_a_rule_on_a_tenants_folder_inside_another_replaces_the_outer_one_there() -> None:
    access = {
        "tenants/{tenant}/*": [allow.tenant.to("get", "delete")],
        "tenants/{tenant}/archive/*": [allow.tenant.to("get")],
    }
    denied = [statement for statement in compiled(access, MEMBER) if statement.deny]
    assert denied == [
        Statement(actions=("s3:DeleteObject",), resources=("B/tenants/${T}/archive/*",), deny=True),
    ]


def test_a_claim_of_another_name_comes_by_the_same_means() -> None:
    access = {
        "{tenant}/{department}/{owner}/*": [
            allow.owner.to("get", "write"),
            allow.claim("department").to("get", everyone="department"),
            allow.group("admins").to("get", "delete", everyone="tenant"),
        ]
    }
    assert reached(access, MEMBER, "s3:GetObject") == {"B/${T}/${D}/*/*"}
    assert reached(access, MEMBER, "s3:PutObject") == {"B/${T}/${D}/${me}/*"}
    assert reached(access, ADMIN, "s3:DeleteObject") == {"B/${T}/*/*/*"}


def test_a_function_reaches_every_tenant_only_by_saying_so() -> None:
    function = Subject(kind=SubjectKind.FUNCTION)
    assert reached(
        {"tenants/{tenant}/*": [function.to("get", everyone=True)]}, frozenset({function}), "s3:GetObject"
    ) == {"B/tenants/*/*"}
    with pytest.raises(ValueError, match="a function is not an owner"):
        parse_folders({"tenants/{tenant}/*": [function.to("get")]}, FORMS)


@pytest.mark.parametrize(
    ("access", "message"),
    [
        (
            {"shared/*": [allow.tenant.to("get")]},
            r"for allow\.tenant but not its placeholder; write shared/\{tenant\}/\*, or use",
        ),
        ({"a/{owner}/*": [allow.tenant.to("get")]}, r"write a/\{tenant\}/\{owner\}/\*, or use allow\.authenticated"),
        (
            {SHARED: [allow.claim("department").to("get")]},
            r"""'tenants/\{tenant\}/shared/\*' has a rule for allow\.claim\("department"\)""",
        ),
        ({SHARED: [allow.owner.to("get")]}, r"but no \{owner\}"),
        ({SHARED: [allow.guest.to("get")]}, r"put what guests can access in a path without \{tenant\}"),
        ({PEOPLE: [allow.guest_owner.to("get")]}, r"put what guests can access in a path without \{tenant\}"),
        ({PEOPLE: [allow.guest.to("get", everyone=True)]}, r"put what guests can access in a path without \{tenant\}"),
        (
            {PEOPLE: [allow.tenant.to("get")]},
            r"the rule for tenant on 'tenants/\{tenant\}/people/\{owner\}/\*' would open",
        ),
        (
            {PEOPLE: [allow.group("a").to("get")]},
            r"""the rule for group\("a"\) on 'tenants/\{tenant\}/people/\{owner\}/\*' would""",
        ),
        (
            {PEOPLE: [allow.group("a").to("get", everyone="region")]},
            r"/\{owner\}/\*' is not the name of a claim in that path or key; write everyone=True",
        ),
        (
            {PEOPLE: [allow.group("a").to("get", everyone="owner")]},
            r"/\{owner\}/\*' is not the name of a claim in that path or key; write everyone=True",
        ),
        (
            {"a/{owner}/*": [allow.group("a").to("get", everyone="tenant")]},
            r"/\{owner\}/\*' is not the name of a claim in that path or key; write everyone=True",
        ),
        ({PEOPLE: [allow.group("a").to("get", everyone=True)]}, r"IAM's '\*' also matches '/'"),
        ({SHARED: [allow.group("a").to("get", everyone=True)]}, r"IAM's '\*' also matches '/'"),
        ({"{tenant}/*": [allow.group("a").to("get", everyone=True)]}, "would open every folder of the bucket"),
        (
            {SHARED: [allow.group("a").to("get", everyone="tenant")]},
            r"everyone='tenant' on 'tenants/\{tenant\}/shared/\*' has no effect",
        ),
        (
            {
                "t/{tenant}/*": [allow.tenant.to("get")],
                "t/{tenant}/people/{owner}/*": [allow.owner.to("get")],
            },
            r"the folder of every owner .* write allow.tenant.to\(..., everyone='tenant'\) there",
        ),
        (
            {"t/*": [allow.group("a").to("get")], "t/{tenant}/*": [allow.tenant.to("get")]},
            r"covers the folder of every tenant .* everyone=True\) there",
        ),
        (
            {
                "t/{tenant}/{owner}/*": [allow.group("a").to("get", everyone="tenant")],
                "t/{tenant}/SHARED/*": [allow.tenant.to("get")],
            },
            "would also open 't/{tenant}/SHARED",
        ),
        ({"{owner}/{tenant}/*": [allow.owner.to("get")]}, r"has \{owner\} before \{tenant\}"),
        ({"{tenant}/x/{tenant}/*": [allow.tenant.to("get")]}, "more than once"),
        ({"t-{tenant}/*": [allow.tenant.to("get")]}, r"has \{tenant\} in the middle of a name"),
        (
            {"a/{region}/*": [allow.tenant.to("get")]},
            r"the placeholders here are \{owner\}, \{tenant\}, \{department\}",
        ),
        (
            {
                "{tenant}/{department}/{owner}/*": [
                    allow.owner.to("get"),
                    allow.claim("department").to("get", everyone="tenant"),
                ]
            },
            "contradicts itself",
        ),
        # A tenant may be called as the folder beside it is.
        (
            {"t/{tenant}/*": [allow.tenant.to("get")], "t/common/*": [allow.authenticated.to("get")]},
            r"'t/\{tenant\}/\*' and 't/common/\*' can be the same folder",
        ),
        (
            {
                "{tenant}/{owner}/*": [allow.group("a").to("get", everyone="tenant")],
                "acme/{tenant}/*": [allow.tenant.to("get")],
            },
            r"everyone='tenant' on '\{tenant\}/\{owner\}/\*' would also open 'acme/\{tenant\}/\*'",
        ),
        (
            {"t/{tenant}/x/*": [allow.tenant.to("get")], "t/common/*": [allow.authenticated.to("get")]},
            "can be the same folder",
        ),
        (
            {"t/{tenant}/*": [allow.tenant.to("get")], "t/common/x/*": [allow.authenticated.to("get")]},
            "can be the same folder",
        ),
    ],
)
def test_what_iam_could_not_hold_or_nobody_could_mean_is_refused(
    access: Mapping[str, Sequence[Rule]], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        parse_folders(access, FORMS)


@pytest.mark.parametrize(
    "access",
    [
        {"t/{tenant}/*": [allow.tenant.to("get")], "t/COMMON/*": [allow.authenticated.to("get")]},
        {"t/{tenant}/*": [allow.tenant.to("get")], "t/{department}/*": [allow.claim("department").to("get")]},
        {"t/{tenant}/a/*": [allow.tenant.to("get")], "t/common/b/*": [allow.authenticated.to("get")]},
        {"t/{tenant}/*": [allow.tenant.to("get")], "u/{owner}/*": [allow.owner.to("get")]},
    ],
)
def test_folders_that_no_value_makes_equal_are_accepted(access: Mapping[str, Sequence[Rule]]) -> None:
    parse_folders(access, FORMS)


def test_owners_and_tenants_that_may_be_called_alike_do_not_stand_beside_each_other() -> None:
    forms = {"owner": Form.parse("[0-9a-f-]{36}"), "tenant": Form.parse("[a-z0-9-]{3,36}")}
    access = {"t/{tenant}/*": [allow.tenant.to("get")], "t/{owner}/*": [allow.owner.to("get")]}
    with pytest.raises(ValueError, match="can be the same folder"):
        parse_folders(access, forms)


def test_a_tenant_rule_for_everybody_and_an_empty_claim_are_refused() -> None:
    with pytest.raises(ValueError, match="contradicts itself"):
        allow.tenant.to("get", everyone=True)
    with pytest.raises(ValueError, match="everyone='' is not the name of a claim"):
        allow.authenticated.to("get", everyone="")


@pytest.mark.parametrize("key", ["Tenant", "owner", "sub", "", "a-b", "a" * 33, "1a"])
def test_a_key_that_cannot_be_a_principal_tag_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="use up to 32 lower-case letters, digits and _, other than"):
        allow.claim(key)


def test_without_the_claim_a_placeholder_is_unknown() -> None:
    with pytest.raises(
        ValueError,
        match=r"the placeholders here are \{owner\}; .* \{tenant\} with Auth\(tenant=Tenant\(\)\)",
    ):
        parse_folders({SHARED: [allow.authenticated.to("get")]})


def test_a_placeholder_without_a_value_is_no_star() -> None:
    with pytest.raises(KeyError, match="tenant"):
        Folder.parse("tenants/{tenant}/*", ("tenant", "owner")).prefix({"owner": "o"})
