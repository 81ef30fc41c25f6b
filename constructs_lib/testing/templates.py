"""Templates from a dictionary, a file, a CDK `Template`, a `Stack`, or a whole `cdk.out` folder."""

import json
import re
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any, Final, Protocol, runtime_checkable

from constructs_lib.argument_checks import checked


@runtime_checkable
class _HasJson(Protocol):
    """`aws_cdk.assertions.Template`, recognized without importing the CDK."""

    def to_json(self) -> Mapping[str, Any]: ...


TemplateLike = Mapping[str, Any] | str | PathLike[str] | _HasJson
"""A parsed template, the path of one (JSON), or `aws_cdk.assertions.Template`."""

_ASSET_HASH: Final = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
# Versions and API deployments carry a hash of their content behind their ordinary logical ID.
_CONTENT_ID: Final = re.compile(r"^([A-Za-z0-9]*[0-9A-F]{8})[0-9a-f]{32}$")


@checked
def template_of(template: TemplateLike) -> dict[str, Any]:
    """Return a template as a dictionary.

    Args:
        template: A dictionary, the path of a JSON template, or `aws_cdk.assertions.Template`.

    Returns:
        The template; a dictionary is returned unchanged.

    Raises:
        ValueError: If the file holds no template.
        TypeError: If the value is none of these.
    """
    match template:
        case Mapping():
            return dict(template)
        case str() | PathLike():
            return _read(Path(template))
        case _HasJson():
            return dict(template.to_json())
    raise TypeError(
        f"template is a {type(template).__name__}, not a dict, a path or aws_cdk.assertions.Template; pass "
        "Template.from_stack(stack) for a stack"
    )


@checked
def normalized(template: TemplateLike) -> dict[str, Any]:
    """Return a template without the parts that change although no resource does.

    Asset hashes become `<hash>`, as do the content hashes at the end of logical IDs of Lambda versions and API
    deployments; CDK's bootstrap check and usage metadata are left out.

    Args:
        template: As for `template_of`.
    """
    return _drop_cdk_bookkeeping(_plain(template_of(template)))


def _plain(value: Any) -> Any:
    match value:
        case Mapping():
            return {_without_hash(str(key)): _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case str():
            return _without_hash(value)
        case _:
            return value


def _without_hash(text: str) -> str:
    return _CONTENT_ID.sub(r"\1<hash>", _ASSET_HASH.sub("<hash>", text))


def _drop_cdk_bookkeeping(template: dict[str, Any]) -> dict[str, Any]:
    dropped = {
        "Parameters": {"BootstrapVersion"},
        "Rules": {"CheckBootstrapVersion"},
        "Resources": {"CDKMetadata"},
        "Conditions": {"CDKMetadataAvailable"},
    }
    for section, names in dropped.items():
        entries = template.get(section)
        if isinstance(entries, Mapping):
            template[section] = {name: entry for name, entry in entries.items() if name not in names}
            if not template[section]:
                del template[section]
    return template


def _read(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(f"{path} is not a JSON template ({error}); write it with `cdk synth`") from error
    if not isinstance(document, dict):
        raise ValueError(f"{path} contains a {type(document).__name__}, not a template; write it with `cdk synth`")  # noqa: TRY004 - content, not type
    return document
