"""What makes a synth faster changes nothing in what it writes: the template is the same, byte for byte."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.searches import FULL

ROOT: Final = Path(__file__).parents[2]
CONTEXT: Final = {
    **json.loads((ROOT / "cdk.json").read_text())["context"],
    "stage": "prod",
    "aws:cdk:bundling-stacks": [],
    "aws:cdk:enable-path-metadata": True,  # as the command line says, and `validated_app` without it
}


def synthesize(output: Path, app: Path, *options: str, **environment: str | None) -> bytes:
    changed = {**os.environ, "CDK_OUTDIR": str(output), "CDK_CONTEXT_JSON": json.dumps(CONTEXT), **environment}
    kept = {name: value for name, value in changed.items() if value is not None}
    kept["PYTHONPATH"] = str(ROOT)
    subprocess.run([sys.executable, *options, str(app)], cwd=ROOT, env=kept, check=True, capture_output=True)
    [template] = output.glob("*.template.json")
    return template.read_bytes()


def edited(copy: Path, replacements: dict[str, str]) -> Path:
    """Write a copy of app.py in which something is replaced."""
    text = (ROOT / "app.py").read_text()
    for old, new in replacements.items():
        assert old in text
        text = text.replace(old, new)
    copy.write_text(text)
    return copy


@pytest.mark.slow
def test_the_template_is_byte_identical_with_and_without_each_knob(tmp_path: Path) -> None:
    """In a sample several knobs at once, which would show a difference as each alone does, if not whose it is."""
    app = ROOT / "app.py"
    shipped = synthesize(tmp_path / "shipped", app, CDK_VALIDATION="false")
    collecting = edited(tmp_path / "collecting.py", {"gc.disable()": "gc.enable()", "gc.freeze()": "gc.collect()"})
    plain = edited(
        tmp_path / "plain.py",
        {"constructs_lib.validation import validated_app": "aws_cdk import App", "validated_app()": "App()"},
    )
    node = Path(os.environ["JSII_NODE"]).parent
    on_path = {"JSII_NODE": None, "PATH": f"{node}{os.pathsep}{os.environ['PATH']}"}
    others = {
        "validation, collector, -O, node": synthesize(tmp_path / "0", collecting, "-O", CDK_VALIDATION=None, **on_path),
        "the CDK's own validation, no proof": synthesize(tmp_path / "6", plain, CDK_VALIDATION=None),
    }
    if FULL:  # each alone, and 14 seconds of processor time for what Python and jsii keep of their own programs
        others["validation"] = synthesize(tmp_path / "1", app, CDK_VALIDATION=None)
        others["collector"] = synthesize(tmp_path / "2", collecting, CDK_VALIDATION="false")
        others["-O"] = synthesize(tmp_path / "3", app, "-O", CDK_VALIDATION="false")
        others["node"] = synthesize(tmp_path / "4", app, CDK_VALIDATION="false", **on_path)
        no_bytecode = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPYCACHEPREFIX": str(tmp_path / "none")}
        no_cache = {"JSII_RUNTIME_PACKAGE_CACHE": "disabled"}
        others["bytecode"] = synthesize(tmp_path / "5", app, CDK_VALIDATION="false", **no_bytecode)
        others["package cache"] = synthesize(tmp_path / "7", app, CDK_VALIDATION="false", **no_cache)
    assert [name for name, template in others.items() if template != shipped] == []
    assert shutil.which("node", path=str(node)) is not None
