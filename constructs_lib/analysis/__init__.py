"""From a CloudFormation template to who can reach what: matrix, diff, proof, replacements.

Imports neither CDK nor the compiler of `constructs_lib.access`, so that it can catch the compiler.
"""

from constructs_lib.analysis.model.assemble import build_model
from constructs_lib.analysis.model.model import Model
from constructs_lib.analysis.template.templates import Template, TemplateError, load_templates

__all__ = ["Model", "Template", "TemplateError", "build_model", "load_templates"]
