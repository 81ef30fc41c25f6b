"""A saved handler runs at once and without a deploy, saved infrastructure is deployed, and Ctrl-C leaves the cloud."""

import io
import json
import os
import py_compile
import shutil
import signal
import subprocess
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.cli.hotswap import Asset, Package, places_in
from constructs_lib.cli.watch import AppFiles
from constructs_lib.local import LocalCloud

ROOT = Path(__file__).parents[2]
APP = """
import os

from aws_cdk import App, CfnOutput, Stack
from aws_cdk import aws_lambda as lambda_

app = App(builtin_cloud_formation_validation=False)  # the engine's seconds are not what is tested
stack = Stack(app, "Small")
function = lambda_.Function(
    stack, "Function", handler="handler.handler", runtime=lambda_.Runtime.PYTHON_3_13,
    code=lambda_.Code.from_asset("code"),
    environment={"GREETING": "Hello", "VALIDATION": os.environ.get("CDK_VALIDATION", "on")},
)
CfnOutput(stack, "Name", value=function.function_name)
app.synth()
"""
HANDLER = """
import os

from names import NAME


def handler(event, context):
    return os.environ["GREETING"] + " " + NAME
"""


def files_in(folder: Path, contents: dict[str, str]) -> Path:
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return folder


def names(files: AppFiles, folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in files.digests}


def test_every_file_counts_but_hidden_ones_packages_and_what_the_cdk_writes(tmp_path: Path) -> None:
    ignored = (".local-cloud/a.py", "cdk.out/a.py", "node_modules/a.js", "__pycache__/a.pyc", ".git/a")
    files_in(tmp_path, dict.fromkeys(("app.py", "code/page.html", *ignored), ""))
    assert names(AppFiles(tmp_path), tmp_path) == {"app.py", "code/page.html"}


def test_include_and_exclude_of_cdk_json_are_heeded(tmp_path: Path) -> None:
    watch = {"include": ["**/*.py", "code/**"], "exclude": ["tests", "**/*.md"]}
    kept = ("app.py", "stacks/one.py", "code/deep/page.html")
    files_in(tmp_path, dict.fromkeys((*kept, "tests/test_app.py", "code/README.md", "notes.txt"), ""))
    (tmp_path / "cdk.json").write_text(json.dumps({"watch": watch}))
    assert names(AppFiles(tmp_path), tmp_path) == set(kept)


def test_a_file_has_changed_when_its_content_has_not_when_it_was_only_touched(tmp_path: Path) -> None:
    files_in(tmp_path, {"a.py": "1", "b.py": "1", "c.py": "1"})
    files = AppFiles(tmp_path)
    os.utime(tmp_path / "a.py", (1, 1))
    (tmp_path / "b.py").write_text("2")
    (tmp_path / "c.py").unlink()
    (tmp_path / "d.py").write_text("new")
    assert [path.name for path in files.changed()] == ["b.py", "c.py", "d.py"]
    assert files.changed() == []


def test_a_source_is_known_by_its_path_and_content_in_the_package(tmp_path: Path) -> None:
    project = files_in(tmp_path / "project", {"src/shares/handler.py": "h", "src/caller.py": "c", "app.py": "a"})
    built = files_in(tmp_path / "asset", {"shares/handler.py": "h", "caller.py": "c", "shares/other.py": "a"})
    clear, doubtful = places_in(built, AppFiles(project).code())
    assert clear == {
        project / "src/shares/handler.py": "shares/handler.py",
        project / "src/caller.py": "caller.py",
    }
    assert doubtful == set()


def test_a_place_two_sources_could_come_from_is_doubtful(tmp_path: Path) -> None:
    project = files_in(tmp_path / "project", {"one/handler.py": "h", "two/handler.py": "h"})
    built = files_in(tmp_path / "asset", {"handler.py": "h"})
    clear, doubtful = places_in(built, AppFiles(project).code())
    assert clear == {}
    assert doubtful == {project / "one/handler.py", project / "two/handler.py"}


