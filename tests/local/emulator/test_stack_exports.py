"""Exports between stacks, as CloudFormation guards them."""

import json
import time
from typing import Any

import pytest

pytestmark = pytest.mark.slow


def queue(**outputs: Any) -> dict[str, Any]:
    return {"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}, "Outputs": outputs}


def exported(name: str, value: Any) -> dict[str, Any]:
    return {"Value": value, "Export": {"Name": name}}


def importing(name: str) -> dict[str, Any]:
    return queue(Seen={"Value": {"Fn::ImportValue": name}})


def deploy(emulator: Any, name: str, template: dict[str, Any], *, update: bool = False) -> tuple[str, str]:
    """Create or update a stack; return its status and the reasons in its events."""
    client = emulator.admin("cloudformation")
    (client.update_stack if update else client.create_stack)(StackName=name, TemplateBody=json.dumps(template))
    deadline = time.monotonic() + 20
    while True:
        status = str(client.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"])
        if not status.endswith("IN_PROGRESS"):
            events = client.describe_stack_events(StackName=name)["StackEvents"]
            return status, " ".join(event.get("ResourceStatusReason", "") for event in events)
        assert time.monotonic() < deadline, status
        time.sleep(0.02)


@pytest.fixture
def pair(emulator: Any) -> tuple[str, str, str]:
    """A stack that exports a value, the export's name, and a stack that imports it."""
    maker, user, name = emulator.name("maker"), emulator.name("user"), emulator.name("export")
    assert deploy(emulator, maker, queue(Out=exported(name, "one")))[0] == "CREATE_COMPLETE"
    assert deploy(emulator, user, importing(name))[0] == "CREATE_COMPLETE"
    return maker, name, user


def test_an_export_in_use_is_not_removed(emulator: Any, pair: tuple[str, str, str]) -> None:
    maker, name, user = pair
    status, reasons = deploy(emulator, maker, queue(), update=True)
    assert status == "UPDATE_ROLLBACK_COMPLETE"
    assert f"Export {name} cannot be deleted as it is in use by {user}" in reasons


def test_an_export_in_use_is_not_changed(emulator: Any, pair: tuple[str, str, str]) -> None:
    maker, name, user = pair
    status, reasons = deploy(emulator, maker, queue(Out=exported(name, "two")), update=True)
    assert status == "UPDATE_ROLLBACK_COMPLETE"
    assert f"Export {name} cannot be updated as it is in use by {user}" in reasons


def test_an_export_that_nobody_uses_any_more_goes_and_cannot_be_imported(
    emulator: Any, pair: tuple[str, str, str]
) -> None:
    maker, name, user = pair
    assert deploy(emulator, user, queue(Seen={"Value": "own"}), update=True)[0] == "UPDATE_COMPLETE"
    assert deploy(emulator, maker, queue(Out={"Value": "one"}), update=True)[0] == "UPDATE_COMPLETE"
    status, reasons = deploy(emulator, emulator.name("late"), importing(name))
    assert status == "ROLLBACK_COMPLETE"
    assert name in reasons


def test_a_name_belongs_to_the_stack_that_exported_it_first(emulator: Any, pair: tuple[str, str, str]) -> None:
    maker, name, _ = pair
    status, reasons = deploy(emulator, emulator.name("second"), queue(Out=exported(name, "three")))
    assert status == "ROLLBACK_COMPLETE"
    assert f"Export with name {name} is already exported by stack {maker}" in reasons
