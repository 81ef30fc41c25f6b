"""Converts a test's template, stack or file to the models of the analysis."""

import json
from collections.abc import Mapping
from os import PathLike

from constructs_lib.analysis import Model, Template, build_model, load_templates
from constructs_lib.analysis.template.templates import parse_template
from constructs_lib.testing.templates import TemplateLike, template_of


def models_of(template: TemplateLike) -> list[Model]:
    """Return the models of a template, one per choice of its undecided conditions.

    Args:
        template: A parsed template, the path of one (JSON, YAML or a `cdk.out` folder), or
            `aws_cdk.assertions.Template`.

    Raises:
        ValueError: It is not a template.
        TypeError: If it is none of these.
    """
    if isinstance(template, str | PathLike) and not isinstance(template, Mapping):
        return build_model(load_templates(str(template)))
    return build_model([_parsed(template)])


def _parsed(template: TemplateLike) -> Template:
    return parse_template(json.dumps(template_of(template), default=str), name="template", source="the template")
