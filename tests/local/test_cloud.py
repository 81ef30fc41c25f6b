"""A foreign CDK app on a local cloud, through the command line: up, again, broken, crashed, kept, down."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from constructs_lib.analysis.template.templates import load_templates
from constructs_lib.local import LocalCloud
from tests.cli.schemas import fits

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
COMMAND = str(ROOT / ".venv" / "bin" / "cognito-app")


def run(project: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [COMMAND, *words],
        cwd=project,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("bare")
    shutil.copy(Path(__file__).parent / "apps" / "bare" / "app.py", folder / "app.py")
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    yield folder
    run(folder, "down", "--delete-state", "--yes")


@pytest.fixture(scope="module")
def ready_made(project: Path) -> str:
    """Synthesize the app once, and return an app command that writes the same in a moment."""
    environment = {**os.environ, "CDK_OUTDIR": str(project / "assembly")}
    subprocess.run([sys.executable, "app.py"], cwd=project, env=environment, check=True)
    return 'cp -r assembly/. "$CDK_OUTDIR"'


class Canary:
    """A server on loopback that notes whether anything ever connects."""

    def __init__(self) -> None:
        self.called = False
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.called = True
            connection.close()

    def close(self) -> None:
        self._socket.close()


def test_a_foreign_app_deploys_and_nothing_reaches_what_the_developer_has_configured(project: Path) -> None:
    canary = Canary()
    said = run(
        project,
        "up",
        "--app",
        "python app.py",
        AWS_PROFILE="production",
        AWS_ENDPOINT_URL=canary.url,
        AWS_ENDPOINT_URL_S3=canary.url,
        AWS_ACCESS_KEY_ID="AKIAREAL",
        AWS_SECRET_ACCESS_KEY="real",
    )
    canary.close()
    assert said.returncode == 0, said.stderr
    assert "BucketName" in said.stdout
    assert not canary.called


def test_status_tells_what_runs_as_data(project: Path) -> None:
    found = fits(run(project, "status", "--format", "json").stdout, "status-1")
    assert found["stacks"] == {"CDKToolkit": "CREATE_COMPLETE", "Bare": "CREATE_COMPLETE"}
    assert found["endpoint"].startswith("http://127.0.0.1:")
    assert "AWS::CloudWatch::CompositeAlarm" in found["accepted_but_not_emulated"]


def test_a_failed_deploy_tells_the_reason_what_remains_and_how_to_go_on(project: Path) -> None:
    (project / "broken").touch()
    said = run(project, "up", "--app", "python app.py")
    (project / "broken").unlink()
    assert said.returncode == 1
    assert "Broken" in said.stderr
    assert "still runs at" in said.stderr
    assert "cognito-app down" in said.stderr


def resources_of_kept_templates(project: Path) -> dict[str, set[str]]:
    cloud = LocalCloud.attach(project)
    assert cloud is not None
    read = [each for inner in cloud.templates.iterdir() for each in load_templates(inner)]
    return {each.name: set(each.body["Resources"]) for each in read}


def test_after_a_failed_deploy_the_kept_templates_are_those_that_each_stack_runs(project: Path) -> None:
    synthesized = (project / ".local-cloud" / "cdk.out" / "Bare.template.json").read_text()
    kept = resources_of_kept_templates(project)
    assert '"Broken"' in synthesized
    assert kept.keys() == {"Bare", "Sound"}
    assert "Broken" not in kept["Bare"]
    assert "Topic" in kept["Sound"]


def test_an_app_that_fails_to_synthesize_tells_its_own_error(project: Path) -> None:
    said = run(project, "up", "--app", "python nowhere.py")
    assert said.returncode == 1
    assert "nowhere.py" in said.stderr
    assert resources_of_kept_templates(project).keys() == {"Bare", "Sound"}


def test_an_app_that_forgets_to_synthesize_is_told_so(project: Path) -> None:
    (project / "forgetful.py").write_text("from aws_cdk import App\n\nApp()\n")
    said = run(project, "up", "--app", "python forgetful.py")
    assert said.returncode == 1
    assert "app.synth()" in said.stderr


def test_another_port_than_the_running_ones_is_refused(project: Path) -> None:
    said = run(project, "up", "--app", "python app.py", "--port", "1")
    assert said.returncode == 1
    assert "cognito-app down" in said.stderr


def test_keeping_is_refused_where_a_cloud_that_keeps_nothing_runs(project: Path) -> None:
    said = run(project, "up", "--app", "python app.py", "--keep")
    assert said.returncode == 1
    assert "keeps no data" in said.stderr


def test_status_shows_endpoints_stacks_and_outputs_in_tables(project: Path) -> None:
    said = run(project, "status").stdout
    assert all(words in said for words in ("http://127.0.0.1:", "CDKToolkit", "BucketName", "Differences from AWS"))


def test_an_emulator_that_ends_while_up_deploys_is_told_with_its_log(project: Path, ready_made: str) -> None:
    cloud = LocalCloud.attach(project)
    assert cloud is not None
    said = run(project, "up", "--app", f"{ready_made} && kill -KILL {cloud.pid}")
    assert said.returncode == 1
    assert "the local cloud ended during the deployment; start it again with" in said.stderr
    assert "`cognito-app up` starts it again" in said.stderr
    assert "Traceback" not in said.stderr
    assert run(project, "up", "--app", ready_made).returncode == 0


def test_after_a_crash_up_starts_afresh(project: Path, ready_made: str) -> None:
    cloud = LocalCloud.attach(project)
    assert cloud is not None
    os.kill(cloud.pid, signal.SIGKILL)
    assert fits(run(project, "status", "--format", "json").stdout, "status-1")["running"] is False
    assert run(project, "up", "--app", ready_made).returncode == 0


def test_what_up_keeps_outlives_down(project: Path, ready_made: str) -> None:
    assert run(project, "down").returncode == 0
    assert run(project, "up", "--app", ready_made, "--keep").returncode == 0
    cloud = LocalCloud.attach(project)
    assert cloud is not None
    bucket = cloud.outputs()["Bare"]["BucketName"]
    cloud.session().client("s3").put_object(Bucket=bucket, Key="kept", Body=b"kept")
    said = run(project, "down")
    assert "are kept in" in said.stdout
    with LocalCloud(project, keep=True) as again:
        assert again.session().client("s3").get_object(Bucket=bucket, Key="kept")["Body"].read() == b"kept"
        assert "Bare" in again.outputs()


def test_an_interrupted_up_ends_in_words_and_the_next_one_goes_on(
    project: Path, ready_made: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(project, "down")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    words = [COMMAND, "up", "--app", "python app.py"]
    with subprocess.Popen(words, cwd=project, stderr=subprocess.PIPE, text=True, start_new_session=True) as started:
        assert started.stderr is not None
        while "Deploying" not in (line := started.stderr.readline()):
            assert line, "it ended before it could be interrupted"
        cloud = LocalCloud.attach(project)
        assert cloud is not None
        while not cloud.stacks():
            time.sleep(0.02)
        # As a terminal does it: to the cdk and the app as well, in the bootstrap or soon after.
        os.killpg(started.pid, signal.SIGINT)
        said = started.stderr.read()
        assert started.wait(timeout=30) == 130, said
    assert "still runs at" in said
    assert "Interrupted" in said
    assert run(project, "up", "--app", ready_made).returncode == 0
    assert run(project, "down").returncode == 0
    assert list(tmp_path.iterdir()) == []


def test_down_twice_is_no_error(project: Path) -> None:
    said = run(project, "down")
    assert said.returncode == 0
    assert "No local cloud runs" in said.stderr
