"""Stacks of a synthesized app, and its requirements: accounts, regions, bootstrap qualifiers, the AWS SDK for Node."""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from constructs_lib.local.emulator_lifecycle import REGION
from constructs_lib.local.errors import LocalCloudError, PinnedError

_ENVIRONMENT: Final = re.compile(r"aws://([^/]+)/([^/]+)")
_VERSION: Final = re.compile(r"/cdk-bootstrap/([A-Za-z0-9_-]{1,10})/version")
TEMPLATE: Final = ".template.json"
_ANY: Final = ("unknown-account", "unknown-region")
_STACK: Final = "aws:cloudformation:stack"
_OURS: Final = "CustomS3AutoDeleteObjects"
"""The CDK's function that empties buckets. It does not run here: the emulator empties them itself."""


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Environment:
    """Deployment target of a stack.

    Args:
        account: The account it is pinned to; empty if it is not pinned.
        region: The region it is pinned to; empty if it is not pinned.
        qualifier: The qualifier of its bootstrap stack; empty for a stack without a bootstrap.
    """

    account: str
    region: str
    qualifier: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Stack:
    """Synthesized stack.

    Args:
        id: The ID of its artifact.
        name: The stack's name.
        region: The region it is pinned to; empty if it is not pinned.
        template: The path of its template.
        artifact: Its entry in the manifest.
    """

    id: str
    name: str
    region: str
    template: Path
    artifact: Mapping[str, Any]


def stacks_of(assembly: Path) -> list[Stack]:
    """Return an app's stacks, including those of its stages.

    Args:
        assembly: The folder it was synthesized into.

    Raises:
        LocalCloudError: If the folder contains no readable assembly.
    """
    found = []
    for folder, id, artifact in _artifacts(assembly):
        if artifact.get("type") == _STACK:
            properties = artifact.get("properties", {})
            _, region = _pins(artifact) or ("", "")
            template = folder / str(properties.get("templateFile"))
            name = str(properties.get("stackName", id))
            found.append(Stack(id=id, name=name, region=region, template=template, artifact=artifact))
    return found


def environments(assembly: Path) -> set[Environment]:
    """Return the deployment targets of an app's stacks, including those of its stages.

    Args:
        assembly: The folder it was synthesized into.

    Raises:
        LocalCloudError: If the folder contains no readable assembly.
    """
    found = set()
    for _, _, artifact in _artifacts(assembly):
        pins = _pins(artifact)
        if artifact.get("type") == _STACK and pins:
            account, region = pins
            version = str(artifact.get("properties", {}).get("bootstrapStackVersionSsmParameter", ""))
            qualifier = _VERSION.fullmatch(version)
            found.add(Environment(account=account, region=region, qualifier=qualifier.group(1) if qualifier else ""))
    return found


def check_pins(required: Collection[Environment], *, account: str, region: str) -> None:
    """Refuse an app whose stacks are pinned to another environment.

    Args:
        required: The deployment targets of its stacks.
        account: The account of the local cloud.
        region: Its region.

    Raises:
        LocalCloudError: If they are pinned to several accounts.
        PinnedError: If they are pinned to another account or region.
    """
    accounts, regions = {each.account for each in required} - {""}, {each.region for each in required} - {""}
    if len(accounts) > 1:
        raise LocalCloudError(
            f"the app's stacks are pinned to the accounts {', '.join(sorted(accounts))}, and a local cloud is one "
            "account; omit env=... for the stage `local`"
        )
    pinned = next(iter(accounts), account)
    # Many apps use one region, and us-east-1 for CloudFront; the further regions are bootstrapped too.
    homes = regions - {REGION} or regions
    home = next(iter(homes)) if len(homes) == 1 else region
    if (pinned, home) != (account, region):
        raise PinnedError(
            f"the app is pinned to account {pinned} and region {home}, and this local cloud has {account} and "
            f"{region}; stop it with `cognito-app down`, and start a matching one with `cognito-app up`",
            account=pinned,
            region=home,
        )


def runs_node(assembly: Path) -> bool:
    """Return whether an app has Node functions that may rely on the AWS SDK of Lambda's runtime.

    Args:
        assembly: The folder it was synthesized into.
    """
    for path in assembly.rglob(f"*{TEMPLATE}"):
        resources = _read(path).get("Resources", {})
        for name, resource in resources.items():
            runtime = resource.get("Properties", {}).get("Runtime", "") if isinstance(resource, dict) else ""
            # The CDK looks some runtimes up in a table of regions; all of these are Node runtimes.
            if name.startswith(_OURS) or resource.get("Type") not in {
                "AWS::Lambda::Function", "AWS::Serverless::Function",
            }:  # fmt: skip
                continue
            if not isinstance(runtime, str) or runtime.startswith("nodejs"):
                return True
    return False


def _pins(artifact: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return an artifact's account and region, each empty if it is not pinned; None without an environment."""
    pinned = _ENVIRONMENT.fullmatch(str(artifact.get("environment", "")))
    if pinned is None:
        return None
    account, region = ("" if part in _ANY else part for part in pinned.groups())
    return account, region


def _artifacts(assembly: Path) -> Iterator[tuple[Path, str, dict[str, Any]]]:
    """Yield each artifact with its folder and its ID."""
    for id, artifact in _read(assembly / "manifest.json").get("artifacts", {}).items():
        yield assembly, id, artifact
        if artifact.get("type") == "cdk:cloud-assembly":
            yield from _artifacts(assembly / artifact["properties"]["directoryName"])


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise LocalCloudError(f"{path} cannot be read ({error}); run the same command again") from error
    if not isinstance(found, dict):
        raise LocalCloudError(f"{path} is not a JSON object; run the same command again")
    return found
