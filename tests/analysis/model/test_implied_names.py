"""What belongs to an owned resource is its owner's, too: the executions of a state machine, for example."""

import pytest

from constructs_lib.analysis.iam import catalogue
from constructs_lib.analysis.iam.arns import globs_meet
from constructs_lib.analysis.model.implied_names import IMPLIED, implied_names
from constructs_lib.analysis.proof.findings import Status
from tests.analysis.conftest import SUB
from tests.analysis.model.test_named_resources import arn, report
from tests.analysis.proof.test_traps import allow


def _arns(service: str) -> set[str]:
    actions = catalogue.actions_of(service)
    return {
        pattern
        for each in actions
        for kind in catalogue.resource_types(each)
        for pattern in catalogue.arn_patterns(each, kind)
    }


@pytest.mark.parametrize("service", IMPLIED)
def test_every_name_is_one_of_the_services_arns(service: str) -> None:
    known = _arns(service)
    for begin, others in IMPLIED[service].items():
        for name in (f"{begin}x", *(each.replace("{}", "x") for each in others)):
            assert any(globs_meet(f"*:{name}", each) and name.split("{")[0][:4] in each for each in known), name


def test_names_follow_from_what_is_owned_alone() -> None:
    assert list(implied_names("states", "stateMachine:u-x")) == ["execution:u-x:*", "express:u-x:*", "mapRun:u-x/*"]
    assert not list(implied_names("states", "activity:u-x"))
    assert not list(implied_names("sqs", "stateMachine:u-x"))


@pytest.mark.parametrize(
    ("where", "status"),
    [
        ("execution:u-*:*", Status.COUNTEREXAMPLE),
        (f"execution:u-{SUB}:*", Status.PROVED),
        ("execution:nightly:*", Status.UNDECIDED),
    ],
)
def test_the_history_of_anothers_execution_is_theirs(where: str, status: Status) -> None:
    own = allow("states:StartExecution", arn("states", f"stateMachine:u-{SUB}"))
    found = report(own, allow("states:GetExecutionHistory", arn("states", where)))
    assert found.status is status
    assert not any("execution" in each for each in report(own).warnings)
