"""Commands, their modules, formats and schemas: one that is forgotten somewhere is found here."""

import ast
import itertools
import json
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from constructs_lib.analysis.matrix.access import Reach
from constructs_lib.analysis.model.callers import CallerKind
from constructs_lib.analysis.proof.findings import Status
from constructs_lib.analysis.replacements.findings import Effect
from constructs_lib.cli.examples import EXAMPLES
from constructs_lib.cli.main import COMMANDS, group, module_of
from constructs_lib.explain import answer
from constructs_lib.story.row import Expected
from constructs_lib.verify.finding import Outcome
from tests.analysis.conftest import BUCKET, SUB, join, template
from tests.analysis.proof.test_traps import OWN, allow
from tests.cli.schemas import SCHEMAS

LIBRARY = Path(__file__).parents[2] / "constructs_lib"
ON_TEMPLATES = {
    "matrix": ["new.json"],
    "prove": ["new.json", "--engine", "automata"],
    "why": ["new.json", "--as", "user", "get Bucket private/{other}/x"],
    "diff": ["old.json", "new.json"],
    "replacements": ["old.json", "new.json"],
    "review": ["old.json", "new.json"],
}
"""Commands that read templates, with what to ask them."""
SLOW = {"deploy-role"}
"""One that loads all of CloudFormation's schemas; its own tests have both of its formats."""
ENUMS: Mapping[type[Enum], Sequence[str]] = {
    CallerKind: ["matrix-2"],
    Reach: ["matrix-2"],
    Status: ["prove-1"],
    Effect: ["replacements-1"],
    answer.Status: ["why-1"],
    answer.Reason: ["why-1"],
    Expected: ["try-1"],
    Outcome: ["verify-1"],
}
"""The published schemas that list an enumeration's values; verbs, kinds and questions are texts there and may grow."""
VERDICTS = ["PROVED", "COUNTEREXAMPLE", "UNDECIDED"]


def test_every_module_that_holds_a_command_is_in_the_table_and_each_name_has_one() -> None:
    holding = [path.stem for path in (LIBRARY / "cli").glob("*.py") if "command" in _functions(path)]
    assert sorted(holding) == sorted(map(module_of, COMMANDS))


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_an_example_that_it_accepts_in_its_help(name: str) -> None:
    _, *words = shlex.split(EXAMPLES[name])
    assert words[0] == name
    command = _command(name)
    with command.make_context(name, words[1:]) as context:
        assert f"\n    {EXAMPLES[name]}\n" in f"{command.get_help(context)}\n"


def _functions(path: Path) -> set[str]:
    return {each.name for each in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(each, ast.FunctionDef)}


def test_every_schema_that_is_printed_is_published_and_none_besides() -> None:
    said = re.compile(r'^SCHEMA(?:: Final)? = "(cognito-app/[a-z-]+/\d+)"$', re.MULTILINE)
    printed = {each for path in LIBRARY.rglob("*.py") for each in said.findall(path.read_text(encoding="utf-8"))}
    published = {
        json.loads(path.read_text(encoding="utf-8"))["properties"]["schema"]["const"] for path in SCHEMAS.iterdir()
    }
    assert printed == published


@pytest.mark.parametrize(("values", "schemas"), ENUMS.items(), ids=lambda each: getattr(each, "__name__", ""))
def test_a_schema_lists_exactly_the_values_that_the_code_has(values: type[Enum], schemas: Sequence[str]) -> None:
    for name in schemas:
        listed = [set(each) for each in _enums(json.loads((SCHEMAS / f"{name}.schema.json").read_text()))]
        assert {each.value for each in values if each is not CallerKind.PRINCIPAL} in listed, name


def test_every_list_of_words_in_a_schema_is_held_to_code() -> None:
    listed = [
        (path.name.removesuffix(".schema.json"), words)
        for path in SCHEMAS.iterdir()
        for words in _enums(json.loads(path.read_text(encoding="utf-8")))
        if all(isinstance(each, str) for each in words)
    ]
    held = [name for schemas in ENUMS.values() for name in schemas]
    # The verdict of a proof is a status that no question is accepted by.
    assert sorted(name for name, words in listed if words != VERDICTS) == sorted(held)


def _enums(schema: Any) -> Iterator[list[Any]]:
    for each in schema if isinstance(schema, list) else schema.values():
        if isinstance(each, dict | list):
            yield from _enums(each)
    if isinstance(schema, dict) and "enum" in schema:
        yield schema["enum"]


def test_every_command_that_reads_templates_is_asked_for_its_formats() -> None:
    asked = {name: {each.name for each in _command(name).params} for name in COMMANDS.keys() - SLOW}
    assert {name for name, options in asked.items() if options & {"templates", "new", "words"}} == ON_TEMPLATES.keys()


def _command(name: str) -> click.Command:
    command = group.get_command(click.Context(group), name)
    assert command is not None
    return command


@pytest.mark.parametrize("name", ON_TEMPLATES)
def test_each_format_of_a_command_is_written_in_its_own_way(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A format that a command takes and forgets would be printed as another."""
    monkeypatch.chdir(tmp_path)
    Path("old.json").write_text(json.dumps(template([OWN])), encoding="utf-8")
    Path("new.json").write_text(
        json.dumps(template([OWN, allow("s3:GetObject", join(BUCKET, f"/public/{SUB}"))])), encoding="utf-8"
    )
    command = _command(name)
    [option] = [each for each in command.params if each.name == "shape"]
    assert isinstance(option.type, click.Choice)
    printed = {shape: _printed(command, *ON_TEMPLATES[name], "--format", shape) for shape in option.type.choices}
    for one, other in itertools.combinations(printed, 2):
        assert printed[one] != printed[other], (one, other)


def _printed(command: click.Command, *words: str) -> str:
    result = CliRunner().invoke(command, words, standalone_mode=False)
    assert result.exception is None
    return result.stdout
