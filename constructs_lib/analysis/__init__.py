"""Analyses of access in CloudFormation templates: matrix, diff, proof and replacements.

Imports neither CDK nor the compiler of `constructs_lib.access`, so that it can catch the compiler.
"""

from constructs_lib.analysis.model.assemble import build_model
from constructs_lib.analysis.model.model import Model
from constructs_lib.analysis.template.errors import TemplateError
from constructs_lib.analysis.template.templates import Template, load_templates

__all__ = ["Model", "Template", "TemplateError", "build_model", "load_templates"]
