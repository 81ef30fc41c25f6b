"""Build a function's package on this machine, without Docker, when the CDK bundles the asset."""

import hashlib
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

import jsii
from aws_cdk import AssetHashType, BundlingOptions, BundlingOutput, DockerImage, ILocalBundling
from aws_cdk import aws_lambda as lambda_

from constructs_lib.functions.build_target import Target
from constructs_lib.functions.bytecode import compile_all
from constructs_lib.functions.package_installers import build_wheel, find_uv, fix_times_and_modes, install
from constructs_lib.functions.requirements import Requirements
from constructs_lib.functions.source_files import Sources

_LARGEST_MIB: Final = 250
"""Source: "Lambda quotas" (AWS Lambda developer guide), deployment package, unzipped."""
_FORMAT = 1
"""Part of every hash: increase it if the same inputs result in another package."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Package:
    """The inputs that determine the content of a package.

    Args:
        sources: The function's own code; None for a layer, which contains packages only.
        requirements: The packages to install.
        target: The target that they must support.
        folder: The folder in the package for all files: `python` in a layer. Default: the package itself.
        left_out: Path patterns of files of installed packages to omit. Default: no patterns.
        compiled: Whether bytecode is included. Default: it is not.
    """

    sources: Sources | None
    requirements: Requirements
    target: Target
    folder: str = ""
    left_out: Sequence[str] = ()
    compiled: bool = False

    def digest(self) -> str:
        """Return the hash of the inputs: equal on every machine, known without building.

        Without requirements the target is omitted: the code alone is the same everywhere.
        """
        inputs = self.requirements.inputs
        parts = [str(_FORMAT), self.folder, self.sources.digest() if self.sources else ""]
        if inputs:
            parts += [self.target.label, *inputs, *(f"without {pattern}" for pattern in self.left_out)]
        if self.compiled:
            parts.append(f"compiled by python{self.target.python}")
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def build(self, output: Path) -> None:
        """Write the package into an empty folder; after an error the folder is empty again.

        Raises:
            RuntimeError: If a package cannot be installed or compiled for the target.
            ValueError: If a source file and an installed package have the same path, or the package exceeds Lambda's
                limit.
        """
        root = output / self.folder
        try:
            root.mkdir(parents=True, exist_ok=True)
            if self.requirements.lines:
                self._install(root)
                self._leave_out(root)
            if self.sources:
                self.sources.copy_to(root)
            if self.compiled:
                compile_all(root, self.target.runtime, interpreter=self.target.interpreter)
            _check_size(output)
            fix_times_and_modes(output)
        except BaseException:
            for left in output.iterdir():
                shutil.rmtree(left) if left.is_dir() else left.unlink()
            raise

    def _install(self, root: Path) -> None:
        requirements, uv = self.requirements, find_uv()
        with tempfile.TemporaryDirectory() as scratch:
            built = [f"{build_wheel(each.path, Path(scratch), uv=uv)}{each.after}" for each in requirements.folders]
            # Packages built here have no hash, so they are installed without those that have.
            lines = [*requirements.installable, *([] if requirements.hashed else built)]
            install("\n".join(lines), self.target, root, require_hashes=requirements.hashed, uv=uv)
            if requirements.hashed and built:
                text = "\n".join(built)
                install(text, self.target, root, require_hashes=False, uv=uv, with_dependencies=False)

    def _leave_out(self, root: Path) -> None:
        for path in sorted(root.rglob("*")):
            place = path.relative_to(root).as_posix()
            if path.is_file() and any(fnmatch(place, pattern) for pattern in self.left_out):
                path.unlink()


def _check_size(output: Path) -> None:
    if (size := unzipped_mib(output)) <= _LARGEST_MIB:
        return
    largest = sorted(((unzipped_mib(each), each.name) for each in output.iterdir() if each.is_dir()), reverse=True)
    named = ", ".join(f"{name} ({mib:.0f})" for mib, name in largest[:3])
    raise ValueError(
        f"the package is {size:.0f} MiB unzipped (largest folders: {named}), and Lambda allows {_LARGEST_MIB} MiB "
        "including layers; remove files with exclude=, use fewer packages, or use a container image"
    )


def unzipped_mib(folder: Path) -> float:
    """Return the unzipped size of a built package, as Lambda counts it, in MiB."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 2**20


@jsii.implements(ILocalBundling)
class _LocalBundling:
    def __init__(self, package: Package) -> None:
        self._package = package
        self.error: Exception | None = None

    def try_bundle(self, output_dir: str, *, image: DockerImage, **options: object) -> bool:
        """Build into the folder of the CDK; never fall back to Docker."""
        del image, options
        folder = Path(output_dir)
        try:
            self._package.build(folder)
        except Exception as error:
            self.error = error
            raise
        sys.stderr.write(f"Built for {self._package.target.label}: {unzipped_mib(folder):.1f} MiB unzipped\n")
        return True


@contextmanager
def code_of(package: Package, source_folder: Path) -> Iterator[lambda_.AssetCode]:
    """Yield a package as Lambda code, which the CDK builds inside the `with` block if it needs the asset.

    CDK skips the build for stacks outside the context value `aws:cdk:bundling-stacks`, and if its output folder already
    has the asset of this hash. The CDK checks that the folder of the asset exists.

    Raises:
        RuntimeError: If a package cannot be installed for the target.
        ValueError: If a source file and an installed package have the same path.
    """
    local = _LocalBundling(package)
    code = lambda_.Code.from_asset(
        str(source_folder),
        asset_hash=package.digest(),
        asset_hash_type=AssetHashType.CUSTOM,
        bundling=BundlingOptions(
            # Required by the type; the local build either succeeds or raises an error.
            image=DockerImage.from_registry("unused"),
            local=local,
            output_type=BundlingOutput.NOT_ARCHIVED,
        ),
    )
    try:
        yield code
    except RuntimeError:
        if local.error is not None:
            # The error alone, without the stack trace through two languages.
            raise local.error from None
        raise
