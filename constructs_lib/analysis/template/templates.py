"""Templates from a file, a `cdk.out` folder or a deployed stack."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.iam.managed import aws_managed_policies

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_BYTES: Final = 20 * 1024 * 1024
MAX_DEPTH: Final = 100
MAX_NODES: Final = 1_000_000
_DEPLOYED: Final = "stack:"
_SYNTHESIZED: Final = ".template.json"
_NESTED: Final = ".nested.template.json"


class TemplateError(ValueError):
    """A template could not be read; the message names it and the remedy."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Template:
    """One CloudFormation template.

    Args:
        name: The stack's name, or the file's.
        body: The parsed template: intrinsic functions in their long form.
        source: Where it came from, for messages.
        nested: For each nested stack whose template is here the name it has as `Template`, by logical ID.
            Empty: none is here.
        assets: File names by the hash under which the CDK publishes them. Empty: it is of no assembly.
    """

    name: str
    body: dict[str, Any]
    source: str
    nested: Mapping[str, str] = field(default_factory=dict)
    assets: Mapping[str, str] = field(default_factory=dict)


def load_templates(where: str | Path) -> list[Template]:
    """Read a template file (JSON or YAML), a folder such as `cdk.out` with all its stacks, or `stack:NAME`.

    Raises:
        TemplateError: When it is missing, cannot be parsed, or is no template.
    """
    if str(where).startswith(_DEPLOYED):
        return [_deployed(str(where).removeprefix(_DEPLOYED))]
    path = Path(where)
    if path.is_dir():
        files = sorted(path.rglob(f"*{_SYNTHESIZED}"))
        if not files:
            raise TemplateError(f"{path} holds no *.template.json; run `cdk synth` first, or name a template file")
        return [_from_file(file) for file in files]
    if not path.exists():
        raise TemplateError(f"{path} does not exist; name a template file, a cdk.out folder or stack:NAME")
    return [_from_file(path)]


def load_stack(path: Path) -> list[Template]:
    """Read a synthesized stack's template, and those of the stacks nested in it.

    Raises:
        TemplateError: When one cannot be parsed, or is no template.
    """
    [stack] = load_templates(path)
    names = sorted(name for name in _published(_manifest(path)).values() if name.endswith(_NESTED))
    nested = [_from_file(path.with_name(name)) for name in names]
    return [stack, *(replace(each, assets=stack.assets) for each in nested)]


def parse_template(text: str, *, name: str, source: str) -> Template:
    """Parse the text of a template.

    Raises:
        TemplateError: When it is no JSON or YAML, too deep or too large when its aliases are followed, or has no
            resources.
    """
    try:
        body = json.loads(text) if text.lstrip().startswith("{") else _from_yaml(text)
    except RecursionError as error:
        raise TemplateError(
            f"{source} is nested more than {MAX_DEPTH} levels deep: it is no usable template"
        ) from error
    except ValueError as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise TemplateError(f"{source} cannot be parsed: {reason}") from error
    if not isinstance(body, dict) or not isinstance(body.get("Resources"), dict):
        raise TemplateError(f"{source} is no CloudFormation template: it has no Resources")
    _check_size(body, source)
    if "AWS::Serverless" in str(body.get("Transform", "")):
        body = _transform_serverless(body, source)
    return Template(name=name, body=body, source=source)


def _from_yaml(text: str) -> Any:
    from constructs_lib.analysis.template.yaml_intrinsics import load_yaml  # noqa: PLC0415 - what CDK synthesizes is JSON

    return load_yaml(text)


def _from_file(path: Path) -> Template:
    if path.stat().st_size > MAX_BYTES:
        raise TemplateError(f"{path} is larger than {MAX_BYTES // 1024**2} MiB; CloudFormation itself takes 1 MiB")
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TemplateError(f"{path} cannot be read: {error}") from error
    name = path.name.removesuffix(_SYNTHESIZED).removesuffix(path.suffix)
    return replace(parse_template(text, name=name, source=str(path)), assets=_assets(path))


def _manifest(path: Path) -> Path:
    return path.with_name(path.name.removesuffix(_SYNTHESIZED) + ".assets.json")


def _assets(path: Path) -> dict[str, str]:
    """Return what the assembly of a file publishes; a nested stack's files stand in the manifest of an outer one."""
    manifests = path.parent.glob("*.assets.json") if path.name.endswith(_NESTED) else [_manifest(path)]
    return {digest: name for manifest in manifests for digest, name in _published(manifest).items()}


def _published(manifest: Path) -> dict[str, str]:
    if not manifest.is_file():
        return {}
    files = json.loads(manifest.read_text(encoding="utf-8")).get("files", {})
    return {digest: str(each.get("source", {}).get("path", "")) for digest, each in files.items()}


def _deployed(name: str) -> Template:
    try:
        import boto3  # noqa: PLC0415 - part of the extra `local`
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise TemplateError("stack:NAME needs boto3: pip install 'cognito-app-constructs[local]'") from error
    try:
        body = boto3.client("cloudformation").get_template(StackName=name, TemplateStage="Processed")["TemplateBody"]
    except (BotoCoreError, ClientError) as error:
        raise TemplateError(f"stack {name!r} cannot be read: {error}") from error
    text = body if isinstance(body, str) else json.dumps(body)
    return parse_template(text, name=name, source=f"stack:{name}")


def _check_size(value: Any, source: str) -> None:
    """Walk the tree as aliases unfold it: a few lines of YAML can stand for millions of nodes."""
    nodes, stack = 0, [(value, 0)]
    while stack:
        node, depth = stack.pop()
        nodes += 1
        if nodes > MAX_NODES:
            raise TemplateError(f"{source} unfolds to more than {MAX_NODES:,} values; it is no usable template")
        if depth > MAX_DEPTH:
            raise TemplateError(f"{source} is nested more than {MAX_DEPTH} levels deep")
        if isinstance(node, dict):
            stack.extend((child, depth + 1) for child in node.values())
        elif isinstance(node, list):
            stack.extend((child, depth + 1) for child in node)


def _transform_serverless(body: dict[str, Any], source: str) -> dict[str, Any]:
    try:
        import boto3  # noqa: PLC0415 - comes with the translator
        from samtranslator.parser.parser import Parser  # noqa: PLC0415 - extra `sam`
        from samtranslator.translator.translator import Translator  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise TemplateError(
            f"{source} uses the AWS::Serverless transform: pip install 'cognito-app-constructs[sam]'"
        ) from error
    # The translator wants a region and calls nothing there; the analysis takes a literal one for the deployment's own.
    translator = Translator(aws_managed_policies(), Parser(), boto_session=boto3.Session(region_name="us-east-1"))
    try:
        transformed: dict[str, Any] = translator.translate(body, {})
    except Exception as error:
        raise TemplateError(f"{source}: the AWS::Serverless transform failed: {error}") from error
    return transformed
