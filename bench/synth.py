"""Synthesis of the document stack beside its peers: hand-wired Python, TypeScript, Amplify, SAM."""

import json
import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bench.harness import Program, compare
from bench.sections import Section, section_of
from constructs_lib.local.toolchain import node

ROOT: Final = Path(__file__).parents[1]
HERE: Final = ROOT / "bench"
OURS: Final = "document stack, this library"
HANDWIRED: Final = "hand-wired Python L2s"
_TYPESCRIPT: Final = "TypeScript on plain node"
_AMPLIFY: Final = "Amplify Gen 2, auth + storage only"
_SAM: Final = "SAM template, transform only"


def flags() -> dict[str, object]:
    """Return the feature flags of cdk.json."""
    context: dict[str, object] = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]
    return context


def environment(output: Path, *, validation: bool, context: dict[str, object] | None = None) -> dict[str, str]:
    """Return the environment the CDK command line gives to an app."""
    dropped = ("CDK_", "JSII_", "AWS_", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    return {
        **kept,
        "PATH": f"{node().parent}{os.pathsep}{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "JSII_NODE": str(node()),
        "CDK_OUTDIR": str(output),
        "CDK_CONTEXT_JSON": json.dumps({**flags(), "stage": "prod", **(context or {})}),
        **({} if validation else {"CDK_VALIDATION": "false"}),
    }


def programs(work: Path, *, validation: bool) -> list[Program]:
    """Return the peers that are installed, the hand-wired one first."""

    def program(name: str, *words: str, folder: Path = ROOT, context: dict[str, object] | None = None) -> Program:
        output = work / name.replace(" ", "-")
        output.mkdir(exist_ok=True)
        return Program(
            name=name,
            words=words,
            folder=folder,
            environment=environment(output, validation=validation, context=context),
        )

    found = [
        program(HANDWIRED, sys.executable, str(HERE / "handwired" / "app.py")),
        program(OURS, sys.executable, str(ROOT / "app.py")),
    ]
    if (HERE / "typescript" / "node_modules").is_dir():
        found.append(program(_TYPESCRIPT, str(node()), str(HERE / "typescript" / "app.js")))
    amplify = HERE / "amplify"
    if (amplify / "node_modules").is_dir():
        names = {f"amplify-backend-{key}": "bench" for key in ("namespace", "name")}
        tsx = str(amplify / "node_modules" / "tsx" / "dist" / "cli.mjs")
        context: dict[str, object] = {**names, "amplify-backend-type": "sandbox"}
        words = (str(node()), tsx, "amplify/backend.ts")
        found.append(program(_AMPLIFY, *words, folder=amplify, context=context))
    if not validation:
        found.append(program(_SAM, sys.executable, str(HERE / "sam" / "transform.py")))
    return found


def app_sections(rounds: int) -> list[Section]:
    """Time the apps alone, as the CDK command line starts them, with and without validation."""
    sections = []
    with TemporaryDirectory() as folder:
        for validation in (True, False):
            peers = programs(Path(folder), validation=validation)
            summaries = compare(peers, rounds=rounds)
            name = "app" if validation else "app-no-validation"
            sections.append(
                section_of(
                    name,
                    f"The app alone, in-synth validation {'on' if validation else 'off'}",
                    "What the command line starts: `python app.py` and its like. The package of our function is built "
                    "before; the others' needs no packages. Our app also proves isolation during a synth.",
                    summaries,
                    {peer.name: resources(Path(peer.environment["CDK_OUTDIR"])) for peer in peers},
                )
            )
    return sections


def command_sections(rounds: int) -> list[Section]:
    """Time `cdk synth` whole, with and without validation."""
    cdk = ROOT / "node_modules" / ".bin" / "cdk"
    sections = []
    with TemporaryDirectory() as folder:
        for validation in (True, False):
            peers = []
            for peer in programs(Path(folder), validation=True)[:3]:
                output = peer.environment["CDK_OUTDIR"]
                stock = {key: value for key, value in peer.environment.items() if not key.startswith("CDK_")}
                place = Path(folder) / f"project-{peer.name.replace(' ', '-')}"
                place.mkdir(exist_ok=True)
                # Notices would be fetched from the network, whose speed is nobody's merit.
                words = [str(cdk), "synth", "--quiet", "--no-notices", "--output", output, "--context", "stage=prod"]
                if peer.name == OURS:
                    place = ROOT
                else:
                    settings = {"app": " ".join(peer.words), "context": flags()}
                    (place / "cdk.json").write_text(json.dumps(settings), encoding="utf-8")
                if not validation:
                    words.append("--no-validation")
                peers.append(replace(peer, words=tuple(words), folder=place, environment=stock))
            name = "cdk-synth" if validation else "cdk-synth-no-validation"
            title = f"Whole `cdk synth`, validation {'on' if validation else 'off'}"
            note = "Each with its own cdk.json and the same feature flags; the same CDK command line and Node."
            sections.append(section_of(name, title, note, compare(peers, rounds=rounds), {}))
    return sections


def resources(output: Path) -> int:
    """Return how many resources an assembly's templates have, nested ones too."""
    return sum(
        len(json.loads(path.read_text(encoding="utf-8")).get("Resources", {}))
        for path in output.rglob("*.template.json")
        if "asset." not in str(path.parent)
    )


def knob_section(rounds: int) -> list[Section]:
    """Time our app with each knob alone against how it ships."""
    with TemporaryDirectory() as folder:
        work = Path(folder)
        shutil.copytree(ROOT / "stacks", work / "stacks", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(ROOT / "lambda_src", work / "lambda_src", ignore=shutil.ignore_patterns("__pycache__"))
        text = (ROOT / "app.py").read_text(encoding="utf-8")
        (work / "app.py").write_text(text, encoding="utf-8")
        collecting = text.replace("gc.disable()", "pass").replace("gc.freeze()", "pass")
        (work / "collecting.py").write_text(collecting, encoding="utf-8")
        unproved = "".join(line for line in text.splitlines(keepends=True) if "IsolationPlugin" not in line)
        (work / "unproved.py").write_text(unproved, encoding="utf-8")
        shipped = environment(work / "out", validation=False)
        uncompiled = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPYCACHEPREFIX": str(work / "none")}
        validated = environment(work / "out", validation=True)

        def ours(name: str, *words: str, env: dict[str, str] = shipped) -> Program:
            return Program(name=name, words=(sys.executable, *words), folder=work, environment=env)

        variants = [
            ours("as shipped, validation off", "app.py"),
            ours("garbage collector on", "collecting.py"),
            ours("without the proof of isolation", "unproved.py"),
            ours("python -O (no type checks by jsii)", "-O", "app.py"),
            ours("validation on", "app.py", env=validated),
            ours("no bytecode of the CDK", "app.py", env={**shipped, **uncompiled}),
        ]
        summaries = compare(variants, rounds=rounds)
    return [
        section_of(
            "knobs",
            "Knobs of our app, each alone",
            "The same app and template; the first row is `CDK_VALIDATION=false python app.py`.",
            summaries,
            {},
        )
    ]
