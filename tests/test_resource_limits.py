"""What CloudFormation's schemas say of a value, from the schemas themselves."""

import json
import runpy
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import Fn, Token

from constructs_lib.resource_limits import accepts, check_limits, limits_of

ROOT = Path(__file__).parents[1]
GROUP = ("AWS::Cognito::UserPoolGroup", "GroupName")
MINIMUM = ("AWS::Cognito::UserPool", "Policies.PasswordPolicy.MinimumLength")
TIER = ("AWS::Cognito::UserPool", "UserPoolTier")
URLS = ("AWS::Cognito::UserPoolClient", "CallbackURLs")
BODY = ("AWS::Cognito::UserPool", "VerificationMessageTemplate.EmailMessage")


def test_the_data_is_that_of_the_installed_schemas() -> None:
    tool = runpy.run_path(str(ROOT / "tools" / "extract_limits.py"))
    shipped = json.loads((ROOT / "constructs_lib" / "resource_limits.json").read_text())
    assert shipped == tool["extract"](), "run: python tools/extract_limits.py"
    installed = json.loads((tool["DATA"] / "version.json").read_text())
    assert shipped["date"] == installed["schema_date"][:10]


def test_each_pattern_that_is_shipped_can_be_read() -> None:
    types = json.loads((ROOT / "constructs_lib" / "resource_limits.json").read_text())["types"]
    patterns = [(name, path) for name, paths in types.items() for path, limits in paths.items() if "pattern" in limits]
    assert len(patterns) > 90
    for name, path in patterns:
        accepts("ä 1", name, path)


@pytest.mark.parametrize("value", ["org:1", "tenant#admins", "größe", "日本", "a\u0301", "[x]", "${Token[Name.1]}"])
def test_letters_marks_symbols_numbers_and_punctuation_of_any_script_are_taken(value: str) -> None:
    check_limits("name", value, *GROUP)
    assert accepts(value, *GROUP)


@pytest.mark.parametrize(
    ("value", "place", "message"),
    [
        ("a b", GROUP, "use 1 to 128 characters that match"),
        ("a\n", GROUP, r"name='a\\n' contains '\\n'"),
        ("a\u00a0b", GROUP, r"name='a\\xa0b' contains '\\xa0'"),
        ("\u00a0", GROUP, r"characters that match \^\[\\p\{L\}\\p\{M\}\\p\{S\}\\p\{N\}\\p\{P\}"),
        ("", GROUP, "is empty"),
        ("x" * 129, GROUP, "has 129 characters"),
        (5, MINIMUM, "use 6 to 99 for MinimumLength of AWS::Cognito::UserPool"),
        ("GOLD", TIER, "name='GOLD' is unknown; use LITE, ESSENTIALS, PLUS for UserPoolTier of"),
        (["x"] * 101, URLS, "has 101 values; use 0 to 100 values for"),
        ("hello", BODY, "has 5 characters"),
        ("hello you {##here##}", BODY, r"characters that match \^\[\\p\{L\}\\p\{M\}\\p\{S\}\\p\{N\}\\p\{P\}"),
        ("größe²", ("AWS::Cognito::UserPoolClient", "ClientName"), "name='größe²' contains '²'"),
    ],
)
def test_what_the_schema_refuses_is_refused_with_what_it_takes(
    value: Any, place: tuple[str, str], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        check_limits("name", value, *place)


def test_a_remedy_may_be_said_in_better_words() -> None:
    with pytest.raises(ValueError, match="name='a b' contains ' '; use letters"):
        check_limits("name", "a b", *GROUP, write="use letters")


def test_a_value_known_only_at_deploy_is_accepted() -> None:
    check_limits("name", Token.as_string({"Ref": "Name"}), *GROUP)
    check_limits("least", Token.as_number({"Ref": "Least"}), *MINIMUM)
    check_limits("urls", Fn.split(",", Token.as_string({"Ref": "Urls"})), *URLS)


def test_a_check_of_what_the_schema_says_nothing_about_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        limits_of("AWS::Cognito::UserPool", "Arn")
    with pytest.raises(KeyError):
        check_limits("name", "x", "AWS::Nothing::There", "Name")
