"""Manifests of a CDK cloud assembly."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.template.errors import TemplateError

if TYPE_CHECKING:
    from pathlib import Path

SYNTHESIZED: Final = ".template.json"
NESTED: Final = ".nested.template.json"
_ENVIRONMENT: Final = re.compile(r"aws://(\d{12})/")


def assets(path: Path) -> dict[str, str]:
    """Return the file names that a template's assembly publishes, by hash.

    The manifest of a parent stack lists the files of its nested stacks.

    Raises:
        TemplateError: When a manifest cannot be read.
    """
    manifests = path.parent.glob("*.assets.json") if path.name.endswith(NESTED) else [_manifest(path)]
    return {digest: name for manifest in sorted(manifests) for digest, name in _published(manifest).items()}


def account_of(path: Path) -> str:
    """Return the account of a synthesized stack; empty if it is environment-agnostic or not part of an assembly.

    Raises:
        TemplateError: When the manifest cannot be read.
    """
    manifest = path.with_name("manifest.json")
    if not manifest.is_file():
        return ""
    try:
        artifacts = json.loads(manifest.read_text(encoding="utf-8")).get("artifacts", {}).values()
        stacks = [each for each in artifacts if each.get("properties", {}).get("templateFile") == path.name]
        found = [_ENVIRONMENT.match(str(each.get("environment", ""))) for each in stacks]
    except (OSError, ValueError, AttributeError, RecursionError) as error:
        raise TemplateError(f"{manifest} is not a CDK manifest ({error}); run `cdk synth` again") from error
    return next((match.group(1) for match in found if match), "")


def nested_files(path: Path) -> list[Path]:
    """Return the templates of the stacks nested in a synthesized stack.

    Raises:
        TemplateError: When the manifest cannot be read.
    """
    names = sorted(name for name in _published(_manifest(path)).values() if name.endswith(NESTED))
    return [path.with_name(name) for name in names]


def _manifest(path: Path) -> Path:
    return path.with_name(path.name.removesuffix(SYNTHESIZED) + ".assets.json")


def _published(manifest: Path) -> dict[str, str]:
    if not manifest.is_file():
        return {}
    try:
        files = json.loads(manifest.read_text(encoding="utf-8")).get("files", {})
        return {digest: str(each.get("source", {}).get("path", "")) for digest, each in files.items()}
    except (OSError, ValueError, AttributeError, RecursionError) as error:
        raise TemplateError(f"{manifest} is not a CDK asset manifest ({error}); run `cdk synth` again") from error
