"""Stack names of an assembly's templates, for a comparison stack by stack."""

from collections.abc import Mapping, Sequence
from typing import Any

from constructs_lib.analysis.template.nested_stacks import instantiate
from constructs_lib.analysis.template.templates import Template


def stacks_of(templates: Sequence[Template]) -> dict[str, Mapping[str, Any]]:
    """Return the templates by stack; the name of a nested stack is its parent and its logical ID.

    The file name of a nested stack may change without a change of its resources; CloudFormation identifies it by its
    logical ID in the parent.

    Raises:
        TemplateError: When stacks are nested in themselves.
    """
    return {template.name: template.body for template in instantiate(templates)}
