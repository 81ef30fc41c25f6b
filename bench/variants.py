"""Variants of our app: each performance setting alone, and shorter ways to create its resources."""

import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from bench.harness import Program, compare
from bench.peers import HERE, OURS, ROOT, app_environment, environment, resources
from bench.sections import Section, section_of
from bench.synth import CDK

_OFF: Final = {"CDK_VALIDATION": "false"}
_TEMPLATE: Final = "Documents-prod.template.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class Variant:
    """A variant of our app.

    Args:
        name: The variant's name in the table.
        words: The command, which runs in a copy of the project. The argument `{plan}` is replaced by the path of a
            file with the resources of the finished template.
        environment: Variables in addition to those of the CDK command line.
        edits: Texts of the copy's app.py that are replaced, with their replacements; each must occur.
    """

    name: str
    words: tuple[str, ...] = ("python", "app.py")
    environment: dict[str, str] = field(default_factory=dict)
    edits: dict[str, str] = field(default_factory=dict)


_SHIPPED: Final = Variant(name="as shipped, validation off", environment=_OFF)
_NO_PROOF: Final = {
    "from constructs_lib.validation import validated_app": "from aws_cdk import App",
    "validated_app()": "App()",
}
KNOBS: Final = (
    _SHIPPED,
    Variant(
        name="garbage collector on",
        environment=_OFF,
        edits={"gc.disable()": "gc.enable()", "gc.freeze()": "gc.collect()"},
    ),
    Variant(name="without the proof of isolation", environment=_OFF, edits=_NO_PROOF),
    Variant(name="python -O: no type checks by jsii", words=("python", "-O", "app.py"), environment=_OFF),
    Variant(name="validation on"),
    Variant(name="validation by the CDK's own engine in Node, no proof", edits=_NO_PROOF),
    Variant(
        name="no bytecode of the CDK",
        environment={**_OFF, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPYCACHEPREFIX": "none"},
    ),
    Variant(name="jsii's package cache off", environment={**_OFF, "JSII_RUNTIME_PACKAGE_CACHE": "disabled"}),
)
"""Performance settings; the first variant is the baseline."""

_LEVEL_ONE: Final = str(HERE / "level_one" / "app.py")


def _floor(name: str, way: str, *options: str) -> Variant:
    return Variant(name=name, words=("python", *options, _LEVEL_ONE, way, "{plan}"), environment=_OFF)


FLOOR: Final = (
    _SHIPPED,
    Variant(name="as shipped, no proof", environment=_OFF, edits=_NO_PROOF),
    _floor("typed L1 constructs", "typed"),
    _floor("typed L1 constructs, python -O", "typed", "-O"),
    _floor("L1 constructs by one-line jsii classes", "shim"),
    _floor("L1 constructs by one-line jsii classes, python -O", "shim", "-O"),
    _floor("generic `CfnResource`", "generic"),
    _floor("one `CfnInclude` of the finished plan", "include"),
    _floor("the finished plan written as a template, no Node", "dict"),
)
"""Shorter ways to create the resources; each must create those of the first variant, which is the baseline."""

_COMMAND: Final = (CDK, "synth", "--quiet", "--no-notices", "--output", "out", "--context", "stage=prod")
COMMANDS: Final = (
    Variant(name="`cdk synth` as shipped", words=_COMMAND),
    Variant(
        name="compile cache for the command line alone",
        words=(*_COMMAND, "--app", "env -u NODE_COMPILE_CACHE python app.py"),
        environment={"NODE_COMPILE_CACHE": "compile-cache"},
    ),
    Variant(name="`--no-validation`", words=(*_COMMAND, "--no-validation")),
    Variant(
        name="`--no-validation`, compile cache",
        words=(*_COMMAND, "--no-validation", "--app", "env -u NODE_COMPILE_CACHE python app.py"),
        environment={"NODE_COMPILE_CACHE": "compile-cache"},
    ),
)
"""Settings of the CDK command line; the first variant is the baseline."""


def knob_sections(rounds: int) -> list[Section]:
    """Time our app with each setting alone, compared with the shipped configuration."""
    note = (
        "The same app; each knob leaves the template byte-identical. The first row is "
        "`CDK_VALIDATION=false python app.py`."
    )
    note_of_commands = (
        "The command line is one file of 16 MB, which Node compiles each time unless a compile cache is set. The "
        "app must not inherit the cache: jsii unpacks its modules to a random path, so the cache would only grow."
    )
    return [
        _section("knobs", "Knobs of our app, each alone", note, KNOBS, rounds),
        _section("knobs-cdk", "Knobs of `cdk synth`", note_of_commands, COMMANDS, rounds),
    ]


def floor_sections(rounds: int) -> list[Section]:
    """Time shorter ways to create the resources of our app."""
    note = (
        "`bench/level_one`: the resources of our finished template, created in shorter ways, each checked to write the "
        "same resources. They get finished values: the computation of the values, the asset, the outputs and the proof "
        "are not included, so these are lower bounds, not alternatives. Validation off, garbage collector off."
    )
    return [_section("floor", "The floor: the same resources by shorter ways", note, FLOOR, rounds, same=True)]


def _section(
    name: str, title: str, note: str, variants: tuple[Variant, ...], rounds: int, *, same: bool = False
) -> Section:
    with TemporaryDirectory() as folder:
        work = Path(folder)
        programs = [_program(variant, work, number) for number, variant in enumerate(variants)]
        if same:
            _write_plan(work)
        summaries = compare(programs, rounds=rounds)
        outputs = [Path(program.environment["CDK_OUTDIR"]) for program in programs]
        if same:
            _check_same(work, dict(zip([each.name for each in variants], outputs, strict=True)))
        found = {each.name: resources(output) for each, output in zip(variants, outputs, strict=True)}
    return section_of(name, title, note, summaries, found)


def _program(variant: Variant, work: Path, number: int) -> Program:
    """Copy the project with the changes of a variant, and return the program that runs it.

    Raises:
        ValueError: If app.py lacks a text that the variant replaces.
    """
    project = work / f"project-{number}"
    for name in ("stacks", "lambda_src"):
        shutil.copytree(ROOT / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "cdk.json", project)
    text = (ROOT / "app.py").read_text(encoding="utf-8")
    for old, new in variant.edits.items():
        if old not in text:
            raise ValueError(f"app.py has no {old!r}; change the variant {variant.name!r} in bench/variants.py")
        text = text.replace(old, new)
    (project / "app.py").write_text(text, encoding="utf-8")
    output = project / "out"
    if variant.words[0] == CDK:
        given = {**environment(work), "CDK_OUTDIR": str(output)}
    else:
        output.mkdir()
        given = app_environment(OURS, work, output, validation=True)
    words = tuple(str(work / "plan.json") if word == "{plan}" else word for word in variant.words)
    return Program(name=variant.name, words=words, folder=project, environment={**given, **variant.environment})


def _write_plan(work: Path) -> None:
    """Run our app once and write the resources of its template to plan.json."""
    program = _program(_SHIPPED, work, len(FLOOR))
    compare([program], rounds=1)
    template = Path(program.environment["CDK_OUTDIR"], _TEMPLATE)
    (work / "plan.json").write_text(json.dumps({"Resources": _resources(template)}), encoding="utf-8")


def _check_same(work: Path, outputs: dict[str, Path]) -> None:
    """Raise RuntimeError unless every variant has created the resources of the plan."""
    plan = _resources(work / "plan.json")
    for name, output in outputs.items():
        for template in output.glob("*.template.json"):
            if _resources(template) != plan:
                raise RuntimeError(f"{name!r} did not create the resources of the document stack; see {_LEVEL_ONE}")


def _resources(template: Path) -> dict[str, Any]:
    """Return the resources of a template, without their construct paths, which only some apps write.

    `DependsOn`, whose order has no effect, is sorted.
    """
    found: dict[str, Any] = json.loads(template.read_text(encoding="utf-8"))["Resources"]
    for each in found.values():
        metadata = each.get("Metadata", {})
        if metadata.pop("aws:cdk:path", None) and not metadata:
            del each["Metadata"]
        if "DependsOn" in each:
            each["DependsOn"] = sorted(each["DependsOn"])
    return found
