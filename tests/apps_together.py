"""Synthesizes several CDK apps as one, as the app command of one `cdk deploy`: `apps_together.py APP.PY...`.

Each runs as it is, with its own `App`, in one process on one jsii kernel; names of stacks must differ.
"""

import json
import os
import runpy
import sys
from pathlib import Path
from typing import Any


def _run(app: Path) -> None:
    """Run an app, and forget the modules beside it, of which others may have namesakes."""
    before, folder = set(sys.modules), str(app.parent)
    sys.path.insert(0, folder)
    runpy.run_path(str(app), run_name="__main__")
    sys.path.remove(folder)
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(folder):
            del sys.modules[name]


def main() -> None:
    manifest = Path(os.environ["CDK_OUTDIR"], "manifest.json")
    artifacts: dict[str, Any] = {}
    stacks = 0
    for app in map(Path, sys.argv[1:]):
        _run(app)
        written = json.loads(manifest.read_text(encoding="utf-8"))
        artifacts |= written["artifacts"]
        stacks += sum(each["type"] == "aws:cloudformation:stack" for each in written["artifacts"].values())
    assert stacks == sum(each["type"] == "aws:cloudformation:stack" for each in artifacts.values()), "names are equal"
    manifest.write_text(json.dumps({**written, "artifacts": artifacts}), encoding="utf-8")


if __name__ == "__main__":
    main()
