"""The document app in a folder of its own, deployed once for the whole module by `cognito-app up --try`."""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from constructs_lib.local import LocalCloud

ROOT = Path(__file__).parents[2]
COMMAND = ROOT / ".venv" / "bin" / "cognito-app"


@dataclass(frozen=True, kw_only=True, slots=True)
class Up:
    """What the first `up --try` said, and the cloud it left running."""

    project: Path
    said: subprocess.CompletedProcess[str]
    cloud: LocalCloud


def run(project: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in a project, as a person would."""
    return subprocess.run([str(COMMAND), *words], cwd=project, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """Copy the app, run `up --try`, and stop the cloud at the end whatever happens."""
    project = tmp_path_factory.mktemp("documents")
    for name in ("app.py", "cdk.json"):
        shutil.copy(ROOT / name, project / name)
    for name in ("stacks", "lambda_src"):
        shutil.copytree(ROOT / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
    (project / "node_modules").symlink_to(ROOT / "node_modules")
    said = run(project, "up", "--try")
    cloud = LocalCloud.attach(project)
    assert cloud is not None, said.stderr
    yield Up(project=project, said=said, cloud=cloud)
    cloud.stop()
