"""What tests and their child processes leave in the folder for temporary files goes with the session."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from constructs_lib.local.toolchain import node

LEAVES = """
import atexit, os, tempfile

def test_that_leaves_a_folder(tmp_path):
    tempfile.mkdtemp()
    if os.fork() == 0:
        atexit._run_exitfuncs()
        os._exit(0)
    os.wait()
    assert os.path.isdir(tempfile.gettempdir())
"""


def test_all_programs_use_one_folder_with_a_short_name() -> None:
    folder = os.environ["TMPDIR"]
    asked = {
        sys.executable: ("-c", "import tempfile; print(tempfile.gettempdir())"),
        str(node()): ("-p", "os.tmpdir()"),
    }
    said = {
        subprocess.run([program, *words], capture_output=True, text=True, check=True).stdout.strip()
        for program, words in asked.items()
    }
    assert said == {folder}
    assert len(Path(folder).name) < 20, "the path of a socket has at most 104 characters"


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["0", "1"])
def test_a_session_leaves_only_pytests_own_folder(tmp_path: Path, workers: str) -> None:
    here = Path(__file__).parent
    (tmp_path / "test_it.py").write_text(LEAVES, encoding="utf-8")
    (tmp_path / "conftest.py").write_text((here / "conftest.py").read_text(encoding="utf-8"), encoding="utf-8")
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    dropped = ("PYTEST_", "TMPDIR")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    command = [sys.executable, "-m", "pytest", "-q", "-n", workers, "-p", "no:cacheprovider", "test_it.py"]
    environment = {**kept, "TMPDIR": str(temporary), "PYTHONPATH": str(here.parent)}
    subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True)
    [left] = temporary.iterdir()
    assert left.name.startswith("pytest-of-")
