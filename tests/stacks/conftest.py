"""The templates of every stage, synthesized once, with the feature flags of cdk.json."""

from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk import App, Validations
from cdk_nag import AwsSolutionsChecks

from stacks.document_stack import DocumentStack
from stacks.settings import SETTINGS, settings_for
from tests.synthesis import CONTEXT


def _build(stage: str, *, nag: bool = False) -> DocumentStack:
    """Build a stage's stack in an app of its own, without installing the packages of its functions."""
    app = App(context={**CONTEXT, "aws:cdk:bundling-stacks": [], "aws:cdk:enable-path-metadata": True})
    if nag:
        Validations.of(app).add_plugins(AwsSolutionsChecks())
    return DocumentStack(app, f"Documents-{stage}", settings=settings_for(stage), account=None, region=None)


@pytest.fixture(scope="session")
def build() -> Callable[..., DocumentStack]:
    """Return what builds a stage's stack."""
    return _build


@pytest.fixture(scope="session")
def template_of() -> Callable[[str], dict[str, Any]]:
    """Return the synthesized template of a stage."""
    templates: dict[str, dict[str, Any]] = {}
    for stage in SETTINGS:
        stack = _build(stage)
        app = stack.node.root
        assert isinstance(app, App)
        templates[stage] = app.synth().get_stack_by_name(stack.stack_name).template
    return lambda stage: templates[stage]
