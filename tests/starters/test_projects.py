"""Each project works by its two commands, with the library installed from its wheel and not from this repository."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from constructs_lib.local import process
from constructs_lib.starters import starters

pytestmark = pytest.mark.slow
REPOSITORY = Path(__file__).parents[2]
UV = Path(sys.executable).parent / "uv"
OF_THIS_RUN = ("VIRTUAL_ENV", "PYTHONPATH", "CDK_VALIDATION", "JSII_NODE")
SECONDS = 300


def run(words: Sequence[str | Path], folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in OF_THIS_RUN}
    environment["PATH"] = os.pathsep.join(["/usr/local/bin", "/usr/bin", "/bin"])
    return subprocess.run(
        [str(word) for word in words], cwd=folder, env=environment, stdin=subprocess.DEVNULL, check=False,
        capture_output=True, text=True, timeout=SECONDS,
    )  # fmt: skip


def done(words: Sequence[str | Path], folder: Path) -> str:
    ended = run(words, folder)
    assert ended.returncode == 0, ended.stdout[-4000:] + ended.stderr[-4000:]
    return ended.stdout + ended.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    # The build's own backend is in this environment.
    words: list[str | Path] = [
        UV,
        "build",
        "--quiet",
        "--wheel",
        "--no-build-isolation",
        "--python",
        sys.executable,
        "-o",
        folder,
    ]
    done([*words, REPOSITORY], folder)
    (found,) = folder.glob("*.whl")
    return found


def installed(what: str, folder: Path) -> Path:
    """Return an environment with a requirement in it, at the versions of the lock, which are in the cache."""
    done([UV, "venv", "--quiet", "--python", sys.executable, folder], folder.parent)
    lock = REPOSITORY / "requirements.lock"
    words: list[str | Path] = [
        UV,
        "pip",
        "install",
        "--quiet",
        "--python",
        folder / "bin" / "python",
        "--constraint",
        lock,
    ]
    done([*words, what], folder)
    return folder


@pytest.fixture(scope="module")
def complete(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    extras = "[local,proof,testing,validation]"
    return installed(f"cognito-app-constructs{extras} @ {wheel.as_uri()}", tmp_path_factory.mktemp("complete") / "venv")


@pytest.fixture(scope="module")
def bare(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return installed(str(wheel), tmp_path_factory.mktemp("bare") / "venv")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Give a place for a project, and stop its local cloud afterwards."""
    yield tmp_path / "project"
    process.stop(tmp_path / "project" / process.FOLDER)


@pytest.mark.parametrize("name", starters())
def test_a_project_works_by_make_up_and_make_test(name: str, folder: Path, complete: Path, wheel: Path) -> None:
    words: list[str | Path] = [
        "init",
        folder,
        "--template",
        name,
        "--name",
        "of-mine",
        "--people",
        "Ada,Bo",
        "--library",
        wheel,
    ]
    done([complete / "bin" / "cognito-app", *words], folder.parent)
    # What `setup.sh` makes, of what this machine has.
    (folder / ".venv").symlink_to(complete)
    (folder / ".venv" / ".ready").touch()
    assert "Outputs of OfMine" in done(["make", "up"], folder)
    said = done(["make", "test"], folder)
    assert "2 passed" in said, "the snapshot and the ledger were not written"
    assert "failed" not in said
    assert (folder / "tests" / "__snapshots__").is_dir()
    # Again on the cloud that has seen it, as a person does all day.
    done([complete / "bin" / "pytest", "tests/test_story.py"], folder)
    done(["make", "down"], folder)


@pytest.mark.parametrize("words", [("up",), ("up", "--try"), ("try",), ("outputs", "Stack")])
def test_a_missing_extra_is_named_and_nothing_is_left_running(words: tuple[str, ...], folder: Path, bare: Path) -> None:
    folder.mkdir()
    (folder / "cdk.json").write_text('{"app": "python app.py"}')
    ended = run([bare / "bin" / "cognito-app", *words], folder)
    assert ended.returncode == 1
    assert ended.stderr.endswith("is missing; install it with: pip install 'cognito-app-constructs[local]'\n")
    assert not process.exists(folder / process.FOLDER)
