"""What is kept about users, and who may write it."""

from collections.abc import Callable
from typing import Any

import pytest

from constructs_lib.auth import Attribute, SignIn
from constructs_lib.auth.attributes import MAX_CUSTOM_ATTRIBUTES, AttributeSet
from constructs_lib.pool_fingerprint import FINGERPRINT_KEY

Find = Callable[[str], Any]


def test_the_schema_holds_what_differs_from_the_defaults_each_with_its_type(resources: Find) -> None:
    assert resources("attributes").named("AuthUserPool")["Schema"] == [
        {
            "Name": "age",
            "AttributeDataType": "Number",
            "Mutable": True,
            "NumberAttributeConstraints": {"MinValue": "0", "MaxValue": "150"},
        },
        {"Name": "birth", "AttributeDataType": "DateTime", "Mutable": False},
        {"Name": "email", "AttributeDataType": "String", "Mutable": True, "Required": True},
        {"Name": "given_name", "AttributeDataType": "String", "Mutable": True, "Required": True},
        {
            "Name": "motto",
            "AttributeDataType": "String",
            "Mutable": True,
            "StringAttributeConstraints": {"MinLength": "1", "MaxLength": "80"},
        },
        {"Name": "tier", "AttributeDataType": "String", "Mutable": True},
    ]


def test_users_write_only_what_was_opened_to_them(resources: Find) -> None:
    found = resources("attributes")
    assert found.named("AuthWebClient")["WriteAttributes"] == ["custom:motto", "email", "given_name", "locale", "name"]
    assert found.named("AuthNativeClient")["WriteAttributes"] == ["email", "given_name"]
    assert resources("plain_auth").named("AuthWebClient")["WriteAttributes"] == ["email", "locale", "name"]


def test_clients_read_all_attributes_unless_they_name_some(resources: Find) -> None:
    found = resources("attributes")
    read = found.named("AuthWebClient")["ReadAttributes"]
    assert {"custom:tier", "custom:motto", "custom:age", "custom:birth", "email", "email_verified"} <= {*read}
    assert found.named("AuthNativeClient")["ReadAttributes"] == ["email"]
    assert "ReadAttributes" not in resources("plain_auth").named("AuthWebClient")


def test_the_template_remembers_what_can_never_change(resources: Find) -> None:
    fingerprint = resources("attributes").whole("AuthUserPool")["Metadata"][FINGERPRINT_KEY]
    assert fingerprint["username_attributes"] == ["email"]
    assert fingerprint["case_sensitive"] is False
    assert fingerprint["required_attributes"] == ["email", "given_name"]
    assert sorted(fingerprint["custom_attributes"]) == ["age", "birth", "motto", "tier"]
    assert fingerprint["custom_attributes"]["birth"]["mutable"] is False


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("custom:tier", {}, "remove the prefix"),
        ("a" * 21, {}, "has 21 characters; use 1 to 20 characters"),
        ("two words", {}, "attribute='two words' contains ' '; use 1 to 20 characters without white"),
        ("sub", {}, "attribute 'sub' is written by Cognito only"),
        ("tier", {"required": True}, "custom attribute 'tier' is required"),
        ("tier", {"type": "Text"}, "type='Text' is unknown"),
        ("nickname", {"max": 9}, "standard attribute 'nickname' has a fixed type and fixed bounds"),
        ("flag", {"type": "Boolean", "max": 1}, "attribute 'flag' of type Boolean cannot have bounds"),
    ],
)
def test_attributes_that_cognito_refuses_are_refused_at_once(name: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Attribute(name, **options)


def test_a_pool_has_fifty_custom_attributes_at_most() -> None:
    many = [Attribute(f"a{number}") for number in range(MAX_CUSTOM_ATTRIBUTES + 1)]
    AttributeSet(many[:-1], SignIn(email=False, username=True))
    with pytest.raises(
        ValueError, match=r"50 custom and 1 required or immutable standard .* at most 50 in CloudFormation"
    ):
        AttributeSet(many[:-1], SignIn())
    with pytest.raises(ValueError, match="user pool has at most 50; remove some"):
        AttributeSet(many, SignIn())


def test_an_attribute_is_declared_once() -> None:
    with pytest.raises(ValueError, match="attribute 'tier' is declared more than once"):
        AttributeSet([Attribute("tier"), Attribute("tier")], SignIn())
