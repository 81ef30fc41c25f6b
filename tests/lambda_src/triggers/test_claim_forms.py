"""A user gets a token only if the access-deciding claims match their declared form."""

import json
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

Load = Callable[..., ModuleType]
FORMS = json.dumps({"custom:tenant": "[a-z0-9-]{3,36}", "custom:department": r"\d{2}"})


def event(**attributes: str) -> dict[str, Any]:
    return {"request": {"userAttributes": {f"custom:{name}": value for name, value in attributes.items()}}}


@pytest.mark.parametrize("attributes", [{}, {"tenant": "acme"}, {"tenant": "a-1", "department": "42"}])
def test_a_user_whose_claims_fit_gets_the_token_as_it_is(load: Load, attributes: dict[str, str]) -> None:
    asked = event(**attributes)
    assert load("claim_forms", CLAIM_FORMS=FORMS).handler(asked, None) is asked


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("tenant", ""),
        ("tenant", "ab"),
        ("tenant", "acme/other"),
        ("tenant", "acme\n"),
        ("tenant", "Acme"),
        ("tenant", "*" * 5),
        ("tenant", "a" * 37),
        ("department", "4"),
        ("department", "٤٢"),
    ],
)
def test_a_user_whose_claim_does_not_fit_gets_none(load: Load, name: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"custom:{name} has an invalid value; ask an administrator"):
        load("claim_forms", CLAIM_FORMS=FORMS).handler(event(**{name: value}), None)


def test_a_machine_has_no_attributes_and_gets_its_token(load: Load) -> None:
    assert load("claim_forms", CLAIM_FORMS=FORMS).handler({"request": {}}, None) == {"request": {}}


def test_without_the_forms_nobody_gets_a_token(load: Load) -> None:
    with pytest.raises(KeyError, match="CLAIM_FORMS"):
        load("claim_forms")
