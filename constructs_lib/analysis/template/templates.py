"""Templates from a file, a `cdk.out` folder or a deployed stack."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.template.assembly import SYNTHESIZED, Deployment, assets, deployment_of, nested_files
from constructs_lib.analysis.template.errors import TemplateError
from constructs_lib.analysis.template.inspection import inspect
from constructs_lib.analysis.template.json_text import load_json
from constructs_lib.analysis.template.serverless import is_serverless, transform

if TYPE_CHECKING:
    from collections.abc import Mapping


MAX_BYTES: Final = 20 * 1024 * 1024
MAX_DEPTH: Final = 100
MAX_NODES: Final = 1_000_000
_DEPLOYED: Final = "stack:"
_ASSET: Final = re.compile(r"asset\.[0-9a-f]{64}")
"""The name of an asset's folder in an assembly: its hash (AWS CDK, `AssetStaging`)."""
_LOCAL_CLOUD: Final = ".local-cloud"
_NAME: Final = "name a CloudFormation template in JSON or YAML, a cdk.out folder or stack:NAME"


@dataclass(frozen=True, kw_only=True, slots=True)
class Template:
    """One CloudFormation template.

    Args:
        name: The stack's name, or the file's.
        body: The parsed template: intrinsic functions in their long form.
        source: Its origin, for messages.
        nested: The `Template` name of each nested stack with a known template, by logical ID. Default: no nested
            stacks.
        assets: File names by the hash under which the CDK publishes them. Default: it is not part of an assembly.
        account: The account of its environment, if its assembly specifies one. Default: any account.
        deployment: The place to which its assembly deploys it. Default: it is not part of an assembly.
        names: The names, as globs, of the resources of all templates of the run, each with where it comes from
            (`given_names`). Default: no names.
        generated: The names without punctuation that AWS generates for resources of all templates of the run, as atoms.
            Default: no names.
        seen: The holes that `inspect` found when it was read, with what the template says there. Default: not inspected
            yet.
    """

    name: str
    body: dict[str, Any]
    source: str
    nested: Mapping[str, str] = field(default_factory=dict)
    assets: Mapping[str, str] = field(default_factory=dict)
    account: str = ""
    deployment: Deployment | None = None
    names: Mapping[str, frozenset[str]] = field(default_factory=dict)
    generated: frozenset[str] = frozenset()
    seen: Mapping[str, Any] | None = None

    @property
    def folder(self) -> str:
        """The folder of its origin."""
        return str(Path(self.source).parent)

    @property
    def holes(self) -> Mapping[str, Any]:
        """The parts that only CloudFormation expands at deployment: what the template says there, by sentence.

        Raises:
            TemplateError: If CloudFormation would reject the template for its format.
        """
        return inspect(self.body, self.source) if self.seen is None else self.seen


def load_templates(where: str | Path) -> list[Template]:
    """Read a template file (JSON or YAML), an assembly such as `cdk.out` with all its stacks, or `stack:NAME`.

    Raises:
        TemplateError: If it is missing, cannot be parsed, or is not a template.
    """
    if str(where).startswith(_DEPLOYED):
        return [_deployed(str(where).removeprefix(_DEPLOYED))]
    path = Path(where)
    try:
        if path.is_dir():
            _check_assembly(path)
            files = sorted(each for each in path.rglob(f"*{SYNTHESIZED}") if not _is_in_asset(each.relative_to(path)))
            if not files:
                raise TemplateError(
                    f"{path} holds no *.template.json; run `cdk synth` first (`cognito-app up` for a local cloud's "
                    "folder, which is empty after a synth that failed), or name a template file"
                )
            return [_from_file(file) for file in files]
        if not path.exists():
            local = path.with_name(_LOCAL_CLOUD) / path.name
            written = f"name {local}, which `cognito-app up` has written"
            raise TemplateError(f"{path} does not exist; {written if local.exists() else _NAME}")
        return [_from_file(path)]
    except OSError as error:
        raise TemplateError(f"{path} cannot be read: {error}") from error


def load_stack(path: Path) -> list[Template]:
    """Read a synthesized stack's template, and those of the stacks nested in it.

    Raises:
        TemplateError: If one cannot be parsed, or is not a template.
    """
    [stack] = load_templates(path)
    return [
        stack,
        *(replace(_from_file(nested), assets=stack.assets, account=stack.account) for nested in nested_files(path)),
    ]


