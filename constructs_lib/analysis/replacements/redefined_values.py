"""Values that two versions of a template write alike, and that may differ: their names are defined differently."""

import re
from collections.abc import Mapping
from typing import Any, Final

from constructs_lib.analysis.template.changed_definitions import changed_definitions

_MARK: Final = " (redefined)"
_SECTIONS: Final = {"Fn::If": "Conditions", "Fn::FindInMap": "Mappings"}
_NAME: Final = re.compile(r"(?<=\$\{)\w+(?=\})")


def with_marks(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Any, Any]:
    """Return two versions of a template in which equal texts have equal values.

    Known values of mappings take the place of `Fn::FindInMap`. In the new version the name of a parameter with another
    default, of a condition with another meaning and of another mapping has a mark.
    """
    return _Marks(old, frozenset()).of(old), _Marks(new, changed_definitions(old, new)).of(new)


class _Marks:
    def __init__(self, body: Mapping[str, Any], changed: frozenset[str]) -> None:
        self._mappings, self._changed = body.get("Mappings", {}), changed

    def of(self, value: Any) -> Any:
        """Return a value with marks and the values of mappings."""
        match value:
            case Mapping() if len(value) == 1:
                ((name, argument),) = value.items()
                return self._function(name, argument)
            case {"Type": _, "Condition": str() as condition}:
                return {
                    **{key: self.of(each) for key, each in value.items()},
                    "Condition": self._name("Conditions", condition),
                }
            case Mapping():
                return {key: self.of(each) for key, each in value.items()}
            case list():
                return [self.of(each) for each in value]
        return value

    def _function(self, function: str, argument: Any) -> Any:
        match function, argument:
            case "Ref", str():
                return {function: self._name("Parameters", argument)}
            case "Fn::Sub", str():
                return {function: _NAME.sub(lambda found: self._name("Parameters", found.group()), argument)}
            case "Fn::Sub", [str() as text, own]:
                return {function: [self._function(function, text)[function], self.of(own)]}
            case "Fn::FindInMap", [str() as mapping, str() as row, str() as key]:
                return self._mappings.get(mapping, {}).get(row, {}).get(key, {function: argument})
            case "Fn::If" | "Fn::FindInMap", [str() as name, *rest]:
                return {function: [self._name(_SECTIONS[function], name), *map(self.of, rest)]}
        return {function: self.of(argument)}

    def _name(self, section: str, name: str) -> str:
        return f"{name}{_MARK}" if f"{section}.{name}" in self._changed else name
