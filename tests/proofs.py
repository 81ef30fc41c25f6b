"""The models and the proof of a template that a test has written."""

from collections.abc import Mapping
from typing import Any

from constructs_lib.analysis import Model, build_model
from constructs_lib.analysis.proof.findings import Report
from constructs_lib.analysis.proof.prove import prove
from constructs_lib.analysis.template.templates import Template


def models_of(body: dict[str, Any], *, name: str = "T", claims: Mapping[str, str] | None = None) -> list[Model]:
    return build_model([Template(name=name, body=body, source="test")], claims=claims)


def proof_of(
    body: dict[str, Any], *, name: str = "T", claims: Mapping[str, str] | None = None, **options: Any
) -> Report:
    """Prove a template, with the options of `prove`."""
    return prove(models_of(body, name=name, claims=claims), **options)
