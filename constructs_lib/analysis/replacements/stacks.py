"""Naming the templates of an assembly, so that two of them can be compared stack by stack."""

from collections.abc import Mapping, Sequence
from typing import Any

from constructs_lib.analysis.template.nested_stacks import instantiate
from constructs_lib.analysis.template.templates import Template

__all__ = ["stacks_of"]


def stacks_of(templates: Sequence[Template]) -> dict[str, Mapping[str, Any]]:
    """Return the templates by stack; a nested stack is named after its parent and its logical ID there.

    The file of a nested stack may be named anew without its resources changing; its place in the parent is what
    CloudFormation goes by.

    Raises:
        TemplateError: When stacks are nested in themselves.
    """
    return {template.name: template.body for template in instantiate(templates)}
