"""SAM sources with local folders and files next to the template instead of S3 URIs."""

from __future__ import annotations

import copy
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.template.errors import TemplateError
from constructs_lib.analysis.template.functions import LOOP
from constructs_lib.managed_policies import arns_by_short_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_MACRO: Final = "AWS::Serverless-2016-10-31"
_PREFIX: Final = "AWS::Serverless::"
_APPLICATION: Final = f"{_PREFIX}Application"
_KEPT: Final = "CognitoAppConstructsPlaceholder"
"""A resource that the translator finds in a template whose resources are all in loops."""
_CODE: Final = {
    "Function": "CodeUri",
    "WebFunction": "CodeUri",
    "LayerVersion": "ContentUri",
    "GraphQLApi": "SchemaUri",
}
"""Properties with local code, which does not affect access: any S3 URI can replace it."""
_DEFINITIONS: Final = {
    "Api": ("DefinitionUri", "DefinitionBody"),
    "HttpApi": ("DefinitionUri", "DefinitionBody"),
    "StateMachine": ("DefinitionUri", "Definition"),
}
"""Properties with files that define routes and their authorizers, and the properties for inline content."""
_IN_S3: Final = "s3://"
_STAND_IN: Final = "s3://local/"
_IMAGE: Final = "123456789012.dkr.ecr.us-east-1.amazonaws.com/local:latest"


def is_serverless(body: dict[str, Any]) -> bool:
    """Return whether a template uses the AWS::Serverless transform."""
    return "AWS::Serverless" in str(body.get("Transform", ""))


def transform(body: dict[str, Any], source: str, parse: Callable[[str, str], Any]) -> dict[str, Any]:
    """Return the CloudFormation template of a SAM template.

    Parameters stay unresolved: the analysis covers all their values. The template is not modified. Local files are
    relative to `source`, and `parse` parses one, given its text and name.

    Raises:
        TemplateError: If the extra `sam` is not installed, a local file cannot be read, or the transform fails.
    """
    try:
        import boto3  # noqa: PLC0415 - comes with the translator
        from samtranslator.parser.parser import Parser  # noqa: PLC0415 - extra `sam`
        from samtranslator.translator.translator import Translator  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise TemplateError(
            f"{source} uses the AWS::Serverless transform: pip install 'cognito-app-constructs[sam]'"
        ) from error
    # The translator writes unrequested metrics warnings to standard error.
    logging.getLogger("samtranslator").setLevel(logging.ERROR)
    body = copy.deepcopy(body)
    for kind, properties in _parts(body):
        _inline_local_files(kind, properties, source, parse)
    for parameter in (body.get("Parameters") or {}).values() if isinstance(body.get("Parameters"), dict) else ():
        # The translator would replace a parameter by its default, although the deployment may set another value.
        if isinstance(parameter, dict):
            parameter.pop("Default", None)
    _leave_applications(body)
    loops = _without_loops(body)
    if isinstance(body.get("Resources"), dict):
        body["Resources"][_KEPT] = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
    macros = [each for each in _listed(body.get("Transform")) if each != _MACRO]
    # The translator requires a region and makes no calls; the analysis treats a literal region as the deployment's.
    translator = Translator(arns_by_short_name(), Parser(), boto_session=boto3.Session(region_name="us-east-1"))
    try:
        transformed: dict[str, Any] = translator.translate(body, {})
    except Exception as error:
        raise TemplateError(f"{source}: the AWS::Serverless transform failed: {_reason(error)}") from error
    transformed["Resources"].pop(_KEPT)
    for section, found in loops.items():
        transformed[section] = {**transformed.get(section, {}), **found}
    # The translator removes the names of all macros.
    transformed["Transform"] = macros
    return transformed


def _leave_applications(body: dict[str, Any]) -> None:
    """Replace the applications of the AWS Serverless Application Repository by nested stacks without a template.

    The translator would ask AWS for their templates, with the credentials of whoever runs the analysis.
    """
    resources = body.get("Resources")
    for resource in (resources if isinstance(resources, dict) else {}).values():
        if isinstance(resource, dict) and resource.get("Type") == _APPLICATION:
            properties = resource.get("Properties")
            given = properties if isinstance(properties, dict) else {}
            if not isinstance(given.get("Location"), str):
                location = given.get("Location")
                named = location.get("ApplicationId") if isinstance(location, dict) else None
                # The version beside the ID decides what is deployed.
                kept = {
                    "TemplateURL": named or str(location),
                    "Parameters": given.get("Parameters") or {},
                    "Location": location,
                }
                resource.update(Type="AWS::CloudFormation::Stack", Properties=kept)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _without_loops(body: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Remove the loops from a template, and return them by section.

    AWS::LanguageExtensions expands them before the AWS::Serverless transform ("CloudFormation language extensions
    support", AWS SAM developer guide), which cannot read them.
    """
    return {
        section: {name: content.pop(name) for name in list(content) if str(name).startswith(LOOP)}
        for section, content in body.items()
        if isinstance(content, dict) and any(str(name).startswith(LOOP) for name in content)
    }


def _reason(error: Exception) -> str:
    """Return the translator's message with the messages of the errors it found."""
    faults = getattr(error, "causes", ()) or (error,)
    # The translator's exceptions have the error in `message`, not in their text.
    return "; ".join(dict.fromkeys(str(getattr(each, "message", each)) for each in faults))


def _parts(body: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the properties of the serverless resources, with their kind; the global ones of each kind first."""
    shared = body.get("Globals")
    shared = shared if isinstance(shared, dict) else {}
    files = {kind: _definition(shared.get(kind), file) for kind, (file, _) in _DEFINITIONS.items()}
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


def _definition(shared: Any, file: str) -> str:
    """Move a local file out of the global properties, which may name a file but not contain it."""
    return str(shared.pop(file)) if isinstance(shared, dict) and _is_local(shared.get(file)) else ""


def _with_code(properties: dict[str, Any], shared: Any) -> None:
    """Set a code location for a function without one: `sam build` uses the template's folder."""
    given = {**(shared if isinstance(shared, dict) else {}), **properties}
    if given.get("PackageType") == "Image":
        properties.setdefault("ImageUri", given.get("ImageUri", _IMAGE))
    elif not {"CodeUri", "InlineCode"} & given.keys():
        properties["CodeUri"] = f"{_STAND_IN}."


def _inline_local_files(kind: str, properties: dict[str, Any], source: str, parse: Callable[[str, str], Any]) -> None:
    """Replace local folders and files by values that the translator accepts."""
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
