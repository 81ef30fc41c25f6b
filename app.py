"""Reads the settings once and builds the stack: `cdk deploy -c stage=dev` (or prod; local is for `cognito-app up`).

`-c page=examples/web/dist` puts the built page into the stack.
"""

import gc

gc.disable()  # a synth makes many objects and frees none: collecting costs a fifth of it

import os
from pathlib import Path

from constructs_lib.validation import validated_app
from stacks.document_stack import DocumentStack
from stacks.settings import settings_for

app = validated_app()
page = app.node.try_get_context("page")
settings = settings_for(app.node.try_get_context("stage") or "dev")
DocumentStack(
    app,
    f"Documents-{settings.stage}",
    settings=settings,
    account=os.environ.get("CDK_DEFAULT_ACCOUNT"),
    region=os.environ.get("CDK_DEFAULT_REGION"),
    page=Path(page) if page else None,
)
app.synth()
gc.freeze()  # spares the interpreter a last walk through all of them
