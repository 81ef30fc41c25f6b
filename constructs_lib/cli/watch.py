"""Deploys changes of the app's files (`up --watch`): code of functions directly, all others by a deploy."""

import json
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Final

import click

from constructs_lib.cli.console import err, step
from constructs_lib.cli.hotswap import CODE, Package, digest_of, packages_of, swap
from constructs_lib.local import LocalCloud, LocalCloudError

try:
    from watchfiles import DefaultFilter, watch
except ImportError as error:
    raise click.ClickException(
        "--watch needs the package watchfiles; run `pip install 'cognito-app-constructs[local]'`"
    ) from error


_NEVER: Final = (".*", "__pycache__", "node_modules", "cdk.out", "*.pyc")
_SETTLE_MILLISECONDS: Final = 80


class AppFiles:
    """The files of a CDK app, as selected by `cdk watch`, with the last known SHA-256 of each.

    `watch.include` and `watch.exclude` of `cdk.json` select them; without these, every file counts. Hidden files,
    caches, packages and `cdk.out` never do.
    """

    def __init__(self, project: Path) -> None:
        """Read the settings and every file."""
        self._project = project
        settings = _watch_settings(project / "cdk.json")
        self._include = _patterns(settings.get("include", "**"))
        self._exclude = (*_NEVER, *_patterns(settings.get("exclude", ())))
        self.digests = self._read()

    def counts(self, path: Path) -> bool:
        """Return whether a path is a file of the app."""
        parts = path.relative_to(self._project).parts if path.is_relative_to(self._project) else ()
        steps = ["/".join(parts[: end + 1]) for end in range(len(parts))]
        if not parts or any(_matches(each, self._exclude) for each in steps):
            return False
        return any(_matches(each, self._include) for each in steps)

    def changed(self) -> list[Path]:
        """Return the files whose content has changed, including deleted ones."""
        before, self.digests = self.digests, self._read()
        return [path for path in sorted({*before, *self.digests}) if before.get(path) != self.digests.get(path)]

    def code(self) -> dict[Path, str]:
        """Return the files that are only code."""
        return {path: digest for path, digest in self.digests.items() if path.suffix in CODE}

    def _read(self) -> dict[Path, str]:
        digests = {}
        for path in self._walk(self._project):
            # A file may be deleted between the listing of the folder and its reading.
            with suppress(OSError):
                digests[path] = digest_of(path)
        return digests

    def _walk(self, folder: Path) -> list[Path]:
        found = []
        for path in sorted(folder.iterdir()):
            steps = path.relative_to(self._project).as_posix()
            if _matches(path.name, self._exclude) or _matches(steps, self._exclude):
                continue
            if path.is_dir() and not path.is_symlink():
                found += self._walk(path)
            elif path.is_file() and self.counts(path):
                found.append(path)
        return found


class _Filter(DefaultFilter):
    """Selects the events that watchfiles reports."""

    def __init__(self, files: AppFiles) -> None:
        super().__init__()
        self._files = files

    def __call__(self, change: Any, path: str) -> bool:
        return super().__call__(change, path) and self._files.counts(Path(path))


def watch_and_deploy(cloud: LocalCloud, options: Mapping[str, Any]) -> None:
    """Deploy every change of the app's files to its local cloud, until Ctrl-C.

    Saved code of a function takes effect without a synth: the file is replaced in the built package. This happens only
    if the result equals that of a deploy: the saved file is code, is unchanged in packages of functions, and is the
    only change. All other changes are deployed. Code that the CDK app imports too counts as the function's only. These
    deploys omit the CDK's own validation, which the first one ran. The cloud keeps running at the end. The options are
    those of `LocalCloud.deploy`.
    """
    files = AppFiles(cloud.project)
    packages = packages_of(cloud, files.code())
    _say_ready(cloud, packages)
    with suppress(KeyboardInterrupt):
        for _ in watch(cloud.project, watch_filter=_Filter(files), step=_SETTLE_MILLISECONDS, debounce=400):
            changed = files.changed()
            if changed and not _swap(cloud, packages, changed):
                err.print(f"{_names(cloud, changed)} changed", soft_wrap=True)
                packages = _deploy(cloud, files, options)
                _say_ready(cloud, packages)
    err.print(f"No longer watching. The local cloud still runs at {cloud.endpoint_url}; `cognito-app down` stops it.")


def _swap(cloud: LocalCloud, packages: Sequence[Package], changed: Sequence[Path]) -> bool:
    """Replace the changed files in their packages; return whether no other change remains."""
    files = {path for path in changed if path.exists()}
    affected = [package for package in packages if not files.isdisjoint(package.origins)]
    known = {path for package in affected for path in package.origins}
    if len(files) < len(changed) or not files <= known:
        return False
    names = _names(cloud, files)
    for package in affected:
        started = time.monotonic()
        try:
            swap(cloud, package, files & package.origins.keys())
        except LocalCloudError as error:
            err.print(f"{error}\nDeploying instead.")
            return False
        seconds = time.monotonic() - started
        err.print(f"{', '.join(package.functions)} runs the saved {names} ({seconds:.1f} s)")
    return True


def _deploy(cloud: LocalCloud, files: AppFiles, options: Mapping[str, Any]) -> list[Package]:
    """Deploy, and return the swappable packages; none if the deployment fails, with the error printed."""
    deployed = files.code()
    try:
        with step("Deploying with the CDK") as progress:
            cloud.deploy(**options, validate=False, say=progress.note)
    except LocalCloudError as error:
        err.print(f"{error}\nMend it and save: the deploy starts again.", soft_wrap=True)
        return []
    return packages_of(cloud, deployed)


def _names(cloud: LocalCloud, paths: Collection[Path]) -> str:
    return ", ".join(path.relative_to(cloud.project).as_posix() for path in sorted(paths))


def _say_ready(cloud: LocalCloud, packages: Sequence[Package]) -> None:
    functions = sorted({name for package in packages if package.origins for name in package.functions})
    at_once = (
        f" Changes to the code of {', '.join(functions)} take effect immediately; others are deployed."
        if functions
        else ""
    )
    err.print(f"Watching {cloud.project} until Ctrl-C.{at_once}", soft_wrap=True)


def _watch_settings(path: Path) -> Mapping[str, Any]:
    try:
        settings: Any = json.loads(path.read_text(encoding="utf-8")).get("watch", {})
    except FileNotFoundError:
        return {}
    except (ValueError, AttributeError) as error:
        raise click.ClickException(
            f"{path} does not contain a JSON object ({error}); write it with `cdk synth`"
        ) from error
    return settings if isinstance(settings, dict) else {}


def _patterns(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _matches(path: str, patterns: Sequence[str]) -> bool:
    """Return whether a glob of cdk.json matches a path; `**/` also matches nothing."""
    return any(fnmatch(path, each) or fnmatch(path, each.removeprefix("**/")) for each in patterns)
