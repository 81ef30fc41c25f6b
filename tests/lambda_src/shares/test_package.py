"""The deployment package of the shares is small, and quick to import."""

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from constructs_lib.functions.build_target import Target
from constructs_lib.functions.bundling import Package, unzipped_mib
from constructs_lib.functions.requirements import Requirements
from constructs_lib.functions.source_files import Sources
from stacks.document_stack import UNUSED_FILES

pytestmark = pytest.mark.slow

LAMBDA_SRC: Final = Path(__file__).parents[3] / "lambda_src"
BUDGET_MS: Final = 150
BUDGET_MIB: Final = 5
# Processor time, because other work on the machine is not the import's; -S, because Lambda has no site packages; -B,
# because Lambda keeps no bytecode but what the package brings.
MEASURE: Final = """
import time
start = time.process_time()
import shares.handler
print(round((time.process_time() - start) * 1000))
import sys
print(*sorted(sys.modules.keys() & {"boto3", "botocore", "pydantic"}))
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    entry, output = LAMBDA_SRC / "shares", tmp_path_factory.mktemp("package")
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    Package(
        sources=Sources(entry=entry, shared=[LAMBDA_SRC / "caller.py"]),
        requirements=Requirements.of(entry),
        target=Target(python=here, machine="this", interpreter=sys.executable),
        left_out=UNUSED_FILES,
        compiled=True,
    ).build(output)
    return output


def _import(package: Path) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-S", "-B", "-c", MEASURE],
        env={"PYTHONPATH": str(package)},
        capture_output=True,
        text=True,
        check=True,
    )
    milliseconds, modules = done.stdout.splitlines()
    return int(milliseconds), modules


def test_the_handler_imports_within_its_budget_and_leaves_the_sdk_for_later(package: Path) -> None:
    found = [_import(package) for _ in range(5)]
    assert min(milliseconds for milliseconds, _ in found) < BUDGET_MS
    assert found[0][1] == ""


def test_the_package_is_small(package: Path) -> None:
    assert unzipped_mib(package) < BUDGET_MIB


def test_every_package_is_pinned_with_its_hashes() -> None:
    requirements = Requirements.of(LAMBDA_SRC / "shares")
    assert requirements.hashed
    assert requirements.unpinned == ()
