"""Transforms template.yaml with aws-sam-translator, the library that CloudFormation's SAM transform uses."""

# ruff: noqa: INP001 - a program, run by its path

import json
import os
from pathlib import Path

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

from constructs_lib.analysis.template.templates import load_templates

[template] = load_templates(Path(__file__).parent / "template.yaml")
(Path(os.environ["CDK_OUTDIR"]) / "sam.template.json").write_text(json.dumps(template.body, indent=1), encoding="utf-8")
