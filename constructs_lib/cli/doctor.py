"""`cognito-app doctor`: missing requirements on this machine, and the command that installs each."""

import importlib.util
import shutil
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from typing import Final

import click
from rich.table import Table
from rich.text import Text

from constructs_lib.cli.console import out
from constructs_lib.cli.template_options import write_json

SCHEMA: Final = "cognito-app/doctor/1"
_EXTRA: Final = "pip install 'cognito-app-constructs[local]'"
_TO_LOOK: Final = ("filelock", "platformdirs", "psutil")
"""Packages of the extra `local` that the other checks need."""
_ROOM: Final = 2 * 1024**3
"""The free bytes that the environments, the assembly and the emulator's files need."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """The result of one check.

    `found` is empty if it is missing, and the remedy is the command that installs it. `up` requires it if `needed`.
    """

    what: str
    found: str
    remedy: str
    needed: bool = True


@click.command()
@click.option("--format", "shape", type=click.Choice(["table", "json"]), default="table", show_default=True)
def command(*, shape: str) -> int:
    """Show the requirements of `up`, the proof and the web tests, and how to install those that are missing.

    Exit 1 if a requirement of `up` is missing.
    """
    findings = examine()
    ready = all(finding.found for finding in findings if finding.needed)
    if shape == "json":
        write_json({"schema": SCHEMA, "ready": ready, "findings": [asdict(finding) for finding in findings]})
    else:
        out.print(_table(findings))
    return int(not ready)


def _table(findings: list[Finding]) -> Table:
    table = Table("", "what", "found", "remedy")
    for finding in findings:
        style, word = (
            ("green", "ok") if finding.found else ("red", "missing") if finding.needed else ("yellow", "optional")
        )
        table.add_row(Text(word, style=style), finding.what, finding.found, "" if finding.found else finding.remedy)
    return table


def examine() -> list[Finding]:
    """Run every check; if packages of the extra `local` are missing, only theirs."""
    packages = [
        Finding(what=name, found=_module(name), remedy=_EXTRA) for name in ("boto3", "requests", "uv", *_TO_LOOK)
    ]
    python = Finding(what="Python 3.11 or later", found=sys.version.split()[0], remedy="")
    return [python, *packages, *(_machine() if all(map(_module, _TO_LOOK)) else [])]


def _machine() -> list[Finding]:
    from constructs_lib.local import emulator_environment, toolchain

    built = emulator_environment.is_built()
    free = shutil.disk_usage(toolchain.cache_folder()).free
    return [
        Finding(what="Node 22 or later", found=_try(lambda: str(toolchain.node())), remedy=_EXTRA),
        Finding(what="npm", found=_try(lambda: toolchain.npm()[-1]), remedy=_EXTRA),
        Finding(
            what="CDK command line",
            found=str(toolchain.installed_cdk(Path.cwd()) or ""),
            remedy="cognito-app up (installs 2.1148.1 the first time; the npm registry must be reachable)",
            needed=False,
        ),
        Finding(
            what="emulator's environment",
            found=str(emulator_environment.emulator_folder()) if built else "",
            remedy="cognito-app up (builds it the first time; the Python package index must be reachable)",
            needed=False,
        ),
        Finding(
            what="2 GiB of disk",
            found=f"{free / 1024**3:.1f} GiB free" if free > _ROOM else "",
            remedy=f"make room on the disk of {toolchain.cache_folder()}",
        ),
        Finding(
            what="cvc5, the second engine of the proof",
            found=_module("cvc5"),
            remedy="pip install 'cognito-app-constructs[proof]'",
            needed=False,
        ),
        Finding(
            what="Chromium, for the web tests",
            found=_chromium(),
            remedy="apt-get install chromium, or: playwright install chromium",
            needed=False,
        ),
    ]


def _chromium() -> str:
    from platformdirs import user_cache_path

    on_path = filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome")))
    # The default folder of `playwright install`.
    downloaded = map(str, user_cache_path("ms-playwright").glob("chromium-*"))
    return next(chain(on_path, downloaded), "")


def _try(find: Callable[[], str]) -> str:
    from constructs_lib.local import LocalCloudError

    try:
        return find()
    except LocalCloudError:
        return ""


def _module(name: str) -> str:
    return "installed" if importlib.util.find_spec(name) else ""
