"""Each Python sample of the documentation works: its stacks synthesize, and nobody reaches what is another's."""

import ast
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Environment, Stack

from constructs_lib.analysis import Template, build_model
from constructs_lib.analysis.proof.findings import Status
from constructs_lib.analysis.proof.prove import prove
from tests.cdn.conftest import PEM
from tests.docs.samples import PAGES, ROOT, blocks, name_of
from tests.synthesis import CONTEXT

WITH_SAMPLES = [page for page in PAGES if blocks(page, "python") and page.name != "README.md"]
UNDECIDED = {
    "docs/how-to/custom-domains.md": "nothing is owned",
    "docs/how-to/deploy-role.md": "nothing is owned",
    "docs/how-to/direct-calls.md": "nothing is owned",
    "docs/how-to/email.md": "nothing is owned",
    "docs/how-to/services.md": "nothing is owned",
    "docs/verify.md": "nothing is owned",
    "docs/how-to/from-amplify.md": "the identity pool is in no template",
}
"""Pages whose stack cannot be proved, and why."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder that has what samples name: handlers, a page that is built, a public key and an app."""
    (tmp_path / "lambda_src").symlink_to(ROOT / "lambda_src")
    (tmp_path / "page" / "dist").mkdir(parents=True)
    (tmp_path / "page" / "dist" / "index.html").write_text("<!doctype html>")
    (tmp_path / "public.pem").write_text(PEM)
    (tmp_path / "cdk.out").mkdir()
    (tmp_path / "cdk.out" / "Photos.template.json").write_text('{"Resources": {"Files": {"Type": "AWS::S3::Bucket"}}}')
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("page", WITH_SAMPLES, ids=name_of)
def test_samples_run_in_order_and_their_stacks_are_isolated(page: Path, folder: Path) -> None:
    names: dict[str, Any] = {"__file__": str(folder / "stack.py")}
    for number, sample in enumerate(blocks(page, "python")):
        exec(compile(sample, f"{name_of(page)}, sample {number}", "exec"), names)  # noqa: S102 - our own pages
        # Later samples are tests, which have the template of what stands above them.
        for template in [synthesized(names[name]) for name in stacks_in(sample, names)]:
            names["template"] = template.body
            report = prove(build_model([template]))
            meant = Status.UNDECIDED if name_of(page) in UNDECIDED else Status.PROVED
            assert report.status is meant, [finding for finding in report.findings if finding.status is not meant]


def stacks_in(sample: str, names: dict[str, Any]) -> list[str]:
    classes = [node.name for node in ast.parse(sample).body if isinstance(node, ast.ClassDef)]
    return [name for name in classes if issubclass(names[name], Stack)]


def synthesized(stack: type[Stack]) -> Template:
    app = App(context={**CONTEXT, "aws:cdk:bundling-stacks": [], "aws:cdk:enable-path-metadata": True})
    stack(app, "S", env=Environment(account="111122223333", region="us-east-1"))
    return Template(name="S", body=app.synth().get_stack_by_name("S").template, source="a sample")


def test_every_page_about_a_task_has_a_sample_and_says_what_people_stumble_over() -> None:
    tasks = [page for page in PAGES if page.parent.name == "how-to" and page.name != "index.md"]
    assert len(tasks) > 10
    for page in tasks:
        assert page in WITH_SAMPLES
        assert "\n## Pitfalls\n" in page.read_text(encoding="utf-8"), page