def test_a_changed_file_loses_its_bytecode_and_no_other_does(tmp_path: Path) -> None:
    bytecode = dict.fromkeys(("shares/__pycache__/data.cpython-313.pyc", "__pycache__/data.cpython-313.pyc"), "b")
    built = files_in(tmp_path, {"shares/data.py": "old", "data.py": "d", **bytecode})
    asset = Asset(key="k.zip", bucket="b", folder=built)
    package = Package(stack="S", functions=("F",), asset=asset, origins={}, changed={"shares/data.py": b"new"})
    with zipfile.ZipFile(io.BytesIO(package.zipped())) as archive:
        assert archive.namelist() == ["__pycache__/data.cpython-313.pyc", "data.py", "shares/data.py"]
        assert archive.read("shares/data.py") == b"new"


def test_a_package_with_changed_files_is_the_same_bytes_each_time(tmp_path: Path) -> None:
    built = files_in(tmp_path, {"a.py": "a", "b.py": "b"})
    asset = Asset(key="k.zip", bucket="b", folder=built)
    package = Package(stack="S", functions=("F",), asset=asset, origins={}, changed={"a.py": b""})
    first = package.zipped()
    os.utime(built / "b.py", (1, 1))
    assert package.zipped() == first
    package.changed = {}
    assert package.zipped() != first


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    files_in(tmp_path, {"app.py": APP, "code/handler.py": HANDLER, "code/names.py": "NAME = 'Alice'\n"})
    # The first deploy brings bytecode that is trusted without a look at its source.
    py_compile.compile(str(tmp_path / "code/names.py"), invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    yield tmp_path
    cloud = LocalCloud.attach(tmp_path)
    if cloud is not None:
        cloud.stop()


def wait_for(ready: Callable[[], bool], what: str, log: Path) -> float:
    started = time.monotonic()
    while not ready():
        assert time.monotonic() - started < 120, f"{what} never came:\n{log.read_text()}"
        time.sleep(0.05)
    return time.monotonic() - started


@pytest.mark.slow
def test_handlers_run_at_once_infrastructure_is_deployed_and_the_cloud_stays(project: Path) -> None:
    log = project / ".watch.log"
    command = [shutil.which("cognito-app") or "", "up", "--app", "python app.py", "--watch"]
    with (
        log.open("w") as output,
        subprocess.Popen(command, cwd=project, stdout=output, stderr=output, start_new_session=True) as watching,
    ):
        try:
            wait_for(lambda: "Watching" in log.read_text(), "the first deploy", log)
            shutil.rmtree(project / "code/__pycache__")
            cloud = LocalCloud.attach(project)
            assert cloud is not None
            name = cloud.outputs()["Small"]["Name"]
            client: Any = cloud.session().client("lambda")

            def says(words: str) -> bool:
                answer = json.loads(client.invoke(FunctionName=name)["Payload"].read())
                return bool(answer == words)

            def validation() -> str:
                found: Any = client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
                return str(found["VALIDATION"])

            assert says("Hello Alice")
            assert validation() == "on"
            (project / "code/names.py").write_text("NAME = 'Bob'\n")
            wait_for(lambda: says("Hello Bob"), "the saved handler", log)
            assert "Deploying" not in log.read_text().split("Watching", 1)[1]

            (project / "app.py").write_text(APP.replace("Hello", "Welcome"))
            wait_for(lambda: says("Welcome Bob"), "the saved infrastructure", log)
            assert validation() == "false"

            (project / "app.py").write_text("((")
            wait_for(lambda: "was never closed" in log.read_text(), "the error", log)
            # What the deployed stack says of its code is what ran last, so going back is a change to it too.
            (project / "code/names.py").write_text("NAME = 'Alice'\n")
            (project / "app.py").write_text(APP)
            wait_for(lambda: says("Hello Alice"), "what it was at first", log)
        finally:
            os.killpg(watching.pid, signal.SIGINT)
            killer = threading.Timer(30, watching.kill)
            killer.start()
            watching.wait()
            killer.cancel()
        assert watching.returncode == 0, log.read_text()
    assert "still runs at" in log.read_text()
    assert LocalCloud.attach(project) is not None
