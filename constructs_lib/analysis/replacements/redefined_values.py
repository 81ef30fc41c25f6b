"""Values that two versions of a template write alike, and that may differ: their names are defined differently."""

import re
from collections.abc import Mapping
from typing import Any, Final

from constructs_lib.analysis.replacements.value_comparison import same
from constructs_lib.analysis.template.changed_definitions import changed_definitions

Stacks = Mapping[str, Mapping[str, Any]]

_MARK: Final = " (redefined)"
_SECTIONS: Final = {"Fn::If": "Conditions", "Fn::FindInMap": "Mappings"}
_NAME: Final = re.compile(r"(?<=\$\{)\w+(?=\})")


def with_marks(old: Stacks, new: Stacks) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return two versions of stacks in which equal texts have equal values; nested stacks follow their parents.

    Known values of mappings take the place of `Fn::FindInMap`. In the new version the name of a parameter with another
    default or another value from the parent stack, of a condition with another meaning and of another mapping has a
    mark.
    """
    before, after = ({name: side[name] for name in sorted(side, key=_depth)} for side in (old, new))
    for stack in [name for name in before if name in after]:
        was, becomes = (parameters_of(stack, side) for side in (before, after))
        given = {f"Parameters.{name}" for name in {*was, *becomes} if not same(was.get(name), becomes.get(name))}
        changed = changed_definitions(before[stack], after[stack]) | given
        before[stack] = _Marks(before[stack], frozenset()).of(before[stack])
        after[stack] = _Marks(after[stack], changed).of(after[stack])
    return before, after


def parameters_of(stack: str, stacks: Stacks) -> Mapping[str, Any]:
    """Return the values that a nested stack's parent gives its parameters; empty without a parent."""
    parent, _, logical_id = stack.rpartition("/")
    body: Any = stacks.get(parent, {})
    for key in ("Resources", logical_id, "Properties", "Parameters"):
        body = body.get(key) if isinstance(body, Mapping) else None
    return body if isinstance(body, Mapping) else {}


def _depth(stack: str) -> int:
    return stack.count("/")


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
