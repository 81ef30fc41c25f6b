"""The library as a user has it: installed from its wheel, with nothing of this repository or this run around."""

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from constructs_lib.local import emulator_lifecycle

REPOSITORY = Path(__file__).parents[2]
LOCK = REPOSITORY / "requirements.lock"
BIN = Path(sys.executable).parent
OF_THIS_RUN = ("VIRTUAL_ENV", "PYTHONPATH", "CDK_VALIDATION", "JSII_NODE")
SECONDS = 300


def run(words: Sequence[str | Path], folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder, with some more variables in its environment."""
    environment = {name: value for name, value in os.environ.items() if name not in OF_THIS_RUN} | more
    environment["PATH"] = os.pathsep.join(["/usr/local/bin", "/usr/bin", "/bin"])
    return subprocess.run(
        [str(word) for word in words], cwd=folder, env=environment, stdin=subprocess.DEVNULL, check=False,
        capture_output=True, text=True, timeout=SECONDS,
    )  # fmt: skip


def done(words: Sequence[str | Path], folder: Path) -> str:
    """Run a command that has to succeed, and return what it says."""
    ended = run(words, folder)
    assert ended.returncode == 0, ended.stdout[-4000:] + ended.stderr[-4000:]
    return ended.stdout + ended.stderr


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the package's wheel; the build's own backend is in this environment."""
    folder = tmp_path_factory.mktemp("wheel")
    options: list[str | Path] = ["--quiet", "--wheel", "--no-build-isolation", "--python", sys.executable, "-o", folder]
    done([BIN / "uv", "build", *options, REPOSITORY], folder)
    (found,) = folder.glob("*.whl")
    return found


def installed(what: str, folder: Path) -> Path:
    """Return an environment with a requirement in it, at the versions of the lock, which are in the cache."""
    done([BIN / "uv", "venv", "--quiet", "--python", sys.executable, folder], folder.parent)
    options: list[str | Path] = ["--quiet", "--python", folder / "bin" / "python", "--constraint", LOCK]
    done([BIN / "uv", "pip", "install", *options, what], folder)
    _compile(folder)
    return folder


def _compile(folder: Path) -> None:
    """Give an environment the bytecode that this one has of the CDK: Python checks that it is of the same sources."""
    (packages,) = folder.glob("lib/python3*/site-packages")
    here = Path(sysconfig.get_path("purelib"))
    for bytecode in (here / "aws_cdk").rglob("__pycache__"):
        if (there := packages / bytecode.relative_to(here)).parent.is_dir():
            shutil.copytree(bytecode, there, dirs_exist_ok=True)


@pytest.fixture(scope="session")
def complete(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an environment with all that a project's requirements bring."""
    extras = "[local,proof,testing,validation]"
    return installed(f"cognito-app-constructs{extras} @ {wheel.as_uri()}", tmp_path_factory.mktemp("complete") / "venv")


@pytest.fixture(scope="session")
def bare(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an environment without any extra."""
    return installed(str(wheel), tmp_path_factory.mktemp("bare") / "venv")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Give a place for a project, and stop its local cloud afterwards."""
    yield tmp_path / "project"
    emulator_lifecycle.stop(tmp_path / "project" / emulator_lifecycle.FOLDER)


def brought(project: Path, environment: Path) -> None:
    """Give a project the environment that its `setup.sh` makes, of what this machine has."""
    (project / ".venv").symlink_to(environment)
    (project / ".venv" / ".ready").touch()
