"""Intrinsic functions and conditions, resolved as far as a template determines them; else opaque atoms (atoms.py)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar, Final

from constructs_lib.analysis.template import unknown_values
from constructs_lib.analysis.template.atoms import any_text, atom
from constructs_lib.analysis.template.attributes import address, is_any_text, is_identifier
from constructs_lib.analysis.template.conditions import decide, in_order
from constructs_lib.analysis.template.errors import TemplateError
from constructs_lib.analysis.template.parameters import handed_value, possible_values
from constructs_lib.analysis.template.pseudo_parameters import ANY_PARTITION, PARTITION
from constructs_lib.analysis.template.references import VARIABLE
from constructs_lib.analysis.template.resource_arns import (
    ARN_ATTRIBUTES,
    CHANNEL_NAMESPACE,
    FUNCTION_QUALIFIERS,
    HAVE_PATHS,
    NAME_PROPERTIES,
    PATH,
    REF_IS_ARN,
    arn_of,
    function_arn,
    namespace_arn,
)
from constructs_lib.analysis.template.scalars import text_of
from constructs_lib.analysis.template.splitting import joined, one_item, select, split
from constructs_lib.ownership_metadata import OPENED_KEY, OWNED_KEY

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Collection, Mapping

    from constructs_lib.analysis.template.templates import Template

NO_VALUE: Final = object()
_MAX_MADE: Final = 32 * 1024 * 1024
"""The maximum length of a joined or substituted text; names that refer to each other double at each step."""


class Resolver:
    """Resolves the values of one template under assumed conditions.

    Raises:
        TemplateError: If a name refers to itself, or names refer to each other up to an excessive length.
    """

    def __init__(
        self,
        template: Template,
        assumed: Mapping[str, bool | None],
        exports: Mapping[str, Any],
        apart: Collection[str] = (),
        pseudo: Mapping[str, str] = PARTITION,
    ) -> None:
        """Start with the unresolved template; `apart` are parameters with another value in other stacks."""
        self._template = template
        self._body = template.body
        self._exports = exports
        self._apart = apart
        self._pseudo = pseudo
        self._made = 0
        self._names: dict[str, str | None] = {}
        self._holds: dict[str, bool | None] = dict(assumed)
        self._conditions = self._body.get("Conditions") or {}
        self.guessed: set[str] = set()

    def exists(self, resource: Mapping[str, Any]) -> bool:
        """Return whether the resource's condition is true."""
        condition = resource.get("Condition")
        return not isinstance(condition, str) or self.condition(condition)

    def resource(self, logical_id: str) -> dict[str, Any]:
        """Return a resource with its properties resolved, and with the metadata for `cfn-init` as `Init`."""
        raw = self._body["Resources"][logical_id]
        properties = self.value(raw.get("Properties") or {})
        metadata = raw.get("Metadata")
        return {
            **raw,
            "Metadata": self._with_places(metadata),
            "Init": self.value((metadata if isinstance(metadata, dict) else {}).get("AWS::CloudFormation::Init")),
            "Properties": properties if isinstance(properties, dict) else {},
            "PhysicalId": self._physical_id(logical_id),
        }

    def _with_places(self, metadata: Any) -> Any:
        """Return metadata with the names of owned parts resolved."""
        if not isinstance(metadata, dict):
            return metadata
        place_keys = (OWNED_KEY, OPENED_KEY)
        return {key: self.value(value) if key in place_keys else value for key, value in metadata.items()}

    def condition(self, name: str) -> bool:
        """Return whether a condition is true; an undecided one is, and counts as guessed."""
        if name not in self._holds:
            for each in in_order(self._conditions, self._template.source):
                if each not in self._holds:
                    self._holds[each] = decide(self._conditions[each], self._holds.get, self.possible)
        holds = self._holds.get(name)
        # A condition that the template lacks is a separate hole.
        if holds is None and name in self._conditions:
            self.guessed.add(name)
        return holds is not False

    def compared(self, value: Any) -> Any:
        """Resolve a value that is compared: unlike the model's ARNs, comparisons differ between partitions."""
        other = Resolver(self._template, self._holds, self._exports, self._apart, ANY_PARTITION)
        other.guessed = self.guessed
        return other.value(value)

    def possible(self, value: Any) -> list[Any]:
        """Return what a compared value may be."""
        return possible_values(value, self.compared(value), self._body.get("Parameters") or {})

    def value(self, value: Any) -> Any:
        """Resolve a value of any shape."""
        if isinstance(value, list):
            return [resolved for item in value if (resolved := self.value(item)) is not NO_VALUE]
        if not isinstance(value, dict):
            return unknown_values.without_references(value, self._template.names) if isinstance(value, str) else value
        if len(value) == 1:
            ((key, inner),) = value.items()
            if key == "Ref":
                return self._ref(text_of(self.value(inner)))
            if str(key).startswith("Fn::"):
                return self._function(str(key), inner)
        pairs = ((key, self.value(inner)) for key, inner in value.items())
        return {key: resolved for key, resolved in pairs if resolved is not NO_VALUE}

    def _ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return NO_VALUE
        if name in self._pseudo:
            return self._pseudo[name]
        if name.startswith("AWS::"):
            return atom(self._own(name))
        parameter = (self._body.get("Parameters") or {}).get(name)
        if parameter is not None:
            return self._parameter(name, parameter)
        if self._type(name) in REF_IS_ARN:
            return self._arn(name)
        return self._physical_id(name)

    def _parameter(self, name: str, parameter: Any) -> Any:
        passed = self._exports.get(f"{self._template.name}?{name}")
        if passed is None:
            return unknown_values.one_of(
                self._own(f"parameter {name}", name),
                unknown_values.values_of(parameter),
                self._template.names,
                f"parameter {name}",
            )
        names = self._template.names
        return handed_value(str(parameter.get("Type")), passed, lambda text: self._split([",", text]), names)

    def _own(self, text: str, name: str = "") -> str:
        """Return the name of a parameter's value, with the stack's name if other stacks have other values."""
        stack = self._template.name.replace("/", ".")
        return f"{text} of {stack}" if (name or text) in self._apart else text

    def _type(self, logical_id: str) -> str:
        return str((self._body["Resources"].get(logical_id) or {}).get("Type", ""))

    def _physical_id(self, logical_id: str) -> str:
        if logical_id not in self._names:
            self._names[logical_id] = None  # until it is known
            resource = self._body["Resources"].get(logical_id) or {}
            name = (resource.get("Properties") or {}).get(NAME_PROPERTIES.get(self._type(logical_id), ""))
            given = None if name is None else self.value(name)
            made_up = (any_text if is_any_text(self._type(logical_id)) else atom)(f"{self._template.name}/{logical_id}")
            self._names[logical_id] = text_of(given) if isinstance(given, str | int | float) else made_up
        found = self._names[logical_id]
        if found is None:
            raise TemplateError(f"{self._template.source}: the name of Resources.{logical_id} refers to itself")
        return found

    def _text(self, text: str) -> str:
        """Return a combined text; raises an error if all texts exceed the maximum length."""
        self._made += len(text)
        if self._made > _MAX_MADE:
            raise TemplateError(f"{self._template.source}: its texts unfold to more than {_MAX_MADE:,} characters")
        return unknown_values.without_references(text, self._template.names)

    def _arn(self, logical_id: str) -> str:
        if self._type(logical_id) in FUNCTION_QUALIFIERS:
            return self._qualified(logical_id)
        if self._type(logical_id) == CHANNEL_NAMESPACE:
            properties = self.value(self._body["Resources"][logical_id].get("Properties") or {})
            return namespace_arn(str(properties.get("ApiId")), str(properties.get("Name")))
        kind = self._type(logical_id)
        path = (self._body["Resources"][logical_id].get("Properties") or {}).get(PATH) if kind in HAVE_PATHS else None
        return arn_of(kind, self._physical_id(logical_id), None if path is None else self.value(path))

    def _qualified(self, logical_id: str) -> str:
        """Return the ARN of a function's alias or version: the function's ARN with a name appended."""
        properties = self._body["Resources"][logical_id].get("Properties") or {}
        name = self.value(properties.get("Name"))
        own = name if isinstance(name, str) else atom(f"{self._template.name}/{logical_id}.Version")
        return f"{function_arn(str(self.value(properties.get('FunctionName'))))}:{own}"

    def _get_att(self, inner: Any) -> str:
        parts = inner.split(".", 1) if isinstance(inner, str) else [text_of(self.value(each)) for each in inner]
        logical_id, attribute = parts
        if attribute == "Arn" or (self._type(logical_id), attribute) in ARN_ATTRIBUTES:
            return self._arn(logical_id)
        if attribute == "StreamArn" and self._type(logical_id).startswith("AWS::DynamoDB::"):
            return f"{self._arn(logical_id)}/stream/{atom('stream')}"
        if logical_id in self._template.nested and attribute.startswith("Outputs."):
            output = f"{self._template.nested[logical_id]}.{attribute.removeprefix('Outputs.')}"
            return text_of(self._exports.get(output, atom(f"output {output}")))
        return self._attribute(logical_id, attribute, f"{self._template.name}/{logical_id}.{attribute}")

    def _attribute(self, logical_id: str, attribute: str, own: str) -> str:
        """Return an attribute: a name, the property of the same name (such as `Value` of a parameter), or an atom."""
        kind = self._type(logical_id)
        if is_any_text(kind):
            return any_text(own)
        identifier = self._physical_id(logical_id)
        named = identifier if is_identifier(kind, attribute) else address(kind, attribute, identifier, atom(own))
        if named is None and own not in self._names:
            self._names[own] = None  # until it is known
            echoed = self.value((self._body["Resources"][logical_id].get("Properties") or {}).get(attribute))
            self._names[own] = text_of(echoed) if isinstance(echoed, str | int | float) else atom(own)
        found = named or self._names[own]
        if found is None:
            raise TemplateError(f"{self._template.source}: {logical_id}.{attribute} refers to itself")
        return found

    def _function(self, name: str, inner: Any) -> Any:
        resolve = self.RESOLVED.get(name)
        if resolve is None:
            return atom(f"{name} {str(inner).replace('⟦', '').replace('⟧', '')}")
        return resolve(self, inner)

    def _if(self, inner: Any) -> Any:
        return self.value(inner[1] if self.condition(str(inner[0])) else inner[2])

    def _join(self, inner: Any) -> str:
        parts = self.value(inner[1])
        return self._text(str(inner[0]).join(map(text_of, parts))) if isinstance(parts, list) else joined(parts)

    def _select(self, inner: Any) -> Any:
        items, index = self.value(inner[1]), text_of(self.value(inner[0]))
        # What index an item after AWS::NoValue has is not documented.
        whole = isinstance(items, list) and (not isinstance(inner[1], list) or len(items) == len(inner[1]))
        return select(items, index) if whole else one_item(items, index)

    def _split(self, inner: Any) -> list[str]:
        return split(text_of(self.value(inner[1])), str(inner[0]), self._template.generated)

    def _import_value(self, inner: Any) -> Any:
        return unknown_values.exported(text_of(self.value(inner)), self._exports, self._template.folder)

    def _get_stack_output(self, inner: Any) -> Any:
        stack = text_of(self.value(inner.get("StackName")))
        return unknown_values.output_of(stack, str(inner.get("OutputName")), self._exports)

    def _to_json_string(self, inner: Any) -> str:
        return self._text(json.dumps(self.value(inner), ensure_ascii=False, default=str))

    def _sub(self, inner: Any) -> str:
        text, variables = (inner, {}) if isinstance(inner, str) else (inner[0], inner[1])

        def replace(match: re.Match[str]) -> str:
            name = match.group(1).strip()
            if name in variables:
                return text_of(self.value(variables[name]))
            return text_of(self._get_att(name) if "." in name else self._ref(name))

        # What is put in for a variable is not read again.
        return self._text("${".join(VARIABLE.sub(replace, part) for part in text.split("${!")))

    def _find_in_map(self, inner: Any) -> Any:
        keys = [text_of(self.compared(key)) for key in inner[:3]]
        mappings = self._body.get("Mappings") or {}
        mapping = mappings if "⟦" in keys[0] else mappings.get(keys[0], {})
        found: Any = mappings
        for key in keys:
            found = found.get(key) if isinstance(found, dict) else None
        if found is not None:
            # CloudFormation's documentation does not exclude dynamic references in mappings.
            return self.value(found)
        default = inner[3] if len(inner) > len(keys) else None
        if isinstance(default, dict) and "DefaultValue" in default and "⟦" not in "".join(keys):
            return self.value(default["DefaultValue"])
        return unknown_values.one_of(
            "map " + "/".join(keys),
            unknown_values.leaves([mapping, default]),
            self._template.names,
            f"map {inner[:3]}",
        )

    RESOLVED: ClassVar[Mapping[str, Callable[[Resolver, Any], Any]]] = {
        "Fn::Base64": value,
        "Fn::FindInMap": _find_in_map,
        "Fn::GetAtt": _get_att,
        "Fn::GetStackOutput": _get_stack_output,
        "Fn::If": _if,
        "Fn::ImportValue": _import_value,
        "Fn::Join": _join,
        "Fn::Select": _select,
        "Fn::Split": _split,
        "Fn::Sub": _sub,
        "Fn::ToJsonString": _to_json_string,
    }
    """The functions that a template alone can resolve; all others are unknown."""