def parse_template(text: str, *, name: str, source: str) -> Template:
    """Parse the text of a template.

    Raises:
        TemplateError: If it is not JSON or YAML, is too deep or too large with its aliases expanded, or has a format
            that CloudFormation would reject.
    """
    body = _parsed(text, source)
    if not isinstance(body, dict) or not isinstance(body.get("Resources"), dict):
        why = "it is empty" if not text.strip() else "it has no Resources"
        raise TemplateError(f"{source} is not a CloudFormation template: {why}; {_NAME}")
    if is_serverless(body):
        body = transform(body, source, _parsed)
        _check_size(body, source)
    return Template(name=name, body=body, source=source, seen=inspect(body, source))


def _parsed(text: str, source: str) -> Any:
    try:
        value = load_json(text) if text.lstrip().startswith("{") else _from_yaml(text)
    except RecursionError as error:
        raise TemplateError(
            f"{source} is nested more than {MAX_DEPTH} levels deep: it is not a usable template"
        ) from error
    except ValueError as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise TemplateError(f"{source} cannot be parsed: {reason}; {_NAME}") from error
    _check_size(value, source)
    return value


def _from_yaml(text: str) -> Any:
    from constructs_lib.analysis.template.yaml_text import load_yaml  # noqa: PLC0415 - CDK synthesizes JSON

    return load_yaml(text)


def _from_file(path: Path) -> Template:
    if not path.is_file():
        raise TemplateError(f"{path} is not a file; {_NAME}")
    if path.stat().st_size > MAX_BYTES:
        raise TemplateError(f"{path} is larger than {MAX_BYTES // 1024**2} MiB; CloudFormation itself takes 1 MiB")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise TemplateError(f"{path} cannot be read as text in UTF-8: {error}; {_NAME}") from error
    name = path.name.removesuffix(SYNTHESIZED).removesuffix(path.suffix)
    template = parse_template(text, name=name, source=str(path))
    deployment = deployment_of(path)
    account = deployment.account if deployment else ""
    return replace(template, assets=assets(path), account=account, deployment=deployment)


def _check_assembly(path: Path) -> None:
    """Refuse a folder that only has assemblies somewhere below it, which are not deployed together.

    Raises:
        TemplateError: With the assemblies that can be named instead.
    """
    if _is_assembly(path):
        return
    inner = [each for each in sorted(path.iterdir()) if each.is_dir() and not _ASSET.fullmatch(each.name)]
    if not inner:
        raise TemplateError(
            f"{path} holds no *.template.json; run `cdk synth` first (`cognito-app up` for a local cloud's "
            "folder, which is empty after a synth that failed), or name a template file"
        )
    known = [str(each) for each in (*inner, path / _LOCAL_CLOUD / "cdk.out") if _is_assembly(each)]
    raise TemplateError(f"{path} is not a cdk.out folder; {f'name {_either(known)}' if known else _NAME}")


def _is_assembly(path: Path) -> bool:
    """Return whether a folder has templates or an assembly's manifest; one with stages only has no template."""
    return (path / "manifest.json").is_file() or next(path.glob(f"*{SYNTHESIZED}"), None) is not None


def _either(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}" if len(names) > 1 else names[0]


def _is_in_asset(path: Path) -> bool:
    """Return whether a file of an assembly belongs to an asset, such as code, and is no stack's template."""
    return any(_ASSET.fullmatch(part) for part in path.parts[:-1])


def _deployed(name: str) -> Template:
    try:
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - part of the extra `local`

        from constructs_lib.aws_sessions import UNREACHABLE, aws_session  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise TemplateError("stack:NAME needs boto3: pip install 'cognito-app-constructs[local]'") from error
    try:
        client = aws_session().client("cloudformation")
        body = client.get_template(StackName=name, TemplateStage="Processed")["TemplateBody"]
    except UNREACHABLE as error:
        raise TemplateError(f"AWS cannot be reached ({error}); check the network and HTTPS_PROXY") from error
    except (BotoCoreError, ClientError) as error:
        message = str(error).rstrip(".")
        raise TemplateError(
            f"stack {name!r} cannot be read: {message}; sign in to AWS, name the region by AWS_REGION, or name a "
            "template file or a cdk.out folder"
        ) from error
    text = body if isinstance(body, str) else json.dumps(body)
    return parse_template(text, name=name, source=f"stack:{name}")


def _check_size(value: Any, source: str) -> None:
    """Walk the tree with expanded aliases: a few lines of YAML can represent millions of nodes."""
    nodes, stack = 0, [(value, 0)]
    while stack:
        node, depth = stack.pop()
        nodes += 1
        if nodes > MAX_NODES:
            raise TemplateError(f"{source} unfolds to more than {MAX_NODES:,} values; it is not a usable template")
        if depth > MAX_DEPTH:
            raise TemplateError(f"{source} is nested more than {MAX_DEPTH} levels deep")
        if isinstance(node, dict):
            stack.extend((child, depth + 1) for child in node.values())
        elif isinstance(node, list):
            stack.extend((child, depth + 1) for child in node)
