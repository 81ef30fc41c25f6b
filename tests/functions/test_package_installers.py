"""Wheels installed with the real uv and the real pip."""

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from constructs_lib.functions.build_target import Target
from constructs_lib.functions.package_installers import find_uv, fix_times_and_modes, install

ARM = Target.aws("python3.13", "arm64")
INTEL = Target.aws("python3.13", "x86_64")


@pytest.fixture(params=["uv", pytest.param("pip", marks=pytest.mark.slow)])
def uv(request: pytest.FixtureRequest) -> str | None:
    """Path of uv, or None for pip."""
    return find_uv() if request.param == "uv" else None


def _install(text: str, target: Target, folder: Path, uv: str | None, *, require_hashes: bool = False) -> Path:
    folder.mkdir()
    install(text, target, folder, require_hashes=require_hashes, uv=uv)
    return folder


def test_each_architecture_gets_its_own_wheel(
    tmp_path: Path, make_wheel: Callable[..., Path], requirements: Callable[..., str], uv: str | None
) -> None:
    make_wheel("native", tag="cp313-cp313-manylinux_2_28_aarch64")
    make_wheel("native", tag="cp313-cp313-manylinux_2_28_x86_64")
    for target in (ARM, INTEL):
        folder = _install(requirements("native==1.0"), target, tmp_path / target.machine, uv)
        assert target.machine in (folder / "native-1.0.dist-info" / "WHEEL").read_text(encoding="utf-8")


def test_a_missing_wheel_is_said_in_words(
    tmp_path: Path, make_wheel: Callable[..., Path], requirements: Callable[..., str], uv: str | None
) -> None:
    make_wheel("native", tag="cp313-cp313-manylinux_2_28_x86_64")
    with pytest.raises(
        RuntimeError, match=r"no wheel for python3\.13-manylinux_2_34-aarch64.*; pin a version"
    ) as caught:
        _install(requirements("native==1.0"), ARM, tmp_path / "out", uv)
    assert "native" in str(caught.value)


def test_nothing_of_the_installing_machine_is_left(
    tmp_path: Path, make_wheel: Callable[..., Path], requirements: Callable[..., str], uv: str | None
) -> None:
    make_wheel("tiny")
    folder = _install(requirements("tiny==1.0"), ARM, tmp_path / "out", uv)
    assert sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()) == [
        "tiny-1.0.dist-info/METADATA",
        "tiny-1.0.dist-info/WHEEL",
        "tiny-1.0.dist-info/entry_points.txt",
        "tiny/__init__.py",
    ]


@pytest.mark.slow
def test_uv_and_pip_install_the_same_bytes(
    tmp_path: Path, make_wheel: Callable[..., Path], requirements: Callable[..., str]
) -> None:
    make_wheel("tiny")
    found = []
    for name, uv in (("uv", find_uv()), ("pip", None)):
        folder = _install(requirements("tiny==1.0"), ARM, tmp_path / name, uv)
        fix_times_and_modes(folder)
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        found.append([(path.relative_to(folder), path.stat().st_mode, path.read_bytes()) for path in files])
    assert found[0] == found[1]


def test_a_package_that_does_not_match_its_hash_is_refused(
    tmp_path: Path, make_wheel: Callable[..., Path], requirements: Callable[..., str], uv: str | None
) -> None:
    right = hashlib.sha256(make_wheel("tiny").read_bytes()).hexdigest()
    _install(requirements(f"tiny==1.0 --hash=sha256:{right}"), ARM, tmp_path / "right", uv, require_hashes=True)
    wrong = requirements(f"tiny==1.0 --hash=sha256:{'0' * 64}")
    with pytest.raises(RuntimeError, match="could not be installed"):
        _install(wrong, ARM, tmp_path / "wrong", uv, require_hashes=True)


def test_this_machines_own_interpreter_is_served(
    tmp_path: Path, make_wheel: Callable[..., Path], requirements: Callable[..., str], uv: str | None
) -> None:
    make_wheel("tiny")
    folder = _install(requirements("tiny==1.0"), Target.this_machine("python3.11"), tmp_path / "out", uv)
    assert (folder / "tiny" / "__init__.py").is_file()


def test_times_and_modes_do_not_depend_on_the_machine(tmp_path: Path) -> None:
    script, module = tmp_path / "f" / "run.sh", tmp_path / "f" / "m.py"
    script.parent.mkdir(mode=0o700)
    for path, mode in ((script, 0o700), (module, 0o600)):
        path.touch()
        path.chmod(mode)
    fix_times_and_modes(tmp_path / "f")
    assert [oct(path.stat().st_mode & 0o777) for path in (script, module, script.parent)] == ["0o755", "0o644", "0o755"]
    assert {int(path.stat().st_mtime) for path in (script, module)} == {315_532_800}


def test_uv_is_found_where_the_package_brings_it() -> None:
    found = find_uv()
    assert found
    assert shutil.which(found)
