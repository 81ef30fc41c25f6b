"""The story has enough allowed and refused rows for every person."""

import json
from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest

from constructs_lib.client import ClientSettings
from constructs_lib.story import channels, files, shares
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


OWN = "private/${cognito-identity.amazonaws.com:sub}/*"


@pytest.mark.parametrize(
    ("paths", "owner", "reason"),
    [
        (["public/*", OWN], "identity", ""),
        (["public/*"], "sub", ""),
        (["gallery/*", OWN], "identity", "the bucket has no folder public/*"),
        (["public/*"], "identity", f"the bucket has no folder {OWN}"),
        (None, "identity", ""),
    ],
)
def test_the_chapter_about_files_is_left_out_for_a_bucket_with_other_folders(
    paths: list[str] | None, owner: str, reason: str
) -> None:
    bucket = {"bucketName": "b", **({} if paths is None else {"paths": {key: {} for key in paths}})}
    settings = SimpleNamespace(others={"buckets": json.dumps([json.dumps(bucket)])}, placeholders={"owner": owner})
    cast: Any = SimpleNamespace(bucket="b", settings=settings)
    assert files.misfit(cast) == reason


@pytest.mark.parametrize(("status", "reason"), [(404, "the API has no route GET /shares"), (403, ""), (200, "")])
def test_the_chapter_about_shares_is_left_out_for_an_api_without_its_route(status: int, reason: str) -> None:
    asked: list[str] = []

    def send(method: str, url: str, *, credentials: None) -> Any:
        asked.append(f"{method} {url} {credentials}")
        return SimpleNamespace(status_code=status)

    cast: Any = SimpleNamespace(api="https://api", app=SimpleNamespace(send=send))
    assert shares.misfit(cast) == reason
    assert asked == ["GET https://api/shares None"]
