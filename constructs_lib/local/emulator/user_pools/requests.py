"""Validation of requests against AWS's service model, before any lookup: required members and their constraints.

Messages follow AWS's validation: one sentence for each fault, without the values of sensitive members.
"""

import functools
import re
import unicodedata
from collections.abc import Iterator
from typing import Any, Final

import botocore.loaders
from botocore.model import ServiceModel, Shape

from .errors import RefusedError, invalid

SERVICE: Final = "cognito-idp"
_CATEGORIES: Final = {r"\p{L}": "L", r"\p{M}": "M", r"\p{S}": "S", r"\p{N}": "N", r"\p{P}": "P", r"\p{Z}": "Z"}
_CLASS: Final = re.compile(r"\^?\[((?:\\p\{[LMSNPZ]\})+)((?:\\[tnrs]| |\*)*)\]([+*])\$?")
_JSON_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "string": (str,), "boolean": (bool,), "integer": (int,), "long": (int,), "timestamp": (int, float, str),
    "list": (list,), "map": (dict,), "structure": (dict,), "blob": (str,), "float": (int, float),
}  # fmt: skip
_WORDS: Final = {bool: "TRUE_VALUE", int: "NUMBER_VALUE", float: "NUMBER_VALUE", str: "STRING_VALUE"}


@functools.cache
def loader() -> botocore.loaders.Loader:
    """Return the loader of AWS's service models, which reads each once."""
    return botocore.loaders.create_loader()


@functools.cache
def service_model() -> ServiceModel:
    """Return AWS's model of user pools."""
    return ServiceModel(loader().load_service_model(SERVICE, "service-2"), SERVICE)


def check_request(operation: str, data: Any, *, lenient: frozenset[str] = frozenset()) -> None:
    """Refuse a request that the service model does not allow; the range of `lenient` members is not checked.

    Raises:
        RefusedError: `UnknownOperationException`, `SerializationException` or `InvalidParameterException`.
    """
    model = service_model()
    if operation not in model.operation_names:
        raise RefusedError("UnknownOperationException", "")
    shape = model.operation_model(operation).input_shape
    if not isinstance(data, dict):
        raise RefusedError("SerializationException", "Start of structure or map found where not expected.")
    if shape is None:
        return
    faults = list(_faults(shape, data, "", lenient))
    if faults:
        count = f"{len(faults)} validation error{'s' if len(faults) > 1 else ''} detected: "
        raise invalid(count + "; ".join(faults))


def _faults(shape: Any, value: Any, path: str, lenient: frozenset[str]) -> Iterator[str]:
    kind = shape.type_name
    expected = _JSON_TYPES[kind]
    if type(value) not in expected:
        raise RefusedError(
            "SerializationException", f"{_WORDS.get(type(value), 'A value')} can not be converted to {kind.title()}"
        )
    if kind == "structure":
        yield from _member_faults(shape, value, path, lenient)
    elif kind == "list":
        yield from _size_faults(shape, len(value), value, path)
        for position, each in enumerate(value, 1):
            yield from _faults(shape.member, each, f"{path}.{position}.member", lenient)
    elif kind == "map":
        for key, each in value.items():
            yield from _faults(shape.key, key, path, lenient)
            yield from _faults(shape.value, each, f"{path}.{key}", lenient)
    else:
        yield from _value_faults(shape, value, path)


def _member_faults(shape: Any, value: dict[str, Any], path: str, lenient: frozenset[str]) -> Iterator[str]:
    for name, member in shape.members.items():
        where = f"{path}.{_camel(name)}" if path else _camel(name)
        given = value.get(name)
        if given is None:
            if name in shape.required_members:
                yield f"Value null at '{where}' failed to satisfy constraint: Member must not be null"
        elif name not in lenient:
            yield from _faults(member, given, where, lenient)


def _value_faults(shape: Shape, value: Any, path: str) -> Iterator[str]:
    rules, text = shape.metadata, isinstance(value, str)
    if "enum" in rules and value not in rules["enum"]:
        yield _fault(shape, value, path, f"satisfy enum value set: [{', '.join(rules['enum'])}]")
        return
    if text:
        yield from _size_faults(shape, len(value), value, path)
        if "pattern" in rules and not _fits(rules["pattern"], value):
            yield _fault(shape, value, path, f"satisfy regular expression pattern: {rules['pattern']}")
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        if value < rules.get("min", value):
            yield _fault(shape, value, path, f"have value greater than or equal to {rules['min']}")
        if value > rules.get("max", value):
            yield _fault(shape, value, path, f"have value less than or equal to {rules['max']}")


def _size_faults(shape: Shape, size: int, value: Any, path: str) -> Iterator[str]:
    rules = shape.metadata
    if size < rules.get("min", 0):
        yield _fault(shape, value, path, f"have length greater than or equal to {rules['min']}")
    if size > rules.get("max", size):
        yield _fault(shape, value, path, f"have length less than or equal to {rules['max']}")


def _fault(shape: Shape, value: Any, path: str, what: str) -> str:
    return f"Value {_shown(shape, value)}at '{path}' failed to satisfy constraint: Member must {what}"


def _shown(shape: Shape, value: Any) -> str:
    return "" if shape.metadata.get("sensitive") else f"'{value}' "


def _camel(name: str) -> str:
    return name[:1].lower() + name[1:]


@functools.cache
def _compiled(pattern: str) -> re.Pattern[str] | None:
    return None if r"\p{" in pattern else re.compile(pattern, re.ASCII)


def _fits(pattern: str, value: str) -> bool:
    compiled = _compiled(pattern)
    if compiled is not None:
        return compiled.fullmatch(value) is not None
    classes = _CLASS.fullmatch(pattern)
    if classes is None:
        # Message texts and provider names: their few patterns mix classes and words.
        return _known_mix(pattern, value)
    expected = {_CATEGORIES[each] for each in re.findall(r"\\p\{.\}", classes.group(1))}
    more = classes.group(2)
    extra = set(" " * (" " in more) + "*" * ("*" in more))
    for letter, character in (("t", "\t"), ("n", "\n"), ("r", "\r")):
        if f"\\{letter}" in more:
            extra.add(character)
    if r"\s" in more:
        extra |= set(" \t\n\r\f\v")
    return (bool(value) or classes.group(3) == "*") and all(
        unicodedata.category(each)[0] in expected or each in extra for each in value
    )


def _known_mix(pattern: str, value: str) -> bool:
    if "####" in pattern:
        return "{####}" in value
    if "##" in pattern:
        return re.search(r"\{##.*##\}", value, re.DOTALL) is not None
    if "@" in pattern:
        return re.fullmatch(r"\S+@\S+", value) is not None
    # A provider's name: at least three characters, no underscore at either end, no spaces.
    return re.fullmatch(r"[^_\s]\S[^_\s]+", value) is not None
