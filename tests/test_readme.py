"""What the README shows works: its stack synthesizes and is proved, its links lead somewhere.

Its command lines are tested with those of the documentation (tests/docs).
"""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App

from constructs_lib.analysis import Template, build_model
from constructs_lib.analysis.proof.findings import Status
from constructs_lib.analysis.proof.prove import prove

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


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


def test_adding_the_plugin_as_shown_raises_nothing() -> None:
    exec(blocks("python")[1], {})  # noqa: S102 - the README's own example


@pytest.mark.parametrize("target", ["up", "test", "down"])
def test_a_make_target_exists(target: str) -> None:
    assert f"make {target}" in README
    words = ["make", "-n", target]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)]+)\)", README))))
def test_a_link_leads_to_a_file(link: str) -> None:
    assert (ROOT / link).exists()
