"""A stack in creation when the emulator ended gets a status from which the next deploy can start."""

from types import SimpleNamespace
from typing import Any

import pytest
from botocore.loaders import create_loader

from constructs_lib.local.emulator.interrupted_stacks import REASON, settle

MODEL = create_loader().load_service_model("cloudformation", "service-2")
STATUSES: list[str] = MODEL["shapes"]["StackStatus"]["enum"]


def settled(status: str) -> dict[str, Any]:
    stack = {"StackName": "S", "StackStatus": status}
    settle({"stacks": SimpleNamespace(_data={("1", "us-east-1", "S"): stack})})
    return stack


@pytest.mark.parametrize("status", STATUSES)
def test_every_status_of_aws_ends_as_one_in_which_nothing_is_under_way(status: str) -> None:
    after = settled(status)
    assert after["StackStatus"] in STATUSES
    if status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS":
        assert not after["StackStatus"].endswith("_IN_PROGRESS")
        assert after["StackStatusReason"] == REASON
    else:
        assert after == {"StackName": "S", "StackStatus": status}


def test_a_status_aws_does_not_have_is_damage() -> None:
    with pytest.raises(ValueError, match="S has the status ODD_IN_PROGRESS"):
        settled("ODD_IN_PROGRESS")


def test_settling_without_stacks_raises_nothing() -> None:
    settle({})
