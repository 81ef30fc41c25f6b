"""What the page on tenants shows works."""

import re
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App

from constructs_lib.analysis import Template, build_model
from constructs_lib.analysis.engine.cvc5_engine import Cvc5
from constructs_lib.analysis.proof.findings import Status
from constructs_lib.analysis.proof.prove import prove
from constructs_lib.testing import assert_access

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "tenants.md").read_text(encoding="utf-8")


STACK, CLAIMS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture(scope="module")
def template() -> Template:
    names: dict[str, Any] = {}
    exec(STACK, names)  # noqa: S102 - the page's own example
    app = App(context={"aws:cdk:bundling-stacks": [], "aws:cdk:enable-path-metadata": True})
    names["CompanyStack"](app, "S")
    return Template(name="S", body=app.synth().get_stack_by_name("S").template, source="tenants.md")


def test_its_stack_synthesizes_and_is_proved_isolated(template: Template) -> None:
    with Cvc5(seconds=60) as second:
        report = prove(build_model([template]), second=second)
    assert report.status is Status.PROVED
    owned = str(report.owned)
    assert all(each in owned for each in ("Files tenants/{tenant}/", "Projects {tenant}", "GET/tenants/{tenant}/"))
    assert {each.engines for each in report.findings if each.engines} >= {("automata", "cvc5")}


def test_the_access_claims_of_the_page_raise_nothing(template: Template) -> None:
    exec(CLAIMS, {"assert_access": assert_access, "template": template.body})  # noqa: S102 - the page's own example


def test_its_links_lead_somewhere() -> None:
    links = [link for link in re.findall(r"\]\(([^)\s]+)\)", PAGE.replace("\n", " ")) if "://" not in link]
    assert links
    assert all((ROOT / "docs" / link).exists() for link in links)
