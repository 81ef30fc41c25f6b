"""Synthesis of a run's app, and its packages for the run's bucket."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from typing import TYPE_CHECKING, Any

from constructs_lib.verify.run import TAG

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from constructs_lib.verify.run import Run


class SynthesisError(Exception):
    """The app could not be synthesized; the message has the end of its output."""


def assets_bucket(run: Run) -> str:
    """Return the name of the bucket of a run's packages."""
    return f"{run.prefix}-assets"


def synthesize(run: Run, folder: Path, *, replica_region: str = "") -> dict[str, dict[str, Any]]:
    """Synthesize the app of a run into a folder; return its templates by stack name.

    With the region of a replica, the app includes the costly stack.

    Raises:
        SynthesisError: If the synthesis fails.
    """
    stack = f"{run.prefix}-costly" if replica_region else run.prefix
    command = [sys.executable, "-m", "constructs_lib.ephemeral", str(folder), stack, TAG, run.run_id]
    command += [assets_bucket(run), *(["--local"] if run.local else [])]
    command += ["--costly", run.region, replica_region] if replica_region else []
    # The CDK's own validation takes longer than the rest; level 0 validates with CloudFormation.
    with tempfile.TemporaryDirectory(prefix="cognito-verify-", ignore_cleanup_errors=True) as scratch:
        environment = {**os.environ, "CDK_VALIDATION": "false", "TMPDIR": scratch}
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        raise SynthesisError("the app could not be synthesized:\n" + "\n".join(done.stderr.splitlines()[-10:]))
    return {stack: json.loads((folder / f"{stack}.template.json").read_text(encoding="utf-8"))}


def packages(assembly: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the key and the content of each package in the templates of an assembly.

    Raises:
        SynthesisError: If a package has an unsupported form.
    """
    for manifest in sorted(assembly.glob("*.assets.json")):
        manifest_content = json.loads(manifest.read_text(encoding="utf-8"))
        if manifest_content.get("dockerImages"):
            raise SynthesisError(f"{manifest.name} has images, which are not supported")
        for each in manifest_content["files"].values():
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
