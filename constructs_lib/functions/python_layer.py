"""Packages that several functions share, as a Lambda layer."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from aws_cdk import RemovalPolicy
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from constructs_lib.argument_checks import checked
from constructs_lib.functions.build_target import Architecture, Runtime, Target
from constructs_lib.functions.bundling import Package, code_of
from constructs_lib.functions.cdk_values import cdk_architecture, cdk_runtime
from constructs_lib.functions.package_warnings import notice_package
from constructs_lib.functions.requirements import Requirements


@checked
class PythonLayer(Construct):
    """A layer of the packages that a folder requires, built as those of a function.

    Use it for large packages that several functions import: functions are then smaller and deploy faster. It counts
    towards each function's 250 MiB, and a function has five layers at most.

    Args:
        scope: The parent construct.
        id: The construct's ID.
        entry: Folder with `requirements.txt`, or `pyproject.toml` and `uv.lock`. Nothing else in it is packaged.
        runtime: The Python version of the functions. Default: "python3.13", as theirs.
        architecture: The architecture of the functions. Default: "arm64", as theirs.
        platform: "lambda": wheels for Lambda are installed. "local": wheels for this machine, as for `PythonFunction`.
            Default: "lambda".
        removal_policy: What happens to an old version when a new one replaces it. RETAIN keeps it for functions of
            other stacks that still use it. Default: DESTROY (it is deleted).

    Raises:
        ValueError: If the folder requires no package, or for an unknown choice.
        RuntimeError: If a package has no wheel for the platform.

    Attributes:
        layer: The layer's version, for `PythonFunction(layers=[...])`.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        entry: str | Path,
        runtime: Runtime = "python3.13",
        architecture: Architecture = "arm64",
        platform: Literal["lambda", "local"] = "lambda",
        removal_policy: RemovalPolicy = RemovalPolicy.DESTROY,
    ) -> None:
        super().__init__(scope, id)
        folder = Path(entry)
        requirements = Requirements.of(folder)
        if not requirements.lines:
            raise ValueError(f"entry {str(entry)!r} requires no package; add a requirements.txt")
        package = Package(
            sources=None,
            requirements=requirements,
            target=Target.for_platform(platform, runtime, architecture),
            folder="python",
        )
        with code_of(package, folder) as code:
            self.layer = lambda_.LayerVersion(
                self,
                "Layer",
                code=code,
                compatible_runtimes=[cdk_runtime(runtime)],
                compatible_architectures=[cdk_architecture(architecture)],
                removal_policy=removal_policy,
            )
        notice_package(self, package, runtime=runtime, holder=self.layer)
