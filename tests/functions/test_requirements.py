"""Which packages a folder asks for."""

import shutil
import subprocess
from pathlib import Path

import pytest

from constructs_lib.functions.requirements import Requirements


def test_a_folder_without_a_list_asks_for_nothing(tmp_path: Path) -> None:
    assert Requirements.of(tmp_path).lines == ()


def test_comments_and_continued_lines_are_read_as_pip_reads_them(tmp_path: Path) -> None:
    (tmp_path / "c.whl").write_bytes(b"")
    text = "# heading\na==1 \\\n    --hash=sha256:00  # why\n\nb>=2\n--no-index\nc @ file:./c.whl\n"
    (tmp_path / "requirements.txt").write_text(text, encoding="utf-8")
    found = Requirements.of(tmp_path)
    assert [" ".join(line.split()) for line in found.lines] == [
        "a==1 --hash=sha256:00", "b>=2", "--no-index", "c @ file:./c.whl",
    ]  # fmt: skip
    assert found.hashed
    assert found.unpinned == ("b>=2",)


def test_a_project_needs_its_lock(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\nname='f'\nversion='1'\n", encoding="utf-8")
    with pytest.raises(ValueError, match="run `uv lock --project"):
        Requirements.of(tmp_path)


@pytest.mark.parametrize("tool", ["poetry", "pdm"])
def test_a_project_of_another_tool_is_told_to_export_its_lock_which_is_then_read(tmp_path: Path, tool: str) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\nname='f'\nversion='1'\n", encoding="utf-8")
    (tmp_path / f"{tool}.lock").write_text("", encoding="utf-8")
    with pytest.raises(ValueError, match=rf"is locked by {tool}, .* `{tool} export --output .*requirements.txt`"):
        Requirements.of(tmp_path)
    (tmp_path / "requirements.txt").write_text("a==1\n", encoding="utf-8")
    assert Requirements.of(tmp_path).lines == ("a==1",)


def test_two_lists_are_refused(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("", encoding="utf-8")
    (tmp_path / "requirements.txt").write_text("", encoding="utf-8")
    with pytest.raises(ValueError, match="keep the one that names its packages"):
        Requirements.of(tmp_path)


def test_a_locked_project_gives_pinned_lines_with_hashes(tmp_path: Path, make_wheel: object, wheelhouse: Path) -> None:
    assert callable(make_wheel)
    make_wheel("tiny")
    project = f"""
[project]
name = "f"
version = "1"
requires-python = ">=3.11"
dependencies = ["tiny"]
[dependency-groups]
dev = ["absent-from-the-package"]
[tool.uv]
no-index = true
find-links = ["{wheelhouse}"]
"""
    make_wheel("absent_from_the_package")
    (tmp_path / "pyproject.toml").write_text(project, encoding="utf-8")
    uv = shutil.which("uv")
    assert uv
    subprocess.run([uv, "lock", "--quiet", "--project", str(tmp_path)], check=True)
    found = Requirements.of(tmp_path)
    assert len(found.lines) == 1
    assert found.lines[0].startswith("tiny==1.0")
    assert found.unpinned == ()
