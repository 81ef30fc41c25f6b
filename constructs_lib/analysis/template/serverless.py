"""SAM sources, as their authors write them: with folders and files beside the template instead of addresses in S3."""

from __future__ import annotations

import copy
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.template.errors import TemplateError
from constructs_lib.managed_policies import arns_by_short_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PREFIX: Final = "AWS::Serverless::"
_CODE: Final = {
    "Function": "CodeUri",
    "WebFunction": "CodeUri",
    "LayerVersion": "ContentUri",
    "GraphQLApi": "SchemaUri",
}
"""Where local code stands, which decides no access: any address in S3 does in its place."""
_DEFINITIONS: Final = {
    "Api": ("DefinitionUri", "DefinitionBody"),
    "HttpApi": ("DefinitionUri", "DefinitionBody"),
    "StateMachine": ("DefinitionUri", "Definition"),
}
"""Files that say which routes there are and who may call them, and where their content may stand instead."""
_IN_S3: Final = "s3://"
_STAND_IN: Final = "s3://local/"
_IMAGE: Final = "123456789012.dkr.ecr.us-east-1.amazonaws.com/local:latest"


def is_serverless(body: dict[str, Any]) -> bool:
    """Whether a template asks for the AWS::Serverless transform."""
    return "AWS::Serverless" in str(body.get("Transform", ""))


def transform(body: dict[str, Any], source: str, parse: Callable[[str, str], Any]) -> dict[str, Any]:
    """Return what CloudFormation would make of a SAM template.

    Parameters keep their names: the analysis is about whatever values they are given.

    Args:
        body: The template; it is left as it is.
        source: The file it came from; local files are looked for beside it.
        parse: Parses the text of a local file, given the text and its name.

    Raises:
        TemplateError: When the extra `sam` is not installed, a local file cannot be read, or the transform fails.
    """
    try:
        import boto3  # noqa: PLC0415 - comes with the translator
        from samtranslator.parser.parser import Parser  # noqa: PLC0415 - extra `sam`
        from samtranslator.translator.translator import Translator  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise TemplateError(
            f"{source} uses the AWS::Serverless transform: pip install 'cognito-app-constructs[sam]'"
        ) from error
    # It warns on standard error that it has measured itself and was asked by nobody.
    logging.getLogger("samtranslator").setLevel(logging.ERROR)
    body = copy.deepcopy(body)
    for kind, properties in _parts(body):
        _bring(kind, properties, source, parse)
    for parameter in (body.get("Parameters") or {}).values() if isinstance(body.get("Parameters"), dict) else ():
        # The translator would write a default in the place of its parameter, whatever value is given at deployment.
        if isinstance(parameter, dict):
            parameter.pop("Default", None)
    # The translator wants a region and calls nothing there; the analysis takes a literal one for the deployment's own.
    translator = Translator(arns_by_short_name(), Parser(), boto_session=boto3.Session(region_name="us-east-1"))
    try:
        transformed: dict[str, Any] = translator.translate(body, {})
    except Exception as error:
        raise TemplateError(f"{source}: the AWS::Serverless transform failed: {_reason(error)}") from error
    return transformed


def _reason(error: Exception) -> str:
    """Return the translator's message with the messages of the faults it found."""
    faults = getattr(error, "causes", ()) or (error,)
    # The translator's exceptions have their arguments for a text, and say what is wrong in `message`.
    return "; ".join(dict.fromkeys(str(getattr(each, "message", each)) for each in faults))


def _parts(body: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the properties of the serverless resources, with their kind; those that all of a kind share first."""
    shared = body.get("Globals")
    shared = shared if isinstance(shared, dict) else {}
    files = {kind: _taken(shared.get(kind), file) for kind, (file, _) in _DEFINITIONS.items()}
    for kind, properties in shared.items():
        if isinstance(properties, dict):
            yield kind, properties
    resources = body.get("Resources")
    for resource in (resources if isinstance(resources, dict) else {}).values():
        if isinstance(resource, dict) and str(resource.get("Type")).startswith(_PREFIX):
            kind = str(resource["Type"]).removeprefix(_PREFIX)
            properties = resource.setdefault("Properties", {})
            if isinstance(properties, dict):
                if files.get(kind) and not properties.keys() & _DEFINITIONS[kind]:
                    properties[_DEFINITIONS[kind][0]] = files[kind]
                if kind == "Function":
                    _with_code(properties, shared.get("Function"))
                yield kind, properties


def _taken(shared: Any, file: str) -> str:
    """Take a local file out of what all share, which may name one and not hold its content."""
    return str(shared.pop(file)) if isinstance(shared, dict) and _is_local(shared.get(file)) else ""


def _with_code(properties: dict[str, Any], shared: Any) -> None:
    """Name some code for a function that says nothing of it: `sam build` takes the template's folder."""
    given = {**(shared if isinstance(shared, dict) else {}), **properties}
    if given.get("PackageType") == "Image":
        properties.setdefault("ImageUri", given.get("ImageUri", _IMAGE))
    elif not {"CodeUri", "InlineCode"} & given.keys():
        properties["CodeUri"] = f"{_STAND_IN}."


def _bring(kind: str, properties: dict[str, Any], source: str, parse: Callable[[str, str], Any]) -> None:
    """Put what the translator takes in the place of local folders and files."""
    code = _CODE.get(kind, "")
    if _is_local(properties.get(code)):
        properties[code] = f"{_STAND_IN}{properties[code]}"
    if kind not in _DEFINITIONS:
        return
    file, inline = _DEFINITIONS[kind]
    if _is_local(properties.get(file)):
        properties[inline] = _content(str(properties.pop(file)), source, parse)


def _is_local(address: Any) -> bool:
    return isinstance(address, str) and not address.startswith((_IN_S3, "https://", "{{resolve:"))


def _content(name: str, source: str, parse: Callable[[str, str], Any]) -> Any:
    path = Path(source).parent / name
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise TemplateError(f"{source} names the file {name}, which cannot be read: {error}") from error
    return parse(text, str(path))
