"""A stack with an Auth, and wheels made on the spot: packaging is tested with the real installers, without an index."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from aws_cdk import App, Stack

from constructs_lib.auth import Auth, Group

MakeWheel = Callable[..., Path]


@pytest.fixture
def entry(tmp_path: Path) -> Path:
    (tmp_path / "handler.py").write_text("def handler(event, context): ...\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def stack() -> Stack:
    return Stack(App(context={"aws:cdk:bundling-stacks": []}), "S")


@pytest.fixture
def auth(stack: Stack) -> Auth:
    return Auth(stack, "Auth", guests=True, groups=[Group("editors"), Group("readers")])


@pytest.fixture
def wheelhouse(tmp_path: Path) -> Path:
    folder = tmp_path / "wheelhouse"
    folder.mkdir()
    return folder


@pytest.fixture
def make_wheel(wheelhouse: Path) -> MakeWheel:
    def make(name: str, *, tag: str = "py3-none-any", version: str = "1.0") -> Path:
        info = f"{name}-{version}.dist-info"
        files = {
            f"{name}/__init__.py": f"VALUE = {version!r}\n",
            f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
            f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: {tag}\n",
            f"{info}/entry_points.txt": f"[console_scripts]\n{name} = {name}:main\n",
        }
        files[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in files) + f"{info}/RECORD,,\n"
        wheel = wheelhouse / f"{name}-{version}-{tag}.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            for path, text in files.items():
                archive.writestr(path, text)
        return wheel

    return make


@pytest.fixture
def requirements(wheelhouse: Path) -> Callable[..., str]:
    """Return a requirements text that finds packages in the wheelhouse only."""

    def text(*lines: str) -> str:
        return "\n".join(["--no-index", f"--find-links {wheelhouse}", *lines]) + "\n"

    return text
