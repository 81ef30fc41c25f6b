"""The bootstrap stack equals the one of the real `cdk bootstrap`."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.local import LocalCloud, LocalCloudError
from constructs_lib.local.bootstrap import TOOLKIT, bootstrap, template_of
from constructs_lib.local.toolchain import cdk

ROOT = Path(__file__).parents[2]


def made(client: Any) -> tuple[Any, ...]:
    """Return the result of a bootstrap: parameters, outputs and resources."""
    [stack] = client.describe_stacks(StackName=TOOLKIT)["Stacks"]
    resources = client.describe_stack_resources(StackName=TOOLKIT)["StackResources"]
    names = {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in resources}
    return stack["StackStatus"], stack["Parameters"], stack["Outputs"], names


def real(cloud: LocalCloud) -> str:
    """Run the real command and return its output."""
    words = [*cdk(ROOT), "bootstrap", f"aws://{cloud.account}/{cloud.region}", "--no-notices", "--no-color"]
    environment = cloud.environment()
    done = subprocess.run(words, cwd=cloud.folder, env=environment, check=True, capture_output=True, text=True)
    return done.stdout + done.stderr


@pytest.mark.slow
def test_the_real_bootstrap_makes_the_same_and_finds_nothing_to_change_in_ours(tmp_path: Path) -> None:
    with LocalCloud(tmp_path / "ours") as ours, LocalCloud(tmp_path / "theirs") as theirs:
        client: Any = ours.session().client("cloudformation")
        template = template_of(Path(cdk(ROOT)[-1]))
        bootstrap(client, template)
        found = made(client)
        bootstrap(client, template)
        assert made(client) == found
        assert "bootstrapped (no changes)" in real(ours)
        assert "bootstrapped." in real(theirs)
        assert made(theirs.session().client("cloudformation")) == found


def test_a_command_line_without_a_template_is_told(tmp_path: Path) -> None:
    with pytest.raises(LocalCloudError, match=r"has no bootstrap template .*install it again"):
        template_of(tmp_path / "aws-cdk" / "bin" / "cdk")
