"""A project with a fake CDK, of its own or with a running emulator that tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from constructs_lib.local import emulator_lifecycle
from tests.local.damage.damages import Up
from tests.local.damage.fake_project import make_project


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give the tests that leave or find a running emulator one project."""
    project = make_project(tmp_path_factory.mktemp("running"))
    yield project
    emulator_lifecycle.stop(project / emulator_lifecycle.FOLDER)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    """Give a test its own project."""
    yield make_project(tmp_path / "project")
    emulator_lifecycle.stop(tmp_path / "project" / emulator_lifecycle.FOLDER)


@pytest.fixture
def up(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Up:
    return Up(capsys, monkeypatch)
