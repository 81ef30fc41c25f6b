"""The rules that aws-cdk-lib adds to AWS's validation engine: read from its package, once per version."""

import json
import re
import tarfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from platformdirs import user_cache_path

_FOLDER: Final = "package/core/lib/validation/rules/"
_RESOURCE_TYPE: Final = re.compile(r'"(AWS::\w+::\w+)"')


def rules_about(templates: list[str]) -> list[tuple[str, str]]:
    """Return name and Rego source of each rule file that can say something about these templates.

    An engine for Rego rules takes longer to start than all else in a validation (0.7 s of processor time, measured
    2026-11-24), and aws-cdk-lib 2.275 has one file of them, about GameLift. A file that names no resource type applies
    to every template.

    Args:
        templates: The templates' text.
    """
    return [
        (name, source)
        for name, source in _rules()
        if not (types := set(_RESOURCE_TYPE.findall(source)))
        or any(f'"{resource_type}"' in template for resource_type in types for template in templates)
    ]


def _rules() -> list[tuple[str, str]]:
    cached = user_cache_path("cognito-app", ensure_exists=True) / f"cdk-rules-{version('aws-cdk-lib')}.json"
    # Unpacking 59 MB to find them takes half a second.
    if not cached.exists():
        from filelock import FileLock  # noqa: PLC0415 - its import takes 20 ms, which a synth needs once only

        with FileLock(f"{cached}.lock"):
            if not cached.exists():
                scratch = cached.with_suffix(".new")
                scratch.write_text(json.dumps(_unpack()), encoding="utf-8")
                scratch.replace(cached)
    found: Any = json.loads(cached.read_text(encoding="utf-8"))
    return [(name, source) for name, source in found]


def _unpack() -> list[tuple[str, str]]:
    package = find_spec("aws_cdk._jsii")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("aws-cdk-lib is not installed; run `pip install aws-cdk-lib`")
    [archive] = Path(package.origin).parent.glob("aws-cdk-lib@*.jsii.tgz")
    with tarfile.open(archive) as members:
        return sorted(
            (member.name.removeprefix(_FOLDER), opened.read().decode())
            for member in members
            if member.name.startswith(_FOLDER) and member.name.endswith(".rego")
            if (opened := members.extractfile(member)) is not None
        )
