"""Command line of the benchmark: all parts, or the named ones."""

import os
import platform
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final, NoReturn

import click
import psutil

from bench.report import read_json, write_json, write_markdown, write_plot
from bench.sections import Section, replaced
from constructs_lib.local.toolchain import node

DOCS: Final = Path(__file__).parents[1] / "docs"
_INTERRUPTED: Final = 130
"""The exit status of a command that Ctrl-C has interrupted, as in a shell."""


def _app(rounds: int) -> list[Section]:
    from bench.synth import app_sections

    return app_sections(rounds)


def _cdk(rounds: int) -> list[Section]:
    from bench.synth import command_sections

    return command_sections(rounds)


def _knobs(rounds: int) -> list[Section]:
    from bench.variants import knob_sections

    return knob_sections(rounds)


def _floor(rounds: int) -> list[Section]:
    from bench.variants import floor_sections

    return floor_sections(rounds)


def _growth(_: int) -> list[Section]:
    os.environ["CDK_VALIDATION"] = "false"
    os.environ["JSII_NODE"] = str(node())
    from bench.growth import sections

    return sections()


def _tests(_: int) -> list[Section]:
    from bench.suite import sections

    return sections()


def _analysis(rounds: int) -> list[Section]:
    from bench.analysis import sections
    from bench.templates import sections as of_templates

    return [*sections(), *of_templates(rounds)]


def _local(_: int) -> list[Section]:
    from bench.local_loop import sections

    return sections()


def _load(_: int) -> list[Section]:
    from bench.load import sections

    return sections()


def _handler(rounds: int) -> list[Section]:
    from bench.handler import sections

    return sections(rounds)


PARTS: Final[dict[str, Callable[[int], list[Section]]]] = {
    "app": _app,
    "cdk": _cdk,
    "knobs": _knobs,
    "floor": _floor,
    "tests": _tests,
    "growth": _growth,
    "local": _local,
    "load": _load,
    "handler": _handler,
    "analysis": _analysis,
}


@click.command()
@click.argument("parts", nargs=-1, type=click.Choice(list(PARTS)))
@click.option("--rounds", default=5, show_default=True, help="The number of runs of each program, in turn.")
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    default=DOCS,
    show_default="docs",
    help="The folder for performance.md, .json and .svg; created if it does not exist.",
)
def main(parts: tuple[str, ...], rounds: int, into: Path) -> None:
    """Time PARTS (default: all), and write the results to docs/performance.md, .json and .svg.

    Peers from npm are timed if their packages are installed; otherwise their row names the command that installs
    them. Parts that are not named keep the results of an earlier run; without named parts, all results are replaced.
    Ctrl-C ends the benchmark and all processes that it has started; the results of completed parts are written.
    """
    into.mkdir(parents=True, exist_ok=True)
    sections: list[Section] = []
    if parts:
        _, sections = read_json(into / "performance.json")
    for part in parts or PARTS:
        click.echo(f"... {part}", err=True)
        try:
            sections = _measured(part, rounds, sections)
        except KeyboardInterrupt:
            click.echo(f"interrupted: {part} is not measured", err=True)
            sys.exit(_INTERRUPTED)
        machine = _machine()
        write_json(into / "performance.json", machine, sections)  # after each part, in case a later one fails
        write_markdown(into / "performance.md", machine, sections)
        write_plot(into / "performance.svg", sections)


def _measured(part: str, rounds: int, sections: list[Section]) -> list[Section]:
    """Run a part; print its results, and return the sections with them."""
    for found in PARTS[part](rounds):
        section = replace(found, note=f"{found.note} {_when(part, rounds)}")
        sections = replaced(sections, section)
        click.echo(f"{section.title}\n  {section.columns}", err=True)
        for row in section.rows:
            click.echo(f"  {row}", err=True)
    return sections


def _end_children(*_: object) -> NoReturn:
    """Kill every process that this one has started, and raise KeyboardInterrupt."""
    started = psutil.Process().children(recursive=True)
    for process in started:
        with suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(started, timeout=2)
    raise KeyboardInterrupt


def _when(part: str, rounds: int) -> str:
    command = f"python -m bench {part} --rounds {rounds}"
    on = f"a load of {os.getloadavg()[1]:.1f}, aws-cdk-lib {version('aws-cdk-lib')} and jsii {version('jsii')}"
    return f"Measured {datetime.now(tz=UTC):%Y-%m-%d} by `{command}`, at {on}."


def _machine() -> dict[str, str]:
    node_version = subprocess.run([str(node()), "--version"], capture_output=True, text=True, check=True)
    return {
        "Processors": f"{os.cpu_count()} ({platform.machine()})",
        "Python": platform.python_version(),
        "Node": node_version.stdout.strip(),
    }


def start() -> None:
    """Run the command; SIGINT and SIGTERM end it, even if the shell that started it ignores SIGINT."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, _end_children)
    main()


if __name__ == "__main__":
    start()
