"""Folder paths, and access maps that would widen somebody's access unsaid."""

from collections.abc import Mapping, Sequence

import pytest

from constructs_lib.access import Folder, Rule, allow, parse_folders
from constructs_lib.access.folders import _MAX_KEY, opened_folders, verbs_at_beginning, verbs_in


@pytest.mark.parametrize(
    ("path", "fix"),
    [
        ("/public/*", "public/*"),
        ("public", "public/*"),
        ("public/", "public/*"),
        ("a//b/*", "a/b/*"),
        ("//*", "*"),
        ("*", "public/*"),
        ("", "public/*"),
        ("pub*/*", "pub/*"),
        ("a/*/b/*", "a/{owner}/b/*"),
        ("a/?/*", "a/{owner}/*"),
        ("${aws:userid}/*", "{owner}/*"),
        ("private/{user}/*", "private/{owner}/*"),
        ("private/${cognito-identity.amazonaws.com:sub}/*", "private/{owner}/*"),
        ("private/*/{owner}/*", "private/{owner}/*"),
        ("private/{owner}/{file}/*", "private/{owner}/*"),
        ("private/user-$/*", "private/user-/*"),
        ("u-{owner}/*", "{owner}/*"),
        ("{owner}/x/{owner}/*", "{owner}/x/*"),
        ("a/../b/*", "a/b/*"),
        ("a/./b/*", "a/b/*"),
        ("*/*/*", "{owner}/name/*"),
    ],
)
def test_a_bad_path_is_refused_with_the_path_to_write(path: str, fix: str) -> None:
    with pytest.raises(ValueError, match="folder path") as refused:
        Folder.parse(path)
    assert repr(path) in str(refused.value)
    assert repr(fix) in str(refused.value)


@pytest.mark.parametrize("path", ["public/*", "{owner}/*", "private/{owner}/*", "private/{owner}/inbox/*", "a b/ü/*"])
def test_a_good_path_comes_back_as_written(path: str) -> None:
    assert str(Folder.parse(path)) == path


def test_a_path_too_long_for_a_key_is_refused() -> None:
    with pytest.raises(ValueError, match="1,024 bytes"):
        Folder.parse("ü" * 500 + "/*")


def test_containment_is_by_whole_names() -> None:
    outer = Folder.parse("a/b/*")
    assert outer.contains(Folder.parse("a/b/c/*"))
    assert not outer.contains(Folder.parse("a/bc/*"))
    assert not outer.contains(outer)


