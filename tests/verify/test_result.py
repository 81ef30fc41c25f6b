"""A result is green when everything that was asked agrees and nothing is left."""

from typing import Any

import pytest

from constructs_lib.verify import Finding, Left, Outcome, Result, Run

RUN = Run(run_id="0123abcd", account="111122223333", region="eu-west-1")


def _found(outcome: Outcome) -> Finding:
    return Finding(check="one", outcome=outcome, what="Something holds.", detail="here is why")


def _result(*outcomes: Outcome, left: bool = False, stopped: str = "") -> Result:
    remains = (Left(kind="bucket", name="b", why="it is not empty", command="aws s3 rb s3://b --force"),)
    return Result(run=RUN, findings=tuple(map(_found, outcomes)), left=remains if left else (), stopped=stopped)


@pytest.mark.parametrize("outcome", [Outcome.DIFFERS, Outcome.FAILED])
def test_a_difference_is_not_status_0(outcome: Outcome) -> None:
    assert _result(Outcome.AGREES, outcome).status == 2


def test_what_was_not_checked_is_counted_by_itself() -> None:
    result = _result(Outcome.AGREES, Outcome.NOT_CHECKED)
    assert result.status == 0
    assert result.counts[Outcome.AGREES] == 1
    assert result.counts[Outcome.NOT_CHECKED] == 1


def test_remaining_resources_take_precedence_over_differences() -> None:
    assert _result(Outcome.AGREES, left=True).status == 4
    assert _result(Outcome.DIFFERS, left=True).status == 4


def test_a_run_that_ended_early_or_checked_nothing_is_not_status_0() -> None:
    assert _result(Outcome.AGREES, stopped="the credentials ended").status == 2
    assert _result().status == 2
    assert _result(Outcome.NOT_CHECKED).status == 2


@pytest.mark.parametrize("outcome", [Outcome.DIFFERS, Outcome.FAILED, Outcome.NOT_CHECKED])
def test_a_finding_without_agreement_has_a_detail(outcome: Outcome) -> None:
    with pytest.raises(ValueError, match="without a detail"):
        Finding(check="one", outcome=outcome, what="Something holds.")


@pytest.mark.parametrize("values", [{"run_id": "no"}, {"run_id": "0123ABCD"}, {"account": "12"}])
def test_a_run_has_ids_that_names_can_be_made_of(values: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="is not"):
        Run(**{"run_id": "0123abcd", "account": "111122223333", "region": "eu-west-1", **values})
