"""The templates of the examples and of the projects of `cognito-app init`, synthesized in this process."""

import contextlib
import functools
import json
import os
import runpy
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from unittest import mock

import constructs_lib.validation
from constructs_lib.starters import Names, starters, write
from tests.synthesis import CONTEXT

ROOT: Final = Path(__file__).parents[1]
EXAMPLES: Final = {path.parent.name: path.parent for path in sorted((ROOT / "examples").glob("*/app.py"))}
APPS: Final = [*(f"example-{name}" for name in EXAMPLES), *(f"project-{name}" for name in starters())]
_PUBLIC_KEY: Final = Path(__file__).parent / "upgrade" / "public.pem"
"""Nobody has the private half of it."""


@functools.cache
def templates(app: str) -> dict[str, dict[str, Any]]:
    """Return the templates of one of `APPS` by stack, for reading only."""
    kind, _, name = app.partition("-")
    with tempfile.TemporaryDirectory() as scratch, contextlib.chdir(scratch), _modules():
        shutil.copy(_PUBLIC_KEY, scratch)
        folder = EXAMPLES[name] if kind == "example" else Path(scratch) / "project"
        if kind == "project":
            write(starters()[name], folder, Names(app="my-app", people=("Alice", "Bob")), "the-library")
        out = Path(scratch) / "out"
        context = {**CONTEXT, "aws:cdk:bundling-stacks": []}
        made = functools.partial(constructs_lib.validation.validated_app, context=context, outdir=str(out))
        with mock.patch.object(constructs_lib.validation, "validated_app", made):
            sys.path.insert(0, str(folder))
            runpy.run_path(str(folder / "app.py"))
        files = sorted(out.glob("*.template.json"))
        return {path.name.partition(".")[0]: json.loads(path.read_text(encoding="utf-8")) for path in files}


@contextlib.contextmanager
def _modules() -> Iterator[None]:
    """Forget the modules of an app, of which others have namesakes."""
    before, path = set(sys.modules), list(sys.path)
    try:
        yield
    finally:
        sys.path[:] = path
        for name in set(sys.modules) - before:
            file = str(getattr(sys.modules[name], "__file__", None) or "")
            if not file.startswith((sys.prefix, str(ROOT / "constructs_lib"), os.fspath(ROOT / "tests"))):
                sys.modules.pop(name)