@pytest.mark.parametrize(
    ("access", "message"),
    [
        ({"public/*": [allow.owner.to("read")]}, r"rule for allow\.owner but no \{owner\}; write public/\{owner\}/\*"),
        ({"private/{owner}/*": [allow.authenticated.to("read")]}, "everyone=True"),
        (
            {"private/{owner}/*": [allow.guest.to("get")]},
            r"on 'private/\{owner\}/\*' would open the folder of every owner; write allow\.g",
        ),
        (
            {"private/{owner}/*": [allow.group("editors").to("get")]},
            r"on 'private/\{owner\}/\*' would open the folder of every owner; write allow\.g",
        ),
        ({"public/*": [allow.guest.to("read", everyone=True)]}, r"everyone=True on 'public/\*' has no effect"),
        (
            {"a/*": [allow.authenticated.to("read")], "a/{owner}/*": [allow.owner.to("read")]},
            r"write allow\..*\.to\(\.\.\., everyone=True\) there if this is intended, or move",
        ),
        (
            {"a/*": [allow.guest.to("read")], "a/b/{owner}/*": [allow.owner.to("read")]},
            r"write allow\..*\.to\(\.\.\., everyone=True\) there if this is intended, or move",
        ),
        (
            {"a/*": [allow.group("admins").to("read")], "a/{owner}/*": [allow.owner.to("read")]},
            r"""the rule for group\("admins"\) on 'a/\*' covers the folder of every""",
        ),
        (
            {
                "a/*": [allow.group("admins").to("read", everyone=True), allow.guest.to("get")],
                "a/{owner}/*": [allow.owner.to("read")],
            },
            "the rule for guest on 'a/",
        ),
        (
            {
                "a/*": [allow.group("admins").to("read", everyone=True)],
                "a/{owner}/*": [allow.owner.to("read")],
                "a/{owner}/locked/*": [allow.owner.to("read")],
            },
            "would also open 'a/{owner}/locked/",
        ),
        (
            {"private/{owner}/public/*": [allow.authenticated.to("read", everyone=True)]},
            r"IAM's '\*' also matches '/'",
        ),
        (
            {
                "p/{owner}/*": [allow.authenticated.to("read", everyone=True)],
                "p/staff/*": [allow.group("editors").to("read")],
            },
            "would also open 'p/staff/",
        ),
        (
            {
                "p/{owner}/*": [allow.authenticated.to("read", everyone=True)],
                "p/{owner}/locked/*": [allow.owner.to("read")],
            },
            "would also open 'p/{owner}/locked/",
        ),
    ],
)
def test_a_map_that_would_widen_access_unsaid_is_refused(access: Mapping[str, Sequence[Rule]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_folders(access)


def test_an_owners_folder_beside_a_literal_one_is_accepted() -> None:
    parse_folders({"a/{owner}/*": [allow.owner.to("read")], "a/help/*": [allow.guest.to("read")]})


def test_an_object_has_no_attributes() -> None:
    with pytest.raises(ValueError, match=r"the rule for guest on 'public/\*' has attributes="):
        parse_folders({"public/*": [allow.guest.to("get", attributes=["title"])]})


def test_everyone_cannot_open_owners_folders_that_stand_at_the_root() -> None:
    """The statement would name `*/*`, which is also folders without a rule, such as an existing bucket's."""
    with pytest.raises(ValueError, match=r"would open every folder of the bucket.* protected/\{owner\}/\*"):
        parse_folders({"{owner}/*": [allow.authenticated.to("read", everyone=True)]})


@pytest.mark.parametrize(
    ("path", "rule", "verbs"),
    [
        ("private/{owner}/*", allow.authenticated.to("get", "list", everyone=True), {"get"}),
        ("private/{owner}/*", allow.owner.to("get", "list"), {"get", "list"}),
        ("public/*", allow.guest.to("get", "list"), {"get", "list"}),
    ],
)
def test_who_lists_each_owners_folder_does_not_list_the_owners(path: str, rule: Rule, verbs: set[str]) -> None:
    assert verbs_at_beginning(Folder.parse(path), rule) == verbs


def test_what_an_outer_and_an_inner_rule_open_of_a_folder_adds_up() -> None:
    outer, inner = Folder.parse("a/*"), Folder.parse("a/{owner}/*")
    rules = {
        outer: [allow.authenticated.to("get", everyone=True)],
        inner: [allow.authenticated.to("list", everyone=True), allow.guest.to("write", everyone=True)],
    }
    opened = opened_folders(rules, frozenset({allow.authenticated}))
    assert opened == {(inner, 0): {"get", "list"}}


def test_what_two_rules_open_in_one_folder_adds_up() -> None:
    folder = Folder.parse("a/{owner}/*")
    rules = [allow.authenticated.to("get", everyone=True), allow.guest.to("list", everyone=True)]
    assert verbs_in(folder, rules, frozenset({allow.authenticated, allow.guest})).opened == {0: {"get", "list"}}


def test_the_owner_is_written_after_the_tenant() -> None:
    with pytest.raises(ValueError, match=r"before \{tenant\}") as refused:
        Folder.parse("a/{owner}/b/{tenant}/*", ["owner", "tenant"])
    assert "'a/b/{tenant}/{owner}/*'" in str(refused.value)


def test_a_path_leaves_room_for_a_name_in_a_key() -> None:
    assert Folder.parse("a" * _MAX_KEY + "/*")
    with pytest.raises(ValueError, match="bytes"):
        Folder.parse("a" * (_MAX_KEY + 1) + "/*")


def test_a_placeholder_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(ValueError, match=r"\{owner\}, \{tenant\}; .*'a/\{owner\}/\*'.*\(tenant=Tenant\(\)\)"):
        Folder.parse("a/{user}/*", ["owner", "tenant"])


def test_a_wildcard_in_a_path_is_named() -> None:
    with pytest.raises(ValueError, match=r"wildcard or reserved character in 'pub\*'"):
        Folder.parse("pub*/*")
