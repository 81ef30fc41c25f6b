"""What makes a synth faster changes nothing in what it writes: the template is the same, byte for byte."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
CONTEXT: Final = {
    **json.loads((ROOT / "cdk.json").read_text())["context"],
    "stage": "prod",
    "aws:cdk:bundling-stacks": [],
}


def synthesize(output: Path, app: Path, *options: str, **environment: str | None) -> bytes:
    changed = {**os.environ, "CDK_OUTDIR": str(output), "CDK_CONTEXT_JSON": json.dumps(CONTEXT), **environment}
    kept = {name: value for name, value in changed.items() if value is not None}
    kept["PYTHONPATH"] = str(ROOT)
    subprocess.run([sys.executable, *options, str(app)], cwd=ROOT, env=kept, check=True, capture_output=True)
    [template] = output.glob("*.template.json")
    return template.read_bytes()


@pytest.mark.slow
def test_the_template_is_byte_identical_with_and_without_each_knob(tmp_path: Path) -> None:
    app = ROOT / "app.py"
    shipped = synthesize(tmp_path / "shipped", app, CDK_VALIDATION="false")
    collecting = tmp_path / "collecting.py"
    text = app.read_text()
    assert "gc.disable()" in text
    assert "gc.freeze()" in text
    collecting.write_text(text.replace("gc.disable()", "gc.enable()").replace("gc.freeze()", "gc.collect()"))
    no_bytecode = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPYCACHEPREFIX": str(tmp_path / "none")}
    node = Path(os.environ["JSII_NODE"]).parent
    others = {
        "validation": synthesize(tmp_path / "1", app, CDK_VALIDATION=None),
        "collector": synthesize(tmp_path / "2", collecting, CDK_VALIDATION="false"),
        "-O": synthesize(tmp_path / "3", app, "-O", CDK_VALIDATION="false"),
        "node": synthesize(
            tmp_path / "4", app, CDK_VALIDATION="false", JSII_NODE=None, PATH=f"{node}{os.pathsep}{os.environ['PATH']}"
        ),
        "bytecode": synthesize(tmp_path / "5", app, CDK_VALIDATION="false", **no_bytecode),
    }
    assert [name for name, template in others.items() if template != shipped] == []
    assert shutil.which("node", path=str(node)) is not None
