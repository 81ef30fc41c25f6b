"""The documentation is made without a warning, has all that is public, and its pages load nothing from outside."""

import importlib
import re
import subprocess
from pathlib import Path

import pytest
from sphinx.util.inventory import InventoryFile

from constructs_lib.cli.main import COMMANDS
from tests.test_docstrings import OUR_OWN

ROOT = Path(__file__).parents[2]
LOADING = re.compile(r"""<(?:script|img|iframe|source)[^>]*\ssrc=["'](https?:)?//|<link[^>]*\shref=["'](https?:)?//""")


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run([ROOT / ".ci" / "docs", folder], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return folder


def test_the_site_is_made_without_a_warning_and_loads_nothing_from_outside(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 20
    for page in pages:
        assert not LOADING.search(page.read_text(encoding="utf-8")), page
    for style in site.rglob("*.css"):
        assert not re.search(r"@import|url\(['\"]?(https?:)?//", style.read_text(encoding="utf-8")), style
    assert (site / "searchindex.js").exists()


def test_the_reference_has_every_public_name_of_every_public_package(site: Path) -> None:
    with (site / "objects.inv").open("rb") as file:
        known = {
            name for kind in InventoryFile.load(file, "", lambda *parts: "/".join(parts)).values() for name in kind
        }
    packages = {each.parent.name for each in (ROOT / "constructs_lib").glob("*/__init__.py")} - OUR_OWN
    assert len(packages) > 10
    for package in packages:
        for name in importlib.import_module(f"constructs_lib.{package}").__all__:
            assert f"constructs_lib.{package}.{name}" in known


def test_a_constructs_options_are_shown_and_each_commands_help(site: Path) -> None:
    assert "removal_policy" in _signature(site / "reference" / "storage.html", "constructs_lib.storage.Storage")
    page = (site / "reference" / "commands.html").read_text(encoding="utf-8")
    assert [name for name in COMMANDS if f"Usage: cognito-app {name} " not in page] == []


def test_every_schema_is_linked_beside_the_command_that_prints_it(site: Path) -> None:
    commands = (site / "reference" / "commands.html").read_text(encoding="utf-8")
    for schema in sorted((ROOT / "docs" / "schemas").glob("*.json")):
        assert (site / schema.name).is_file()
        assert f'href="../{schema.name}"' in commands
    assert ">verify --replay<" in re.sub(r"</?(code|span)[^>]*>", "", commands).replace("<p>", ">").replace("</p>", "<")
    verify = (site / "verify.html").read_text(encoding="utf-8")
    assert 'href="verify-1.schema.json"' in verify
    assert 'href="verify-replay-1.schema.json"' in verify
    assert 'href="../review-1.schema.json"' in (site / "how-to" / "ci-review.html").read_text(encoding="utf-8")


def _signature(page: Path, name: str) -> str:
    found: list[str] = re.findall(
        rf'<dt class="[^"]*" id="{re.escape(name)}">(.*?)</dt>', page.read_text(encoding="utf-8"), re.DOTALL
    )
    return found[0]
