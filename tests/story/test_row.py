"""A row is as expected only if the call has the expected verdict for the expected reason."""

from typing import cast

import pytest
from botocore.exceptions import ClientError
from requests import ConnectionError as NoConnection

from constructs_lib.story.refusals import Refused
from constructs_lib.story.row import Row, WrongAnswerError, allowed, expect, refused
from constructs_lib.story.users import Cast

NOBODY = cast("Cast", None)


def raising(error: Exception) -> Row:
    def call(_: Cast) -> None:
        raise error

    return refused("Alice", "reads", call)


def client_error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": ""}}, "GetObject")


def test_a_call_that_goes_through_is_expected_of_an_allowed_row_only() -> None:
    assert allowed("Alice", "reads", lambda _: None).run(NOBODY).as_expected
    verdict = refused("Alice", "reads", lambda _: None).run(NOBODY)
    assert (verdict.got, verdict.as_expected) == ("allowed", False)


@pytest.mark.parametrize("error", [client_error("AccessDenied"), Refused("403")])
def test_a_refusal_is_expected_of_a_refused_row_only(error: Exception) -> None:
    row = raising(error)
    assert row.run(NOBODY).as_expected
    assert not allowed("Alice", "reads", row.call).run(NOBODY).as_expected


@pytest.mark.parametrize(
    "error",
    [client_error("NoSuchKey"), client_error("ValidationException"), WrongAnswerError("empty"), NoConnection()],
)
def test_any_other_error_is_a_surprise_even_where_a_refusal_is_expected(error: Exception) -> None:
    verdict = raising(error).run(NOBODY)
    assert not verdict.as_expected
    assert verdict.got.startswith("failed")


def test_a_row_may_name_its_own_way_of_refusing() -> None:
    row = refused(
        "Mallory", "signs in", raising(client_error("NotAuthorizedException")).call, {"NotAuthorizedException"}
    )
    assert row.run(NOBODY).as_expected
    assert not refused("Mallory", "signs in", row.call).run(NOBODY).as_expected


def test_a_wrong_answer_says_what_was_wrong() -> None:
    with pytest.raises(WrongAnswerError, match="the list is empty"):
        expect(False, "the list is empty")
