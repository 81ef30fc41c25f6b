"""Parameters: the values that a parent stack passes, and parameters of one name in several stacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.template.functions import mappings_in
from constructs_lib.analysis.template.references import named_by
from constructs_lib.analysis.template.scalars import text_of
from constructs_lib.analysis.template.unknown_values import one_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from constructs_lib.analysis.template.templates import Template

_STORED: Final = "AWS::SSM::Parameter::Value<"
_LISTS: Final = ("CommaDelimitedList", "List<")


def handed_value(
    kind: str, passed: Any, split: Callable[[str], list[str]], names: Mapping[str, Collection[str]]
) -> Any:
    """Return the value of a nested stack's parameter.

    Args:
        kind: The parameter's type. A list is passed as one text with commas, its items are trimmed; of an SSM parameter
            type the passed text is a key, and the value is not in the template ("CloudFormation template Parameters
            syntax", "Systems Manager parameter types").
        passed: What the parent stack passes, resolved.
        split: Splits a text at its commas.
        names: The names of the templates' resources, as globs, with the keys that they store.
    """
    text = text_of(passed)
    if kind.startswith(_STORED):
        return one_of(f"import {text} ({kind})", iter([text]), names)
    return [part.strip() for part in split(text)] if kind.startswith(_LISTS) else text


def possible_values(value: Any, resolved: Any, parameters: Mapping[str, Any]) -> list[Any]:
    """Return the values that a parameter of the type String allows; for any other value, the value itself.

    "The parameter value must be one of the allowed values" ("CloudFormation template Parameters syntax"). Those of an
    SSM parameter type are keys, and those of a list are of its items.
    """
    match value:
        case {"Ref": str(name), **more} if not more and "⟦" in text_of(resolved):
            match parameters.get(name):
                case {"Type": "String", "AllowedValues": [_, *_] as allowed} if all(map(_is_plain, allowed)):
                    return [*allowed]
    return [resolved]


def _is_plain(allowed: Any) -> bool:
    return isinstance(allowed, str | int | float) and "{{" not in text_of(allowed)


def of_several_stacks(templates: Sequence[Template]) -> dict[str, str]:
    """Return the parameters that several stacks use and no parent stack passes; with the stacks, as text.

    One name does not make them one value: each stack is deployed with its own. Parameters with the same key of the
    Parameter Store as default have its value.
    """
    nested = {child for template in templates for child in template.nested.values()}
    found: dict[str, dict[str, str]] = {}
    for template in templates:
        if template.name not in nested:
            parameters = template.body.get("Parameters") or {}
            for name in set(_referenced([template.body["Resources"], template.body.get("Outputs")])):
                if isinstance(parameters.get(name), dict):
                    found.setdefault(name, {})[template.name] = _origin(template.name, parameters[name])
    return {name: ", ".join(sorted(of)) for name, of in sorted(found.items()) if len(set(of.values())) > 1}


def _origin(stack: str, parameter: Mapping[str, Any]) -> str:
    kind, key = str(parameter.get("Type")), parameter.get("Default")
    return f"{kind}{key}" if kind.startswith(_STORED) and key else stack


def _referenced(value: Any) -> Iterator[str]:
    for node in mappings_in(value):
        if len(node) == 1:
            ((key, inner),) = node.items()
            yield from (name for name in named_by(str(key), inner) if isinstance(name, str))
