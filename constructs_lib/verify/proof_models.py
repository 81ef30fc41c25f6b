"""Models of a run's templates, for several checks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from constructs_lib.analysis.model.assemble import build_model
from constructs_lib.analysis.template.templates import parse_template

if TYPE_CHECKING:
    from constructs_lib.analysis.model.model import Model
    from constructs_lib.verify.context import Context


def models_of(context: Context) -> list[Model]:
    """Return one model for each choice of the templates' conditions.

    Raises:
        TemplateError: If a template is invalid.
    """
    return build_model(
        [parse_template(json.dumps(body), name=name, source=name) for name, body in context.templates.items()]
    )
