"""Templates of the deployed stacks, stored separately from the assembly, which the next synthesis overwrites.

A deployment may fail after some of its stacks, so the deployed template of a stack is the one that CloudFormation has.
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeAlias

from constructs_lib.local.assembly import TEMPLATE, Stack, stacks_of
from constructs_lib.local.errors import LocalCloudError

_NOTHING: Final = frozenset({"DELETE_COMPLETE", "REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE"})
"""Statuses of stacks without resources: deleted, not created yet, or rolled back from their creation."""
Running: TypeAlias = Callable[[Stack], Any]
"""Returns the template that CloudFormation has for a stack; None if it does not exist or has no resources."""


def keep_templates(assembly: Path, folder: Path, running: Running, *, region: str) -> None:
    """Store the templates of the deployed stacks after a deployment, successful or not, and remove outdated ones.

    `folder` has a folder for each stack, with its manifests; `running` returns the deployed template of a stack, and
    `region` is that of stacks that are not pinned to one.

    Raises:
        LocalCloudError: If a manifest or a template cannot be read.
        OSError: If a file cannot be written.
    """
    if not folder.is_dir():
        folder.unlink(missing_ok=True)
        folder.mkdir()
    for each in folder.iterdir():
        if not _runs(each, running):
            _remove(each)
    for stack in stacks_of(assembly):
        if _is_running(stack, running):
            _copy(stack, folder / f"{stack.region or region}.{stack.name}")


def _runs(kept: Path, running: Running) -> bool:
    """Return whether a stored template is still that of its stack; False for an unreadable one."""
    try:
        return any(_is_running(stack, running) for stack in stacks_of(kept) if stack.template.is_file())
    except (LocalCloudError, ValueError):
        return False


def _is_running(stack: Stack, running: Running) -> bool:
    return bool(running(stack) == json.loads(stack.template.read_text(encoding="utf-8")))


def running_template(client: Any, name: str) -> Any:
    """Return the template of a stack, by a client for its region; None if it does not exist or has no resources.

    Raises:
        LocalCloudError: If the local cloud does not respond.
    """
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - as slow to import as boto3

    try:
        [stack] = client.describe_stacks(StackName=name)["Stacks"]
        if stack["StackStatus"] in _NOTHING:
            return None
        body = client.get_template(StackName=name, TemplateStage="Original")["TemplateBody"]
    except ClientError:
        return None
    except BotoCoreError as error:
        raise LocalCloudError(f"the template of {name} cannot be read ({error}); run the same command again") from error
    return _from_yaml(body) if isinstance(body, str) else body


def _from_yaml(text: str) -> Any:
    import yaml  # noqa: PLC0415 - only for stacks without a bootstrap

    return yaml.safe_load(text)


def _copy(stack: Stack, target: Path) -> None:
    draft = target.parent.with_name(f"{target.parent.name}.draft")
    _remove(draft)
    draft.mkdir()
    (draft / "manifest.json").write_text(json.dumps({"artifacts": {stack.id: stack.artifact}}), encoding="utf-8")
    for name in (stack.template.name, *_beside(stack)):
        shutil.copyfile(stack.template.with_name(name), draft / name)
    _remove(target)
    draft.replace(target)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _beside(stack: Stack) -> set[str]:
    """Return the names of the files that belong to a stack: its metadata, its assets' manifest, nested templates."""
    named = stack.artifact.get("additionalMetadataFile")
    found = {str(named)} if named else set()
    manifest = stack.template.with_name(f"{stack.template.name.removesuffix(TEMPLATE)}.assets.json")
    if manifest.is_file():
        files = json.loads(manifest.read_text(encoding="utf-8")).get("files", {}).values()
        paths = {str(each["source"].get("path")) for each in files}
        found |= {manifest.name, *(path for path in paths if path.endswith(TEMPLATE))}
    return found - {stack.template.name}
