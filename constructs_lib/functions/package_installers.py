"""Install packages into a folder for a given target, with uv or pip, without Docker."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from constructs_lib.functions.build_target import Target
from constructs_lib.proxies import with_system_certificates

# Written for the machine that installs: paths, interpreter names, hashes of both, an empty lock file.
_MACHINE_SPECIFIC: Final = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json")
_EPOCH: Final = 315_532_800
"""1980-01-01, the oldest time a zip file can hold."""

_NO_WHEEL = re.compile(
    r"no wheels? with a matching|no matching distribution found|only-binary|building .* disabled|no usable wheels",
    re.IGNORECASE,
)


def find_uv() -> str | None:
    """Return the path of uv: of the Python package in this environment, else the one on PATH."""
    if importlib.util.find_spec("uv") is not None:
        from uv import find_uv_bin  # noqa: PLC0415 - an optional dependency

        try:
            return find_uv_bin()
        except FileNotFoundError:
            pass
    return shutil.which("uv")


def install(
    requirements: str,
    target: Target,
    folder: Path,
    *,
    require_hashes: bool,
    uv: str | None,
    with_dependencies: bool = True,
) -> None:
    """Install the packages of a requirements text into `folder` so that they load on `target`.

    Wheels only: building a package from source would build it for this machine. Afterwards what differs from machine to
    machine (installer records, scripts with an interpreter's path, compiled files) is removed. The folder exists.
    Without `uv`, pip of the running interpreter installs.

    Raises:
        RuntimeError: If the installer fails; the message names a missing wheel.
    """
    with tempfile.TemporaryDirectory() as scratch:
        listing = Path(scratch) / "requirements.txt"
        listing.write_text(requirements, encoding="utf-8")
        command = _uv_command(uv, target) if uv else _pip_command(target)
        command += ["--target", str(folder), "--requirement", str(listing)]
        if require_hashes:
            command.append("--require-hashes")
        if not with_dependencies:
            command.append("--no-deps")
        done = subprocess.run(
            command, env=with_system_certificates(os.environ), capture_output=True, text=True, check=False
        )
    if done.returncode:
        raise RuntimeError(_explain(done.stderr.strip() or done.stdout.strip(), target))
    _remove_machine_specific(folder)


def build_wheel(source: Path, folder: Path, *, uv: str | None) -> Path:
    """Build the wheel of a package in source form, with the build system that its `pyproject.toml` names.

    The wheel goes into a folder of its own. Without `uv`, pip of the running interpreter builds.

    Returns:
        The wheel.

    Raises:
        RuntimeError: If it cannot be built.
    """
    output = Path(tempfile.mkdtemp(dir=folder))
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(output), str(source)]
    if uv:
        command = [uv, "build", "--wheel", "--python", sys.executable, "--out-dir", str(output), str(source)]
    done = subprocess.run(
        command, env=with_system_certificates(os.environ), capture_output=True, text=True, check=False
    )
    found = next(output.glob("*.whl"), None)
    if done.returncode or found is None:
        raise RuntimeError(
            f"the package in {str(source)!r} could not be built; see the output of the build:\n{done.stderr.strip()}"
        )
    return found


def _uv_command(uv: str, target: Target) -> list[str]:
    # Copies, because fixing the times of hard links would change uv's cache.
    command = [uv, "pip", "install", "--quiet", "--link-mode", "copy", "--only-binary", ":all:"]
    if target.interpreter:
        return [*command, "--python", target.interpreter]
    platform = f"{target.machine}-{target.manylinux[0]}"
    return [*command, "--python-version", target.python, "--python-platform", platform]


def _pip_command(target: Target) -> list[str]:
    if importlib.util.find_spec("pip") is None:
        raise RuntimeError("neither uv nor pip is installed in this environment; run `pip install uv`")
    running = f"{sys.version_info.major}.{sys.version_info.minor}"
    # Conflicts are looked for among the packages of the running environment, which the target will not have.
    command = ["-m", "pip", "install", "--quiet", "--no-compile", "--no-warn-conflicts", "--only-binary", ":all:"]
    if target.interpreter:
        # An interpreter found on PATH need not have pip; the running one has and can install for it.
        return [sys.executable, *command, *([] if target.python == running else ["--python-version", target.python])]
    command += ["--implementation", "cp", "--python-version", target.python]
    for tag in target.manylinux:
        command += ["--platform", f"{tag}_{target.machine}"]
    return [sys.executable, *command]


def _explain(output: str, target: Target) -> str:
    if not _NO_WHEEL.search(output):
        return f"the packages could not be installed for {target.label}; see the output of the installer:\n{output}"
    return (
        f"a package has no wheel for {target.label}, and a build on this machine would not load there; pin a version "
        "that has one, use the other architecture, or put the package into a layer built on Lambda's own "
        f"image:\n{output}"
    )


def _remove_machine_specific(folder: Path) -> None:
    shutil.rmtree(folder / "bin", ignore_errors=True)
    (folder / ".lock").unlink(missing_ok=True)
    for cache in sorted(folder.rglob("__pycache__")):
        shutil.rmtree(cache)
    for info in folder.glob("*.dist-info"):
        for name in _MACHINE_SPECIFIC:
            (info / name).unlink(missing_ok=True)


def fix_times_and_modes(folder: Path) -> None:
    """Give every file one time and a mode free of the umask, because both end up in the zip file."""
    for path in [*folder.rglob("*"), folder]:
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        os.utime(path, (_EPOCH, _EPOCH))
