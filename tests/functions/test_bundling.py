"""The package as a whole: its hash and its bytes."""

import dataclasses
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from constructs_lib.functions.build_target import Target
from constructs_lib.functions.bundling import Package
from constructs_lib.functions.requirements import Requirements
from constructs_lib.functions.source_files import Sources


def _package(entry: Path, text: str = "", *, target: Target | None = None) -> Package:
    entry.mkdir(exist_ok=True)
    (entry / "handler.py").write_text("def handler(event, context): ...\n", encoding="utf-8")
    return Package(
        sources=Sources(entry=entry),
        requirements=Requirements(text=text, origin="requirements.txt"),
        target=target or Target.aws("python3.13", "arm64"),
    )


def test_code_alone_has_one_hash_for_every_architecture(tmp_path: Path) -> None:
    intel = Target.aws("python3.12", "x86_64")
    assert _package(tmp_path / "a").digest() == _package(tmp_path / "b", target=intel).digest()


def test_packages_have_a_hash_per_target_and_list(tmp_path: Path) -> None:
    intel = Target.aws("python3.13", "x86_64")
    digests = {
        _package(tmp_path / "a").digest(),
        _package(tmp_path / "a", "tiny==1.0").digest(),
        _package(tmp_path / "a", "tiny==1.0", target=intel).digest(),
        _package(tmp_path / "a", "tiny==1.1").digest(),
    }
    assert len(digests) == 4
    assert _package(tmp_path / "a", "tiny==1.0").digest() == _package(tmp_path / "b", "tiny==1.0  # why").digest()


def test_bytecode_is_the_same_wherever_it_is_compiled(tmp_path: Path) -> None:
    here = f"python{sys.version_info.major}.{sys.version_info.minor}"
    plain = _package(tmp_path / "a", target=Target(python=here[6:], machine="any", interpreter=sys.executable))
    outputs = []
    for name in ("one", "another"):
        output = tmp_path / name
        output.mkdir()
        dataclasses.replace(plain, compiled=True).build(output)
        outputs.append(_everything(output))
    assert outputs[0] == outputs[1]
    assert [name for name, *_ in outputs[0]] == [
        f"__pycache__/handler.cpython-{here[6:].replace('.', '')}.pyc",
        "handler.py",
    ]
    assert str(tmp_path).encode() not in outputs[0][0][3]
    assert dataclasses.replace(plain, compiled=True).digest() != plain.digest()


def test_bytecode_needs_an_interpreter_of_its_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "output").mkdir()
    package = dataclasses.replace(_package(tmp_path / "a"), compiled=True)
    with pytest.raises(RuntimeError, match=r"compiled=True needs python3\.13 on PATH.*uv python install 3\.13"):
        package.build(tmp_path / "output")


def test_a_module_that_does_not_compile_fails_the_build(tmp_path: Path) -> None:
    package = _package(tmp_path / "a", target=Target(python="3.11", machine="any", interpreter=sys.executable))
    (tmp_path / "a" / "handler.py").write_text("def", encoding="utf-8")
    (tmp_path / "output").mkdir()
    with pytest.raises(RuntimeError, match=r"does not compile with python3\.11(?s:.*)SyntaxError"):
        dataclasses.replace(package, compiled=True).build(tmp_path / "output")


def _everything(folder: Path) -> list[tuple[str, int, float, bytes]]:
    return [
        (path.relative_to(folder).as_posix(), path.stat().st_mode, path.stat().st_mtime, path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]


def test_two_builds_are_the_same_byte_for_byte(
    tmp_path: Path, make_wheel: Callable[..., Path], requirements: Callable[..., str]
) -> None:
    make_wheel("tiny")
    outputs = []
    for number, umask in enumerate((0o077, 0o002)):
        package = _package(tmp_path / f"entry{number}", requirements("tiny==1.0"))
        output = tmp_path / f"output{number}"
        output.mkdir()
        before = os.umask(umask)
        try:
            package.build(output)
        finally:
            os.umask(before)
        outputs.append(_everything(output))
    assert outputs[0] == outputs[1]
    assert [name for name, *_ in outputs[0]] == [
        "handler.py",
        "tiny/__init__.py",
        "tiny-1.0.dist-info/METADATA",
        "tiny-1.0.dist-info/WHEEL",
        "tiny-1.0.dist-info/entry_points.txt",
    ]


def test_files_of_installed_packages_are_left_out_by_their_path(
    tmp_path: Path, make_wheel: Callable[..., Path], requirements: Callable[..., str]
) -> None:
    make_wheel("tiny")
    output = tmp_path / "output"
    output.mkdir()
    plain = _package(tmp_path / "entry", requirements("tiny==1.0"))
    package = dataclasses.replace(plain, left_out=["tiny-*/entry_points.txt", "*/handler.py"])
    package.build(output)
    names = [name for name, *_ in _everything(output)]
    assert names == ["handler.py", "tiny/__init__.py", "tiny-1.0.dist-info/METADATA", "tiny-1.0.dist-info/WHEEL"]
    assert package.digest() != plain.digest()


def test_a_failed_build_leaves_nothing(tmp_path: Path, requirements: Callable[..., str]) -> None:
    output = tmp_path / "output"
    output.mkdir()
    with pytest.raises(RuntimeError, match=r"could not be installed for|no wheel for"):
        _package(tmp_path / "entry", requirements("absent==1.0")).build(output)
    assert list(output.iterdir()) == []
