"""Choice of the CDK command line and Node, and installations that are complete or absent."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from constructs_lib.local import toolchain
from constructs_lib.local.errors import LocalCloudError


def command_line(folder: Path, version: str) -> Path:
    """Put a CDK command line of a version into a project."""
    package = folder / "node_modules" / "aws-cdk"
    (package / "bin").mkdir(parents=True)
    (package / "package.json").write_text(json.dumps({"version": version}))
    (package / "bin" / "cdk").write_text("//")
    (package / "lib").mkdir()
    (package / "lib" / "index.js").write_text("//")
    return package / "bin" / "cdk"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test an empty cache."""
    folder = tmp_path / "cache"
    folder.mkdir()
    monkeypatch.setattr(toolchain, "cache_folder", lambda: folder)
    return folder


def test_a_projects_own_command_line_is_used_also_from_a_folder_below(tmp_path: Path) -> None:
    own = command_line(tmp_path / "project", "2.1120.0")
    below = tmp_path / "project" / "infrastructure"
    below.mkdir()
    assert toolchain.installed_cdk(below) == own
    words = toolchain.cdk(below)
    assert (words[0], words[-1]) == (str(toolchain.node()), str(own))


def test_a_command_line_that_refuses_todays_assemblies_is_passed_over(tmp_path: Path) -> None:
    command_line(tmp_path / "project", "3.0.0")
    assert toolchain.installed_cdk(tmp_path / "project") is None


@pytest.mark.parametrize("version", ["2.164.1", "2.999.0", "1.204.0"])
def test_a_command_line_that_reaches_aws_itself_is_passed_over_and_named(tmp_path: Path, version: str) -> None:
    command_line(tmp_path / "project", version)
    assert toolchain.installed_cdk(tmp_path / "project") is None
    assert toolchain.older_cdk(tmp_path / "project") == version
    command_line(tmp_path / "other", "2.1000.0")
    assert toolchain.installed_cdk(tmp_path / "other") is not None
    assert toolchain.older_cdk(tmp_path / "other") == ""


@pytest.mark.parametrize("name", ["package.json", "bin/cdk", "lib/index.js"])
@pytest.mark.parametrize("content", [None, "", "[]", '{"version": 2}', '{"version": ""}'])
def test_a_command_line_that_is_not_whole_is_passed_over(tmp_path: Path, name: str, content: str | None) -> None:
    file = command_line(tmp_path / "project", "2.1120.0").parents[1] / name
    if content is None:
        file.unlink()
    elif name == "package.json" or not content:
        file.write_text(content)
    else:
        return
    assert toolchain.installed_cdk(tmp_path / "project") is None
    assert toolchain.older_cdk(tmp_path / "project") == ""


def test_temporary_files_go_where_there_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    there, gone, no_folder = str(tmp_path), str(tmp_path / "gone"), str(tmp_path / "file")
    base = {"TMPDIR": gone, "TMP": no_folder, "TEMP": there, "HOME": gone}
    assert toolchain.without_unusable_folders(base) == {"TEMP": there, "HOME": gone}


def test_node_keeps_the_command_line_compiled_but_not_the_app_that_it_starts(cache: Path, tmp_path: Path) -> None:
    own = command_line(tmp_path, "2.1120.0")
    app = "console.log(require('node:module').getCompileCacheDir())"
    start = f"require('node:child_process').execFileSync(process.execPath, ['-e', {app!r}], {{stdio: 'inherit'}})"
    own.write_text(f"{app}\n{start}\n")

    def folders() -> list[str]:
        done = subprocess.run(toolchain.cdk(tmp_path), capture_output=True, text=True, check=True)
        return done.stdout.splitlines()

    kept, of_the_app = folders()
    assert Path(kept).is_relative_to(cache / "cdk-compiled")
    assert of_the_app == "undefined"
    damaged = [each for each in Path(kept).rglob("*") if each.is_file()]
    assert damaged
    for each in damaged:
        each.write_text("no bytecode")
    assert folders() == [kept, "undefined"]


def test_where_the_cache_cannot_be_written_to_node_compiles_each_time(cache: Path, tmp_path: Path) -> None:
    own = command_line(tmp_path, "2.1120.0")
    (cache / "cdk-compiled").touch()
    assert toolchain.cdk(tmp_path) == [str(toolchain.node()), str(own)]


def test_a_failed_installation_names_its_likely_cause_and_leaves_nothing(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = "import pathlib, sys; pathlib.Path('node_modules').mkdir(); sys.exit('no network')"
    monkeypatch.setattr(toolchain, "npm", lambda: [sys.executable, "-c", broken])
    with pytest.raises(LocalCloudError, match="the package registry is reachable") as refused:
        toolchain.cdk(tmp_path)
    assert "no network" in str(refused.value)
    assert [path.name for path in cache.iterdir() if path.is_dir()] == []


def test_concurrent_first_runs_install_once(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "log"
    install = (
        "import pathlib, time; time.sleep(0.2); package = pathlib.Path('node_modules/aws-cdk'); "
        "[(package / each).mkdir(parents=True) for each in ('bin', 'lib')]; "
        "(package / 'package.json').write_text('{\"version\": \"2.1148.1\"}'); "
        "[(package / each).write_text('//') for each in ('bin/cdk', 'lib/index.js')]; "
        f"pathlib.Path({str(log)!r}).open('a').write('installed ')"
    )
    monkeypatch.setattr(toolchain, "npm", lambda: [sys.executable, "-c", install])
    with ThreadPoolExecutor(3) as several:
        found = list(several.map(toolchain.cdk, [tmp_path] * 3))
    assert log.read_text() == "installed "
    assert {words[-1] for words in found} == {str(cache / "cdk-2.1148.1/node_modules/aws-cdk/bin/cdk")}


def test_the_shipped_lock_pins_versions_by_hash_and_names_no_registry() -> None:
    shipped = Path(toolchain.__file__).parent / "cdk_cli"
    packages = json.loads((shipped / "package-lock.json").read_text())["packages"]
    assert packages["node_modules/aws-cdk"]["version"] == "2.1148.1"
    assert all("integrity" in package for name, package in packages.items() if name)
    assert not any("resolved" in package for package in packages.values())


def test_python_of_an_app_is_this_interpreter_unless_an_environment_is_active(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    here = str(Path(sys.executable).parent)
    assert toolchain.path_with_interpreter("/usr/bin") == os.pathsep.join((here, "/usr/bin"))
    monkeypatch.setenv("VIRTUAL_ENV", "/home/me/app/.venv")
    assert toolchain.path_with_interpreter("/usr/bin") == "/usr/bin"


def test_a_node_that_is_too_old_is_told_with_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tmp_path / "node"
    old.write_text("#!/bin/sh\necho v20.20.2\n")
    old.chmod(0o755)
    monkeypatch.setattr(toolchain, "_bundled_node", lambda: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    toolchain.node.cache_clear()
    try:
        with pytest.raises(LocalCloudError, match=r"v20\.20\.2 .* too old .* pip install"):
            toolchain.node()
    finally:
        toolchain.node.cache_clear()


@pytest.mark.slow
def test_npm_leaves_no_cache_in_the_folder_for_temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    toolchain.run_quietly([*toolchain.npm(), "--version"], cwd=tmp_path, failed="npm does not run")
    assert list(temporary.iterdir()) == []
