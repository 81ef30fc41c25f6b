"""Progress on stderr: a line for each step, and on a terminal the seconds of the current one."""

import io
import re
import time

import pytest
from rich.console import Console

from constructs_lib.cli import console, verify_place
from constructs_lib.cli.console import step, steps
from constructs_lib.local import LocalCloud, LocalCloudError


@pytest.fixture(params=[False, True], ids=["pipe", "terminal"])
def written(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """Give what the commands write to stderr, a pipe or a terminal."""
    output = io.StringIO()
    terminal = Console(file=output, force_terminal=request.param, width=80, color_system=None)
    monkeypatch.setattr(console, "err", terminal)
    return output


def test_each_of_several_steps_is_shown_when_it_starts_and_counted_on_a_terminal(written: io.StringIO) -> None:
    with steps(time.monotonic()) as say:
        say("first step")
        assert " 0.0 s  first step\n" in written.getvalue()
        say("second step")
        time.sleep(0.3)
    text = written.getvalue()
    assert len(re.findall(r"\d\.\d s  second step\n", text)) == 1
    counted = re.findall(r"second step 0:00:0\d", text)
    assert bool(counted) == console.err.is_terminal


def test_a_step_names_what_fails(written: io.StringIO) -> None:
    with pytest.raises(LocalCloudError), step("Starting the local cloud"):
        raise LocalCloudError("no; add one")
    assert "failed Starting the local cloud" in written.getvalue()


def test_a_check_of_the_local_cloud_shows_that_it_starts_one(
    written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start(**_: object) -> None:
        assert "Starting the local cloud" in written.getvalue()
        raise LocalCloudError("no; add one")

    monkeypatch.setattr(LocalCloud, "attach", lambda: None)
    monkeypatch.setattr(LocalCloud, "__init__", lambda _, **options: start(**options))
    with pytest.raises(LocalCloudError), verify_place.open_place(local=True, profile=None):
        pass
