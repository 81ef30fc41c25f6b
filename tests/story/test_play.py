"""The story has enough allowed and refused rows for every person."""

import json
from collections import Counter
from typing import Any

import pytest

from constructs_lib.client import ClientSettings
from constructs_lib.story import channels
from constructs_lib.story.play import CHAPTERS, play
from constructs_lib.story.row import Expected

ROWS = [row for rows in CHAPTERS.values() for row in rows()]


def test_more_than_forty_calls_are_made_and_both_answers_are_expected_in_every_chapter() -> None:
    assert len(ROWS) > 100
    for title, rows in CHAPTERS.items():
        assert {row.expected for row in rows()} == set(Expected), title


def test_no_two_rows_say_the_same() -> None:
    repeated = [sentence for sentence, times in Counter((row.who, row.what) for row in ROWS).items() if times > 1]
    assert repeated == []


def test_every_role_is_refused_something() -> None:
    refused = {row.who for row in ROWS if row.expected is Expected.REFUSED}
    assert {"Alice", "Bob", "Editor", "Guest", "Stranger", "Mallory", "Newcomer"} <= refused


def test_an_app_of_tenants_that_lacks_what_the_story_is_about_is_told_what_before_anybody_signs_up() -> None:
    settings = ClientSettings(
        region="us-east-1", user_pool_id="us-east-1_p", user_pool_client_id="c", identity_pool_id="us-east-1:i",
        others={"BucketName": "b"}, placeholders={"owner": "sub", "tenant": "custom:tenant"},
    )  # fmt: skip
    nobody: Any = None
    with pytest.raises(ValueError, match=r"no output ProjectsTableName and ApiUrl.*cognito-app console"):
        play(settings, endpoint_url="http://127.0.0.1:9", admin=nobody, console=nobody)


@pytest.mark.parametrize(
    ("custom", "others", "applies"),
    [
        ({"events": {}, "notifier": "n", "placeholders": {"tenant": "custom:tenant"}}, {}, True),
        ({"events": {}, "notifier": "n"}, {}, False),
        ({"events": {}, "placeholders": {"tenant": "custom:tenant"}}, {}, False),
        ({"notifier": "n", "placeholders": {"tenant": "custom:tenant"}}, {}, False),
        ({"events": {}, "notifier": "n", "placeholders": {"tenant": "custom:tenant"}}, {"BucketName": "b"}, False),
        ({}, {}, False),
    ],
)
def test_the_newsroom_is_told_only_on_an_app_that_has_all_of_it(
    custom: dict[str, Any], others: dict[str, str], *, applies: bool
) -> None:
    settings = ClientSettings(
        region="us-east-1", user_pool_id="us-east-1_p", user_pool_client_id="c", identity_pool_id="us-east-1:i",
        others={"customOutputs": json.dumps({"custom": custom}), **others}, placeholders=custom.get("placeholders", {}),
    )  # fmt: skip
    assert channels.applies_to(settings) is applies
