"""Warnings about a package: its size, loose versions, a substitute interpreter."""

from pathlib import Path
from typing import Final

from aws_cdk import Stack, Stage, Validations
from aws_cdk import aws_s3_assets as s3_assets
from constructs import Construct

from constructs_lib.functions.bundling import Package, unzipped_mib

# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: code and layers, unzipped.
_LIMIT_MIB: Final = 250
_NEAR_MIB: Final = 200


def notice_package(scope: Construct, package: Package, *, runtime: str, holder: Construct) -> None:
    """Add CDK warnings for loose versions, a substitute interpreter, and a size near the limit.

    Warning IDs: `cognito-app:PythonFunction.unpinned`, `.interpreter`, `.size`.
    """
    unpinned = package.requirements.unpinned
    if unpinned:
        Validations.of(scope).add_warning(
            "cognito-app:PythonFunction.unpinned",
            f"{package.requirements.origin} fixes no version of {', '.join(unpinned)}: the same sources can give "
            "another package tomorrow, and CDK will not see it. Pin them: "
            "`uv pip compile --generate-hashes requirements.in -o requirements.txt`",
        )
    if package.target.interpreter and runtime != f"python{package.target.python}":
        Validations.of(scope).add_warning(
            "cognito-app:PythonFunction.interpreter",
            f"PATH has no {runtime} with boto3, so the packages are installed for python{package.target.python}, "
            f"which runs the function locally. To run what Lambda runs: `uv python install {runtime[6:]}`, and "
            f"`{runtime} -m pip install boto3`",
        )
    size = _size_mib(scope, holder)
    if size is None:
        return
    if size >= _NEAR_MIB:
        Validations.of(scope).add_warning(
            "cognito-app:PythonFunction.size",
            f"the package is {size:.1f} MiB unzipped; Lambda refuses more than {_LIMIT_MIB} MiB together with layers. "
            "Leave packages out that the code does not import",
        )


def _size_mib(scope: Construct, holder: Construct) -> float | None:
    """Return the unzipped size of the asset; None if CDK was told not to build it."""
    if not Stack.of(scope).bundling_required:
        return None
    asset = holder.node.try_find_child("Code")
    stage = Stage.of(scope)
    if not isinstance(asset, s3_assets.Asset) or stage is None:
        return None
    folder = Path(stage.asset_outdir) / Path(asset.asset_path).name
    return unzipped_mib(folder)
