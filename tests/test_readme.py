"""What the README shows works: its stack synthesizes and is proved, its commands exist, its links lead somewhere."""

import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import click
import pytest
from aws_cdk import App

from constructs_lib.analysis import Template, build_model
from constructs_lib.analysis.proof.findings import Status
from constructs_lib.analysis.proof.prove import prove
from constructs_lib.cli.main import group

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


COMMANDS = [
    line.split("#")[0].strip()
    for block in blocks("sh")
    for line in block.splitlines()
    if line.startswith("cognito-app")
]


def test_the_stack_synthesizes_and_is_proved_isolated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    names: dict[str, Any] = {}
    exec(blocks("python")[0], names)  # noqa: S102 - the README's own example
    app = App(context={"aws:cdk:bundling-stacks": []})
    names["DocumentStack"](app, "S")
    body = app.synth().get_stack_by_name("S").template
    report = prove(build_model([Template(name="S", body=body, source="README")]))
    assert report.status is Status.PROVED
    assert len(report.owned) == 2


def test_the_plugin_is_added_as_shown() -> None:
    exec(blocks("python")[1], {})  # noqa: S102 - the README's own example


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_is_one_and_takes_these_options(line: str) -> None:
    _, name, *words = shlex.split(line)
    command = group.get_command(click.Context(group), name)
    assert command is not None
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= known


@pytest.mark.parametrize("target", ["up", "test", "down"])
def test_a_make_target_exists(target: str) -> None:
    assert f"make {target}" in README
    words = ["make", "-n", target]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)]+)\)", README))))
def test_a_link_leads_to_a_file(link: str) -> None:
    assert (ROOT / link).exists()
