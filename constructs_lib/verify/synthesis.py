"""Synthesizes the app of a run, and gives its packages to the run's bucket."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING, Any

from constructs_lib.verify.run import TAG

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from constructs_lib.verify.run import Run


class SynthesisError(Exception):
    """The app could not be synthesized; the message has its last words."""


def assets_bucket(run: Run) -> str:
    """Return the name of the bucket that a run's packages go to."""
    return f"{run.prefix}-assets"


def synthesize(run: Run, folder: Path, *, replica_region: str = "") -> dict[str, dict[str, Any]]:
    """Synthesize the app of a run into a folder; return its templates by stack name.

    Args:
        run: The run.
        folder: The folder.
        replica_region: Where a table of the stack that takes longer has its copy. Empty: the app without that stack.

    Raises:
        SynthesisError: It could not be.
    """
    stack = f"{run.prefix}-costly" if replica_region else run.prefix
    command = [sys.executable, "-m", "constructs_lib.ephemeral", str(folder), stack, TAG, run.run_id]
    command += [assets_bucket(run), *(["--local"] if run.local else [])]
    command += ["--costly", run.region, replica_region] if replica_region else []
    # The CDK's own validation takes longer than the rest: level 0 has CloudFormation validate.
    environment = {**os.environ, "CDK_VALIDATION": "false"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        raise SynthesisError("the app could not be synthesized:\n" + "\n".join(done.stderr.splitlines()[-10:]))
    return {stack: json.loads((folder / f"{stack}.template.json").read_text(encoding="utf-8"))}


def packages(assembly: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the key and the content of each package that the templates of an assembly speak of.

    Raises:
        SynthesisError: A package is of a form that this does not make.
    """
    for manifest in sorted(assembly.glob("*.assets.json")):
        said = json.loads(manifest.read_text(encoding="utf-8"))
        if said.get("dockerImages"):
            raise SynthesisError(f"{manifest.name} has images, which nobody uploads")
        for each in said["files"].values():
            source = assembly / each["source"]["path"]
            form = each["source"]["packaging"]
            if form not in {"file", "zip"}:
                raise SynthesisError(f"{manifest.name}: packaging {form!r} is neither 'file' nor 'zip'")
            content = _zipped(source) if form == "zip" else source.read_bytes()
            for destination in each["destinations"].values():
                yield destination["objectKey"], content


def _zipped(folder: Path) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                file.write(path, path.relative_to(folder).as_posix())
    return buffer.getvalue()
