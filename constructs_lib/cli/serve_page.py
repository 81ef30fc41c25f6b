"""Builds the page of an app and serves it against the local cloud (`up --web`)."""

import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click
from filelock import FileLock

from constructs_lib.cli.console import step
from constructs_lib.client.amplify import amplify_outputs
from constructs_lib.client.page_server import page_server
from constructs_lib.client.settings import choose_stack
from constructs_lib.local import LocalCloud, LocalCloudError
from constructs_lib.local.toolchain import REACHABLE, cache_folder, npm, run_quietly

FOLDER: Final = Path("examples/web")
PORT: Final = 5173
"""Vite's usual port, the only origin that the document stack's `local` stage allows."""


@contextmanager
def served_page(
    outputs: Mapping[str, Mapping[str, str]], cloud: LocalCloud, *, folder: Path = FOLDER, port: int = PORT
) -> Iterator[str]:
    """Build a page if its sources changed, and serve it against the local cloud until the block ends.

    Args:
        outputs: Stack name -> output key -> value, as `cdk deploy --outputs-file` writes it.
        cloud: The local cloud the app runs on.
        folder: The page's project: a `package.json` with a lock and a script `build` that writes `dist`.
        port: The port on the loopback interface.

    Yields:
        The page's address, to open in any browser.

    Raises:
        click.ClickException: The page cannot be built or served; the message names the remedy.
    """
    try:
        configuration = amplify_outputs(choose_stack(outputs)[1])
        built = build_page(folder)
        with page_server(built, configuration, endpoint_url=cloud.endpoint_url, port=port) as address:
            yield address
    except (ValueError, LocalCloudError) as error:
        raise click.ClickException(str(error)) from error


def check_page(folder: Path) -> None:
    """Refuse a folder without a locked npm project.

    Raises:
        click.ClickException: It has no package-lock.json.
    """
    if not (folder / "package-lock.json").is_file():
        raise click.ClickException(f"{folder} has no package-lock.json; name the folder of the page's project")


def build_page(folder: Path) -> Path:
    """Install a page's locked packages and build it, each only if needed; concurrent callers wait for each other.

    Returns:
        The folder of the build.

    Raises:
        click.ClickException: The folder has no locked npm project.
        LocalCloudError: npm fails; with its last lines.
    """
    check_page(folder)
    folder = folder.resolve()
    # Beside the page it would be one of its sources.
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    with FileLock(cache_folder() / f"page-{name}.lock"):
        _install(folder)
        return _build(folder)


def _install(folder: Path) -> None:
    installed = folder / "node_modules" / ".package-lock.json"
    if _newer(installed, [folder / "package-lock.json"]):
        return
    with step("Installing the page's packages"):
        command = [*npm(), "ci", "--no-audit", "--no-fund", "--loglevel=error"]
        run_quietly(command, cwd=folder, failed=f"the page's packages could not be installed; {REACHABLE}")
        # npm keeps the modification times of the packages; this is the time of the installation.
        os.utime(installed)


def _build(folder: Path) -> Path:
    page = folder / "dist" / "index.html"
    if not _newer(page, [folder / "node_modules" / ".package-lock.json", *_sources(folder)]):
        with step("Building the page"):
            run_quietly([*npm(), "run", "build"], cwd=folder, failed="the page could not be built; see its errors")
    return page.parent


def _sources(folder: Path) -> list[Path]:
    return [
        path for path in (*folder.glob("*.*"), *folder.glob("src/**/*"), *folder.glob("public/**/*")) if path.is_file()
    ]


def _newer(product: Path, causes: list[Path]) -> bool:
    return product.is_file() and all(cause.stat().st_mtime <= product.stat().st_mtime for cause in causes)
