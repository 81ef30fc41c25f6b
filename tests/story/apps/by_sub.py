"""The document stack with owners known by their user-pool `sub` instead of their identity ID."""

import os
import sys
from functools import partial
from pathlib import Path
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).parents[3]))

from aws_cdk import App, CfnOutput

from constructs_lib.auth import Auth
from stacks import document_stack
from stacks.settings import settings_for

app = App()
account, region = os.environ["CDK_DEFAULT_ACCOUNT"], os.environ["CDK_DEFAULT_REGION"]
by_sub = partial(Auth, owner="sub")
with patch.object(document_stack, "Auth", by_sub), patch.object(document_stack, "acknowledge_findings"):
    stack = document_stack.DocumentStack(app, "BySub", settings=settings_for("local"), account=account, region=region)
CfnOutput(stack, "Owner", value="sub")
app.synth()
