"""Which files are packaged, and where."""

import os
from pathlib import Path

import pytest

from constructs_lib.functions.source_files import Sources


def _write(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {name}\n", encoding="utf-8")
    return root


def test_a_plain_folder_lands_at_the_top(tmp_path: Path) -> None:
    entry = _write(tmp_path / "shares", "handler.py", "deep/data.py")
    assert list(Sources(entry=entry).files()) == ["deep/data.py", "handler.py"]


def test_a_package_keeps_its_name(tmp_path: Path) -> None:
    entry = _write(tmp_path / "shares", "__init__.py", "handler.py")
    assert list(Sources(entry=entry).files()) == ["shares/__init__.py", "shares/handler.py"]


def test_shared_files_and_folders_land_beside_under_their_own_names(tmp_path: Path) -> None:
    entry = _write(tmp_path / "shares", "handler.py")
    common = _write(tmp_path / "common", "__init__.py", "text.py")
    _write(tmp_path, "caller.py")
    sources = Sources(entry=entry, shared=[common, tmp_path / "caller.py"])
    assert list(sources.files()) == ["caller.py", "common/__init__.py", "common/text.py", "handler.py"]


def test_caches_hidden_files_and_named_patterns_are_left_out(tmp_path: Path) -> None:
    entry = _write(
        tmp_path / "f", "handler.py", "__pycache__/handler.cpython-311.pyc", ".venv/x.py", "notes.md", "docs/a.py"
    )
    assert list(Sources(entry=entry, exclude=["*.md", "docs/*"]).files()) == ["handler.py"]


def test_the_digest_knows_contents_and_places_but_not_times_folders_or_caches(tmp_path: Path) -> None:
    here, there = _write(tmp_path / "a", "handler.py"), _write(tmp_path / "b", "handler.py", "__pycache__/x.pyc")
    os.utime(there / "handler.py", (1, 1))
    assert Sources(entry=here).digest() == Sources(entry=there).digest()
    (there / "handler.py").write_text("changed", encoding="utf-8")
    assert Sources(entry=here).digest() != Sources(entry=there).digest()
    moved = _write(tmp_path / "c", "handler.py")
    (moved / "handler.py").rename(moved / "main.py")
    assert Sources(entry=here).digest() != Sources(entry=moved).digest()


def test_two_files_for_one_place_are_refused(tmp_path: Path) -> None:
    entry = _write(tmp_path / "f", "handler.py", "caller.py")
    _write(tmp_path, "caller.py")
    with pytest.raises(ValueError, match=r"have the same path 'caller\.py'.*exclude="):
        Sources(entry=entry, shared=[tmp_path / "caller.py"]).files()


def test_missing_and_empty_folders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="test_missing_and_empty_folders0/none' is not a folder"):
        Sources(entry=tmp_path / "none")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="issing_and_empty_folders0/empty' contains no file to package"):
        Sources(entry=tmp_path / "empty").files()
    with pytest.raises(ValueError, match=r"shared .* does not exist"):
        Sources(entry=tmp_path / "empty", shared=[tmp_path / "gone.py"])


def test_a_source_file_never_overwrites_an_installed_package(tmp_path: Path) -> None:
    entry = _write(tmp_path / "f", "handler.py", "tiny/__init__.py")
    _write(tmp_path / "out", "tiny/__init__.py")
    with pytest.raises(ValueError, match=r"would overwrite 'tiny/__init__\.py'"):
        Sources(entry=entry).copy_to(tmp_path / "out")
