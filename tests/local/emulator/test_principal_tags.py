"""Tags from claims follow STS's rules, or the session gets no credentials."""

from typing import Any

import pytest

from constructs_lib.local.emulator.principal_tags import RefusedTagsError, tags_of


def tagged(claims: dict[str, Any], **tags: str) -> dict[str, str]:
    return tags_of({"UseDefaults": False, "PrincipalTags": tags or {"tenant": "custom:tenant"}}, claims)


@pytest.mark.parametrize(
    ("value", "tag"),
    [
        ("acme", "acme"),
        ("a/b", "a/b"),
        ("", ""),
        ("Größe 日本", "Größe 日本"),
        (7, "7"),
        (True, "true"),
        ("x" * 256, "x" * 256),
    ],
)
def test_a_claim_is_a_tag_as_it_stands(value: Any, tag: str) -> None:
    assert tagged({"custom:tenant": value}) == {"tenant": tag}


@pytest.mark.parametrize("claims", [{}, {"custom:tenant": None}, {"tenant": "acme"}])
def test_a_claim_that_is_missing_is_no_tag(claims: dict[str, Any]) -> None:
    assert tagged(claims) == {}


@pytest.mark.parametrize(
    "value", ["x" * 257, "a*", "a?", "a#b", "${x}", "a,b", "a\nb", "a\tb", ["acme"], {"a": "b"}, "a\u200b"], ids=repr
)
def test_a_claim_that_sts_refuses_gives_no_credentials(value: Any) -> None:
    with pytest.raises(RefusedTagsError):
        tagged({"custom:tenant": value})


@pytest.mark.parametrize(
    ("claims", "tags"),
    [
        ({"a": "x", "b": "y"}, {"Tenant": "a", "tenant": "b"}),
        ({"a": "x" * 230, "b": "y" * 230}, {"first": "a", "second": "b"}),
        ({"a": "x"}, {"k" * 129: "a"}),
        ({"a": "x"}, {"k#": "a"}),
    ],
    ids=["two keys in another case", "more than 460 bytes", "a long key", "a key with another character"],
)
def test_tags_that_sts_refuses_together_give_no_credentials(claims: dict[str, str], tags: dict[str, str]) -> None:
    with pytest.raises(RefusedTagsError):
        tagged(claims, **tags)


def test_what_is_just_as_long_as_sts_takes_is_taken() -> None:
    assert tagged({"a": "x", "b": "y"}, **{"k": "a", "l" * 128: "b"}) == {"k": "x", "l" * 128: "y"}
    longest = tagged({"a": "x" * 229, "b": "y" * 229}, k="a", l="b")
    assert sum(len(key + value) for key, value in longest.items()) == 460


@pytest.mark.parametrize("char", ["\x00", "\x01"])
def test_a_control_character_is_no_part_of_a_tag(char: str) -> None:
    with pytest.raises(RefusedTagsError):
        tagged({"custom:tenant": char})


def test_defaults_are_username_and_client() -> None:
    assert tags_of({"UseDefaults": True, "PrincipalTags": {}}, {"sub": "s", "aud": "c"}) == {
        "username": "s",
        "client": "c",
    }
    assert tags_of(None, {"sub": "s"}) == {}
