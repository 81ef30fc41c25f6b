"""Stacks of a synthesized app, and its requirements: accounts, regions, bootstrap qualifiers, the AWS SDK for Node."""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NoReturn

from constructs_lib.local.emulator_lifecycle import REGION
from constructs_lib.local.errors import LocalCloudError, PinnedError

_ENVIRONMENT: Final = re.compile(r"aws://([^/]+)/([^/]+)")
_VERSION: Final = re.compile(r"/cdk-bootstrap/([A-Za-z0-9_-]{1,10})/version")
TEMPLATE: Final = ".template.json"
_ANY: Final = ("unknown-account", "unknown-region")
_STACK: Final = "aws:cloudformation:stack"
_OF_THE_CDK: Final = "BootstrapVersion"
"""The parameter that the CDK adds to templates."""
_PATTERN: Final = re.compile(r"[^A-Za-z0-9/-]")
"""A character that a path of stages and a stack cannot contain, as a pattern of the CDK's command line may."""
_OURS: Final = "CustomS3AutoDeleteObjects"
"""The CDK's function that empties buckets. It does not run here: the emulator empties them itself."""
_FUNCTIONS: Final = frozenset({"AWS::Lambda::Function", "AWS::Serverless::Function"})


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Environment:
    """Deployment target of a stack.

    Account and region are empty if it is not pinned to one, and the qualifier without a bootstrap.
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
        path: Its path in the app, by which the CDK's command line selects it, such as `Dev/Documents`.
        region: The region it is pinned to; empty if it is not pinned.
        template: The path of its template.
        artifact: Its entry in the manifest.
    """

    id: str
    name: str
    path: str
    region: str
    template: Path
    artifact: Mapping[str, Any]


def stacks_of(assembly: Path) -> list[Stack]:
    """Return an app's stacks, including those of its stages.

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
            path = str(artifact.get("displayName", id))
            found.append(Stack(id=id, name=name, path=path, region=region, template=template, artifact=artifact))
    return found


def environments(assembly: Path) -> set[Environment]:
    """Return the deployment targets of an app's stacks, including those of its stages.

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


def check_stacks(assembly: Path, names: Sequence[str]) -> None:
    """Refuse names of stacks that an app does not have; the CDK would ignore one beside others.

    Patterns are not checked.

    Raises:
        LocalCloudError: If there is no stack of a name; the message contains the stacks that exist.
    """
    known = {each.path for each in stacks_of(assembly)}
    for name in names:
        if name not in known and not _PATTERN.search(name):
            refuse_stacks(assembly, [name])


def refuse_stacks(assembly: Path, names: Sequence[str]) -> NoReturn:
    """Raise the error for names or patterns that match no stack of an app.

    Raises:
        LocalCloudError: Always; the message contains the stacks that exist.
    """
    known = ", ".join(sorted(each.path for each in stacks_of(assembly))) or "none"
    raise LocalCloudError(f"the app has no stack {', '.join(map(repr, names))} (stacks: {known}); name one that it has")


def check_parameters(assembly: Path, parameters: Collection[str]) -> None:
    """Refuse values of parameters that no template of an app declares; the CDK would ignore them.

    Each value is `NAME=VALUE` or `STACK:NAME=VALUE`.

    Raises:
        LocalCloudError: If no stack, or not the named one, declares a parameter; the message lists the declared ones.
    """
    if not parameters:
        return
    declared = {
        (stack.name, name)
        for stack in stacks_of(assembly)
        for name in _read(stack.template).get("Parameters", {})
        if name != _OF_THE_CDK
    }
    for each in parameters:
        stack, colon, name = each.partition("=")[0].rpartition(":")
        if not any(name == known and (not colon or stack == owner) for owner, known in declared):
            listed = ", ".join(f"{owner}:{known}" for owner, known in sorted(declared)) or "none"
            raise LocalCloudError(
                f"no stack declares the parameter {stack}{colon}{name} (parameters: {listed}); name one of these, or "
                "add it to the stack"
            )


def runs_node(assembly: Path) -> bool:
    """Return whether an app has Node functions that may rely on the AWS SDK of Lambda's runtime."""
    for path in assembly.rglob(f"*{TEMPLATE}"):
        for name, resource in _read(path).get("Resources", {}).items():
            if not isinstance(resource, dict):
                return True  # a loop (`Fn::ForEach`), which may contain any resource
            if name.startswith(_OURS) or resource.get("Type") not in _FUNCTIONS:
                continue
            # The CDK looks some runtimes up in a table of regions; all of these are Node runtimes.
            runtime = resource.get("Properties", {}).get("Runtime", "")
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
