"""A live response is compared completely with a recorded one, except for the normalisations."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.verify.replay import NORMALISATIONS, comparing
from constructs_lib.verify.replay.binding import Bindings
from constructs_lib.verify.replay.comparing import compare

POOL = {"Id": "eu-west-1_⟪pool-1⟫", "Status": "Enabled", "MfaConfiguration": "OFF", "Domains": ["a", "b"]}
LIVE = {"Id": "eu-west-1_Xk29DfQw7", "Status": "Enabled", "MfaConfiguration": "OFF", "Domains": ["b", "a"]}


def ways(recorded: Any, live: Any, bindings: Bindings | None = None) -> list[str]:
    return list(compare(recorded, live, bindings or Bindings({})))


def test_an_answer_agrees_with_itself_under_other_identifiers() -> None:
    bindings = Bindings({})
    assert ways(POOL, LIVE, bindings) == []
    assert bindings["⟪pool-1⟫"] == "Xk29DfQw7"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"Status": "Disabled"}, "answer.Status is 'Disabled', recorded: 'Enabled'"),
        ({"Status": ""}, "answer.Status is '', recorded: 'Enabled'"),
        ({"Status": None}, "answer.Status is NoneType, recorded: str 'Enabled'"),
        ({"Status": ["Enabled"]}, "answer.Status is list, recorded: str 'Enabled'"),
        ({"Domains": ["a"]}, "answer.Domains[] has 1 elements, recorded: 2"),
        ({"Domains": ["a", "b", "b"]}, "answer.Domains[] has 3 elements, recorded: 2"),
        ({"Domains": ["a", "c"]}, "answer.Domains[] is 'c', recorded: 'b'"),
        ({"Domains": []}, "answer.Domains[] has 0 elements, recorded: 2"),
        ({"Arn": "x"}, "answer.Arn is not in the recording"),
        ({"Id": "us-east-1_Xk29DfQw7"}, "answer.Id is 'us-east-1_Xk29DfQw7', recorded: 'eu-west-1_⟪pool-1⟫'"),
        ({"Id": "eu-west-1_"}, "answer.Id is 'eu-west-1_', recorded: 'eu-west-1_⟪pool-1⟫'"),
    ],
)
def test_every_change_is_reported(change: dict[str, Any], said: str) -> None:
    assert ways(POOL, {**LIVE, **change}) == [said]


def test_a_missing_member_is_reported() -> None:
    assert ways(POOL, {name: each for name, each in LIVE.items() if name != "Status"}) == ["answer.Status is missing"]


def test_the_same_placeholder_is_the_same_value_wherever_it_comes() -> None:
    bindings = Bindings({})
    assert ways({"Owner": "⟪uuid-1⟫"}, {"Owner": "alice"}, bindings) == []
    assert ways({"Key": "private/⟪uuid-1⟫/x"}, {"Key": "private/alice/x"}, bindings) == []
    assert ways({"Key": "private/⟪uuid-1⟫/x"}, {"Key": "private/bob/x"}, bindings) == [
        "answer.Key is 'private/bob/x', recorded: 'private/⟪uuid-1⟫/x'"
    ]


def test_another_spelling_of_a_value_is_that_of_the_live_one() -> None:
    bindings = Bindings({"⟪uuid-1⟫": "alice"})
    assert bindings.filled({"Path": "/users/⟪uuid-1:upper⟫"}) == {"Path": "/users/ALICE"}
    assert ways({"Path": "/users/⟪uuid-1:upper⟫"}, {"Path": "/users/ALICE"}, bindings) == []
    assert ways({"Path": "/users/⟪uuid-1:upper⟫"}, {"Path": "/users/alice"}, bindings)


def test_equal_times_need_not_be_equal_again() -> None:
    assert ways({"Made": "⟪date-1⟫", "Changed": "⟪date-1⟫"}, {"Made": "now", "Changed": "later"}) == []


def test_elements_of_lists_are_held_against_their_likes() -> None:
    recorded = [{"Name": "sub", "Value": "⟪uuid-1⟫"}, {"Name": "email", "Value": "⟪email-1⟫"}]
    live = [{"Name": "email", "Value": "a@example.com"}, {"Name": "sub", "Value": "1"}]
    bindings = Bindings({})
    assert ways(recorded, live, bindings) == []
    assert bindings["⟪uuid-1⟫"] == "1"


def test_json_in_texts_is_compared_as_what_it_says() -> None:
    assert ways('{"a": 1, "b": [2]}', '{"b":[2],"a":1}') == []
    assert ways('{"a": 1}', '{"a": 2}') == ["answer.a is 2, recorded: 1"]


@pytest.mark.parametrize(
    ("recorded", "live"),
    [({"Enabled": True}, {"Enabled": False}), ({"Enabled": True}, {"Enabled": 1}), ({"Most": 3}, {"Most": 4})],
)
def test_switches_and_settings_are_no_amounts(recorded: Any, live: Any) -> None:
    assert ways(recorded, live)


NORMALISED = [
    ("identifiers", {"Id": "⟪id-1⟫"}, {"Id": "x"}),
    ("prose", {"message": "Not authorized."}, {"message": "You may not."}),
    ("amounts", {"CodeSize": 3}, {"CodeSize": 4}),
    ("histories", {"StackEvents": [{"Status": "A"}, {"Status": "A"}]}, {"StackEvents": [{"Status": "A"}]}),
    ("order", {"Names": ["a", "b"]}, {"Names": ["b", "a"]}),
]


@pytest.mark.parametrize(("name", "recorded", "live"), NORMALISED)
def test_each_normalisation_lets_just_that_pass(name: str, recorded: Any, live: Any) -> None:
    del name
    assert ways(recorded, live) == []
    assert ways({"State": recorded, "Other": "a"}, {"State": live, "Other": "b"})


ANSWERS = (
    *("Status", "StackStatus", "State", "EvalDecision", "Effect", "Action", "Resource", "Principal", "UserStatus"),
    *("Enabled", "AccessKeyId", "Role", "PolicyDocument", "Code", "MfaConfiguration", "TokenType", "token_use", "iss"),
    *("aud", "sub", "groups", "Groups", "Outputs", "OutputValue", "Stacks", "Contents", "Items", "Count", "KeyCount"),
    *("MaxSessionDuration", "RefreshTokenValidity", "MinimumLength", "MaxAgeSeconds", "version", "Errors", "Deleted"),
)
"""Members that say who is who, who may do what, and how things stand."""


def test_a_normalisation_covers_the_members_it_names_and_no_others() -> None:
    """Widened by a word it would let a state, a verdict or an access through."""
    covered = {each for each in ANSWERS if any(one.covers(each) for one in NORMALISATIONS)}
    assert covered == set()


def test_a_widened_normalisation_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "PROSE", replace(comparing.PROSE, members=re.compile(".*")))
    assert ways(POOL, {**LIVE, "Status": "Disabled"}) == []


def test_every_normalisation_says_why() -> None:
    assert {each.name for each in NORMALISATIONS} == {name for name, _, _ in NORMALISED} | {"repeated", "headers"}
    assert all(len(each.why.split()) > 8 for each in NORMALISATIONS)


def test_the_page_names_every_normalisation() -> None:
    page = Path(__file__).parents[3] / "docs" / "verify.md"
    rows = [f"| {each.name} | {each.why} |" for each in NORMALISATIONS]
    assert "\n".join(rows) in page.read_text(encoding="utf-8")
