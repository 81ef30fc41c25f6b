"""The stack of every stage, built and synthesized once, with the feature flags of cdk.json."""

import functools
from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk import App, Validations

from stacks.document_stack import DocumentStack
from stacks.settings import Settings, settings_for
from tests.synthesis import CONTEXT


def _build(settings: Settings, **options: Any) -> DocumentStack:
    """Build a stack in an app of its own, without installing the packages of its functions."""
    app = App(context={**CONTEXT, "aws:cdk:bundling-stacks": [], "aws:cdk:enable-path-metadata": True})
    return DocumentStack(app, f"Documents-{settings.stage}", settings=settings, account=None, region=None, **options)


def _synth(stack: DocumentStack, *, nag: bool = False) -> dict[str, Any]:
    """Return the template of a stack, again where it was synthesized before; findings of cdk-nag raise RuntimeError."""
    app = stack.node.root
    assert isinstance(app, App)
    if nag:
        from cdk_nag import AwsSolutionsChecks  # noqa: PLC0415 - takes a moment in each process that collects tests

        Validations.of(app).add_plugins(AwsSolutionsChecks())
    template: dict[str, Any] = app.synth(force=nag).get_stack_by_name(stack.stack_name).template
    return template


@pytest.fixture(scope="session")
def build() -> Callable[..., DocumentStack]:
    """Return what builds a stack by settings."""
    return _build


@pytest.fixture(scope="session")
def synth() -> Callable[..., dict[str, Any]]:
    """Return what synthesizes a stack, with cdk-nag if asked."""
    return _synth


@pytest.fixture(scope="session")
def built() -> Callable[[str], tuple[DocumentStack, dict[str, Any]]]:
    """Return the stack of a stage and its template."""

    @functools.cache
    def once(stage: str) -> tuple[DocumentStack, dict[str, Any]]:
        stack = _build(settings_for(stage))
        return stack, _synth(stack)

    return once


@pytest.fixture(scope="session")
def template_of(built: Callable[[str], tuple[DocumentStack, dict[str, Any]]]) -> Callable[[str], dict[str, Any]]:
    """Return the synthesized template of a stage."""
    return lambda stage: built(stage)[1]
