"""Manifests of a CDK cloud assembly."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.template.errors import TemplateError

if TYPE_CHECKING:
    from pathlib import Path

SYNTHESIZED: Final = ".template.json"
NESTED: Final = ".nested.template.json"
_ENVIRONMENT: Final = re.compile(r"aws://(?:(\d{12})|[^/]*)/(.*)")
_ANY_REGION: Final = "unknown-region"


def assets(path: Path) -> dict[str, str]:
    """Return the file names that a template's assembly publishes, by hash.

    The manifest of a parent stack lists the files of its nested stacks.

    Raises:
        TemplateError: When a manifest cannot be read.
    """
    manifests = path.parent.glob("*.assets.json") if path.name.endswith(NESTED) else [_manifest(path)]
    return {digest: name for manifest in sorted(manifests) for digest, name in _published(manifest).items()}


@dataclass(frozen=True, kw_only=True, slots=True)
class Deployment:
    """The place to which an assembly deploys a stack; an empty account or region is that of the credentials."""

    stack: str = ""
    account: str = ""
    region: str = ""

    def may_be(self, other: Deployment) -> bool:
        """Return whether two places are the same, or may be."""
        pairs = ((self.account, other.account), (self.region, other.region))
        return self.stack == other.stack and all(not left or not right or left == right for left, right in pairs)


def deployment_of(path: Path) -> Deployment | None:
    """Return the place of a synthesized stack; None if it is not part of an assembly.

    Raises:
        TemplateError: When the manifest cannot be read.
    """
    manifest = path.with_name("manifest.json")
    if not manifest.is_file():
        return None
    try:
        artifacts = json.loads(manifest.read_text(encoding="utf-8")).get("artifacts", {}).items()
        stacks = [each for each in artifacts if each[1].get("properties", {}).get("templateFile") == path.name]
        found = [
            (str(each["properties"].get("stackName", name)), _ENVIRONMENT.match(str(each.get("environment", ""))))
            for name, each in stacks
        ]
    except (OSError, ValueError, AttributeError, RecursionError) as error:
        raise TemplateError(f"{manifest} is not a CDK manifest ({error}); run `cdk synth` again") from error
    for stack, match in found:
        account, region = match.groups() if match else ("", "")
        return Deployment(stack=stack, account=account or "", region="" if region == _ANY_REGION else region)
    return None


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
