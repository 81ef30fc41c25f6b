"""Whatever a template is turned into, every command answers or says in one line what is wrong: no traceback, ever."""

import contextlib
import copy
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import click
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from constructs_lib.analysis import TemplateError
from constructs_lib.analysis.template.templates import parse_template
from constructs_lib.cli.main import group
from tests.analysis.conftest import template
from tests.analysis.proof.test_holes import ATTACKS, OPEN_QUESTIONS
from tests.analysis.replacements.reports.updates import RENAMED
from tests.searches import search

TESTS = Path(__file__).parents[1]
COMMANDS = ("prove", "matrix", "diff", "replacements", "review")
Path_ = tuple[str | int, ...]


def _seeds() -> Iterator[Any]:
    """Yield templates: the committed snapshots, the traps' attacks and open questions, and what updates refuse."""
    for path in sorted(TESTS.glob("**/__snapshots__/**/*.template.json")):
        yield json.loads(path.read_text(encoding="utf-8"))
    for beside, resource in RENAMED.values():
        yield template([], more={**beside, "One": resource})
    for statements, options in (*ATTACKS.values(), *OPEN_QUESTIONS.values()):
        given_options = dict(options)
        sections = given_options.pop("sections", {})
        yield {**template(statements, **given_options), **sections}


SEEDS = list(_seeds())
VALUES: list[Any] = [
    None, True, 0, -1, 3.5, 10**30, "", "x", "*", "2012-10-17", "arn:aws:s3:::*", "${aws:x}", "a" * 300, [], {}, [[]],
    [None], ["x"], {"a": {"b": [1]}}, {"Statement": [{}]}, {"Ref": "AWS::Region"}, {"Ref": "Nope"}, {"Ref": ""},
    {"Ref": "AWS::NoValue"}, {"Fn::Sub": "${AWS::Region}"}, {"Fn::GetAtt": ["A", "B"]}, {"Fn::GetAtt": "A"},
    {"Fn::If": ["C", "a", "b"]}, {"Fn::Transform": {"Name": "AWS::Include"}}, {"Fn::Odd": 1},
    {"Fn::Split": [",", {"Ref": "AWS::Region"}]}, {"Fn::FindInMap": ["A", "B", "C"]}, {"Condition": "C"}, "\ud800", "⟦",
]  # fmt: skip
KEYS = ["Fn::Transform", "Fn::Sub", "Ref", "Condition", "Type", "Properties", "Statement", "Version", "*", "", "x"]


def _drop(holder: Any, key: Any, _: Any, __: str) -> None:
    del holder[key]


def _replace(holder: Any, key: Any, value: Any, _: str) -> None:
    holder[key] = copy.deepcopy(value)


def _duplicate(holder: Any, key: Any, _: Any, name: str) -> None:
    if isinstance(holder, list):
        holder.append(copy.deepcopy(holder[key]))
    else:
        holder[name] = copy.deepcopy(holder[key])


def _rename(holder: Any, key: Any, _: Any, name: str) -> None:
    if isinstance(holder, dict):
        holder[name] = holder.pop(key)


def _wrap(holder: Any, key: Any, _: Any, name: str) -> None:
    holder[key] = {name: holder[key]} if name else [holder[key]]


def _unwrap(holder: Any, key: Any, value: Any, _: str) -> None:
    inner = holder[key]
    if isinstance(inner, list | dict):
        items = list(inner.values()) if isinstance(inner, dict) else inner
        holder[key] = items[0] if len(items) == 1 else {str(index): item for index, item in enumerate(items)}
    else:
        holder[key] = copy.deepcopy(value)


MUTATIONS = st.lists(
    st.tuples(
        st.sampled_from([_drop, _replace, _replace, _duplicate, _rename, _wrap, _unwrap]),
        st.floats(0, 1, exclude_max=True),
        st.sampled_from(VALUES),
        st.sampled_from(KEYS),
    ),
    min_size=1,
    max_size=3,
)


def _paths(value: Any, path: Path_ = ()) -> Iterator[Path_]:
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield (*path, key)
        yield from _paths(inner, (*path, key))


def _mutated(seed: Any, mutations: list[Any]) -> Any:
    body = copy.deepcopy(seed)
    for change, where, value, name in mutations:
        paths = list(_paths(body))
        if paths:
            *outer, key = paths[int(where * len(paths))]
            holder = body
            for step in outer:
                holder = holder[step]
            change(holder, key, value, name)
    return body


def _answer(command: str, old: Path, new: Path) -> int:
    """Run a command beneath the net that keeps faults of ours to one line: they reach the test."""
    words = [str(new)] if command in {"prove", "matrix"} else [str(old), str(new)]
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            status = group.main([command, *words, "--format", "json"], standalone_mode=False)
    except (click.ClickException, TemplateError) as error:
        told = str(error)
    else:
        assert status in {0, 2, 3}
        return int(status)
    assert "\n" not in told
    return 1


def _hold(folder: Path, seed: Any, mutations: list[Any], commands: tuple[str, ...]) -> None:
    old, new = folder / "old.json", folder / "new.json"
    old.write_text(json.dumps(seed), encoding="utf-8")
    new.write_text(json.dumps(_mutated(seed, mutations)), encoding="utf-8")
    with mock.patch("constructs_lib.analysis.engine.cvc5_engine.is_installed", return_value=False):
        statuses = {_answer(command, old, new) for command in commands}
    assert 1 not in statuses or statuses == {1}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mutations")


@given(seed=st.sampled_from(SEEDS), mutations=MUTATIONS)
@search(15, full=300, suppress_health_check=list(HealthCheck))
def test_a_mutated_template_is_answered_or_told_in_one_line(folder: Path, seed: Any, mutations: list[Any]) -> None:
    _hold(folder, seed, mutations, ("prove", "diff", "replacements"))


@pytest.mark.slow
@given(seed=st.sampled_from(SEEDS), mutations=MUTATIONS)
@search(50, full=1_500, suppress_health_check=list(HealthCheck))
def test_every_command_answers_a_mutated_template_or_tells_in_one_line(
    folder: Path, seed: Any, mutations: list[Any]
) -> None:
    _hold(folder, seed, mutations, COMMANDS)


YAML = """
Resources:
  Shared: &shared {Type: AWS::S3::Bucket, Properties: &named {BucketName: !Sub '${AWS::Region}-x'}}
  Other: {<<: *shared, Properties: {<<: [*named, {Tags: [{Key: a, Value: !GetAtt Shared.Arn}]}]}}
Outputs: {O: {Value: !If [C, !Ref Shared, !Join ['', [a, 2012-10-17]]]}}
"""
TEXTS = [json.dumps(template([]), indent=1), YAML]
ADDED = st.text(max_size=3) | st.sampled_from(["&a ", "*a", "<<: ", "- ", "!Ref ", '"'])
EDITS = st.lists(
    st.tuples(st.floats(0, 1), st.floats(0, 0.2), ADDED),
    min_size=1,
    max_size=4,
)  # fmt: skip


@given(text=st.sampled_from(TEXTS), edits=EDITS)
@search(50, full=1_500)
def test_an_edited_text_is_read_or_told_in_one_line(text: str, edits: list[tuple[float, float, str]]) -> None:
    for where, length, added in edits:
        start = int(where * len(text))
        text = text[:start] + added + text[start + int(length * len(text)) :]
    told = ""
    try:
        parse_template(text, name="T", source="here")
    except TemplateError as error:
        told = str(error)
    assert "\n" not in told
