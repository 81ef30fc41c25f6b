"""Requirements that name files and folders of this machine."""

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from constructs_lib.functions import bundling
from constructs_lib.functions.build_target import Target
from constructs_lib.functions.bundling import Package
from constructs_lib.functions.package_installers import build_wheel, find_uv
from constructs_lib.functions.requirements import Requirements
from constructs_lib.functions.source_files import Sources

BACKEND = """
import zipfile
def build_wheel(folder, config_settings=None, metadata_directory=None):
    name = "ours-1.0-py3-none-any.whl"
    with zipfile.ZipFile(f"{folder}/{name}", "w") as wheel:
        wheel.write("ours.py")
        wheel.writestr("ours-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: ours\\nVersion: 1.0\\n")
        wheel.writestr("ours-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr("ours-1.0.dist-info/RECORD", "")
    return name
"""


@pytest.fixture
def function(tmp_path: Path, make_wheel: Callable[..., Path]) -> Path:
    """A function's folder, with a wheel below it and a library with its own build beside it."""
    folder, library = tmp_path / "app" / "function", tmp_path / "app" / "library"
    (folder / "wheels").mkdir(parents=True)
    library.mkdir()
    (folder / "handler.py").write_text("def handler(event, context): ...\n", encoding="utf-8")
    shutil.copy(make_wheel("tiny"), folder / "wheels")
    (library / "ours.py").write_text("VALUE = 1\n", encoding="utf-8")
    (library / "backend.py").write_text(BACKEND, encoding="utf-8")
    (library / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
        '[project]\nname = "ours"\nversion = "1.0"\n', encoding="utf-8",
    )  # fmt: skip
    return folder


def package(folder: Path, text: str) -> Package:
    (folder / "requirements.txt").write_text(text, encoding="utf-8")
    return Package(
        sources=Sources(entry=folder),
        requirements=Requirements.of(folder),
        target=Target.aws("python3.13", "arm64"),
    )


@pytest.mark.parametrize(
    ("text", "module"),
    [
        ("--no-index\n./wheels/tiny-1.0-py3-none-any.whl\n", "tiny"),
        ("--no-index\ntiny @ file:./wheels/tiny-1.0-py3-none-any.whl\n", "tiny"),
        ("--no-index\n--find-links ./wheels\ntiny==1.0\n", "tiny"),
        ("-r more.txt\n", "tiny"),
        ("--no-index\n../library\n", "ours.py"),
        ("--no-index\n-e ../library\n", "ours.py"),
    ],
)
def test_a_path_starts_from_the_functions_folder_wherever_the_synth_runs(
    function: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, module: str
) -> None:
    (function / "more.txt").write_text("--no-index\n./wheels/tiny-1.0-py3-none-any.whl\n", encoding="utf-8")
    built = package(function, text)
    output = tmp_path / "output"
    output.mkdir()
    monkeypatch.chdir(tmp_path)
    built.build(output)
    assert (output / module).exists()


def test_a_folder_among_lines_with_hashes_is_installed_apart(function: Path, tmp_path: Path) -> None:
    wheel = next((function / "wheels").iterdir())
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    built = package(function, f"--no-index\n--find-links ./wheels\ntiny==1.0 --hash=sha256:{digest}\n../library\n")
    output = tmp_path / "output"
    output.mkdir()
    built.build(output)
    assert (output / "tiny").is_dir()
    assert (output / "ours.py").is_file()


@pytest.mark.parametrize("uv", [find_uv(), pytest.param(None, marks=pytest.mark.slow)], ids=["uv", "pip"])
def test_a_package_in_source_form_is_built_by_its_own_build_system(
    function: Path, tmp_path: Path, uv: str | None
) -> None:
    library = function.parent / "library"
    assert build_wheel(library, tmp_path, uv=uv).name == "ours-1.0-py3-none-any.whl"
    (library / "backend.py").write_text("raise SystemExit('no wheel today')\n", encoding="utf-8")
    with pytest.raises(RuntimeError, match=r"(?s)library' could not be built; .*no wheel today"):
        build_wheel(library, tmp_path, uv=uv)


def test_what_a_path_names_is_part_of_the_hash_and_where_it_is_is_not(function: Path, tmp_path: Path) -> None:
    text = "../library\n./wheels/tiny-1.0-py3-none-any.whl\n"
    before = package(function, text).digest()
    shutil.copytree(tmp_path / "app", tmp_path / "elsewhere")
    assert package(tmp_path / "elsewhere" / "function", text).digest() == before
    (function.parent / "library" / "ours.py").write_text("VALUE = 2\n", encoding="utf-8")
    assert package(function, text).digest() != before


@pytest.mark.parametrize("line", ["./wheels/absent.whl", "../absent", "-r absent.txt", "-c absent.txt", "-f ./absent"])
def test_a_path_to_nothing_is_named_at_once(function: Path, line: str) -> None:
    with pytest.raises(ValueError, match=r"names '.*absent.*', which does not exist; write a path"):
        _ = package(function, f"{line}\n").requirements.lines


def test_files_that_include_one_another_are_refused(function: Path) -> None:
    with pytest.raises(ValueError, match="include each other more than"):
        _ = package(function, "-r requirements.txt\n").requirements.lines


@pytest.mark.parametrize(
    "line", ["tiny==1.0", "tiny[extra]>=1 ; python_version > '3.9'", "tiny @ https://example.com/tiny.whl",
             "git+https://example.com/tiny", "--index-url https://example.com/simple", "--no-index"],
)  # fmt: skip
def test_what_names_no_path_is_left_as_it_is(function: Path, line: str) -> None:
    found = package(function, f"{line}\n").requirements
    assert found.installable == (line,)
    assert found.inputs == (line,)


def test_a_package_that_lambda_does_not_take_is_refused_with_its_largest_folders(
    function: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundling, "_LARGEST_MIB", 0)
    output = tmp_path / "output"
    output.mkdir()
    with pytest.raises(ValueError, match=r"MiB unzipped .*tiny \(0\).* Lambda allows 0 MiB .*exclude="):
        package(function, "--no-index\n./wheels/tiny-1.0-py3-none-any.whl\n").build(output)
    assert list(output.iterdir()) == []
