"""A page is built when its sources changed and served with the configuration of the app it belongs to."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click
import pytest
import requests

from constructs_lib.cli.serve_page import build_page, served_page
from constructs_lib.local import LocalCloudError

CLOUD: Any = SimpleNamespace(endpoint_url="http://127.0.0.1:9")
OUTPUTS = {
    "App": {
        "Region": "us-east-1",
        "UserPoolId": "us-east-1_Abc",
        "UserPoolClientId": "client",
        "IdentityPoolId": "us-east-1:pool",
    }
}
BUILD = """
const fs = require("fs");
fs.mkdirSync("dist", { recursive: true });
fs.appendFileSync("builds", "x");
fs.writeFileSync("dist/index.html", "<head></head>" + fs.readFileSync("src/page.txt"));
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return an npm project without packages, whose build counts how often it runs."""
    (tmp_path / "package.json").write_text(json.dumps({"name": "p", "scripts": {"build": "node build.cjs"}}))
    lock = {"name": "p", "lockfileVersion": 3, "requires": True, "packages": {"": {"name": "p"}}}
    (tmp_path / "package-lock.json").write_text(json.dumps(lock))
    (tmp_path / "build.cjs").write_text(BUILD)
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "page.txt").write_text("hello")
    # What `npm ci` leaves behind.
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / ".package-lock.json").write_text("{}")
    return tmp_path


@pytest.mark.slow
def test_a_page_is_built_once_and_again_after_a_change(project: Path) -> None:
    built = build_page(project)
    assert build_page(project) == built
    assert (project / "builds").read_text() == "x"
    later = (built / "index.html").stat().st_mtime + 1
    os.utime(project / "src" / "page.txt", (later, later))
    build_page(project)
    assert (project / "builds").read_text() == "xx"


@pytest.mark.slow
def test_builds_of_one_page_at_once_wait_for_each_other(project: Path) -> None:
    with ThreadPoolExecutor(3) as pool:
        assert len(set(pool.map(build_page, [project] * 3))) == 1
    assert (project / "builds").read_text() == "x"


def test_the_page_is_served_with_its_apps_configuration(project: Path) -> None:
    built = project / "dist" / "index.html"
    built.parent.mkdir()
    built.write_text("<head></head>hello")
    later = (project / "src" / "page.txt").stat().st_mtime + 1
    os.utime(built, (later, later))
    with served_page(OUTPUTS, CLOUD, folder=project, port=0) as address:
        assert requests.get(address, timeout=5).text.endswith("hello")
        configuration = requests.get(f"{address}amplify_outputs.json", timeout=5).json()
    assert configuration["auth"]["user_pool_id"] == "us-east-1_Abc"


@pytest.mark.slow
def test_a_build_that_fails_says_why(project: Path) -> None:
    (project / "build.cjs").write_text("throw new Error('no such page')")
    with pytest.raises(LocalCloudError, match="the page could not be built"):
        build_page(project)


def test_a_folder_that_is_no_page_is_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(click.ClickException, match=r"has no package-lock\.json"),
        served_page(OUTPUTS, CLOUD, folder=tmp_path),
    ):
        pass
