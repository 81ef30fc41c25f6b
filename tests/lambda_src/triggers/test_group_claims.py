"""Group claims in tokens."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

Load = Callable[..., ModuleType]


def claims(trigger: ModuleType, groups: list[str] | None) -> Any:
    configuration = {} if groups is None else {"groupsToOverride": groups}
    event = {"request": {"groupConfiguration": configuration}, "response": {}}
    details = trigger.handler(event, None)["response"]["claimsAndScopeOverrideDetails"]
    assert details["idTokenGeneration"] == details["accessTokenGeneration"]
    assert sorted(details) == ["accessTokenGeneration", "idTokenGeneration"]
    return details["idTokenGeneration"]["claimsToAddOrOverride"]


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        (None, {}),
        ([], {}),
        (["readers"], {}),
        (["editors"], {"may_edit": True}),
        (["editors", "admins", "readers"], {"may_edit": True, "may_invite": True}),
        (["editorsx"], {}),
        (["a=b,c"], {"odd": True}),
    ],
)
def test_each_group_brings_its_claim_to_both_tokens(load: Load, groups: list[str] | None, expected: Any) -> None:
    trigger = load("group_claims", GROUP_CLAIMS='{"editors": "may_edit", "admins": "may_invite", "a=b,c": "odd"}')
    assert claims(trigger, groups) == expected


def test_without_a_list_tokens_stay_as_they_are(load: Load) -> None:
    assert claims(load("group_claims", GROUP_CLAIMS=""), ["editors"]) == {}
