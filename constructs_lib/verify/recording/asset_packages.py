"""Names of the function packages of a run's app: a recording names them, and a replay builds them again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from constructs_lib.verify import trigger_function
from constructs_lib.verify.run import PREFIX
from constructs_lib.verify.synthesis import packages

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def named_packages(assembly: Path) -> Iterator[tuple[str, str, bytes]]:
    """Yield the name, the key and the content of each package of a synthesized app, and of the trigger function.

    The assembly is the folder `cdk.out`.
    """
    names: dict[str, str] = {}
    for manifest in assembly.glob("*.assets.json"):
        for each in json.loads(manifest.read_text(encoding="utf-8"))["files"].values():
            for destination in each["destinations"].values():
                names[destination["objectKey"]] = _without_run(each["displayName"])
    for key, content in packages(assembly):
        yield names[key], key, content
    yield trigger_function.NAME, "", trigger_function.package()


def _without_run(name: str) -> str:
    """Return a package's name without the stack's name, which differs in each run."""
    return " ".join(part for part in name.replace("/", " ").split() if not part.startswith(PREFIX))
