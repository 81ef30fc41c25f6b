"""Checks of arguments of public classes and functions against their annotations.

A mistake raises an error at the line of the caller, with the name of the option, the value and the remedy, before the
CDK or Cognito sees it. `typeguard` decides (see `constructs_lib.type_checks`): jsii loads it anyway, whereas importing
beartype or pydantic alone costs a tenth of a synth.
"""

from __future__ import annotations

import dataclasses
import difflib
import functools
import inspect
import math
import reprlib
import types
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Literal, NoReturn, TypeVar, cast, get_args, get_origin

from constructs_lib.type_checks import MOST, TypeMismatch, checked_value, type_text
from constructs_lib.type_hints import annotation_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


Target = TypeVar("Target")
_VARIADIC: Final = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
_OTHER_NAMES: Final = {"type": "kind"}
"""Names that other libraries have for an option."""
_SECRET: Final = ("secret", "password", "private_key")


class OptionError(ValueError, TypeError):
    """An option that is unknown, missing or invalid; the message contains the remedy."""


def checked(target: Target) -> Target:
    """Check every call of a function, or of a class's constructor and public methods, against the annotations.

    Lists and dictionaries are copied, so that later changes by the caller have no effect. An error of the CDK's kernel
    on the way becomes a `ValueError` that names the construct.
    """
    if not isinstance(target, type):
        function: Any = target
        # If a class's methods serve requests, only its constructor is checked, by `@checked` on it.
        shown = function.__qualname__.removesuffix(".__init__")
        wrapped: Any = functools.wraps(function)(_boundary(function, shown))
        return cast("Target", wrapped)
    for name, member in list(vars(target).items()):
        if name.startswith("_") and name != "__init__":
            continue
        shown = target.__name__ if name == "__init__" else f"{target.__name__}.{name}"
        if isinstance(member, (classmethod, staticmethod)):
            inner = functools.wraps(member.__func__)(_boundary(member.__func__, shown))
            setattr(target, name, type(member)(inner))
        elif isinstance(member, types.FunctionType):
            owner = target if name == "__init__" else None
            setattr(target, name, functools.wraps(member)(_boundary(member, shown, owner)))
    return target


def _boundary(function: Callable[..., Any], name: str, owner: type | None = None) -> Callable[..., Any]:
    @functools.cache
    def signature() -> inspect.Signature:
        return inspect.signature(function)

    @functools.cache
    def hint_of(parameter: str) -> Any:
        return annotation_of(function, parameter, owner)

    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            given = signature().bind(*args, **kwargs)
        except TypeError as error:
            _refuse_call(name, signature(), args, kwargs, error, hint_of)
        for parameter, value in given.arguments.items():
            declared = signature().parameters[parameter]
            if declared.annotation is inspect.Parameter.empty or value is declared.default:
                continue
            given.arguments[parameter] = _fitted(name, declared, value, hint_of)
        try:
            return function(*given.args, **given.kwargs)
        except RuntimeError as error:
            if type(error.__cause__).__name__ != "JavaScriptError":
                raise
            raise ValueError(f"{_place(name, given)}: {_text(error)}{_remedy(error)}") from error

    return call


def _fitted(name: str, declared: inspect.Parameter, value: Any, hint_of: Callable[[str], Any]) -> Any:
    hint = hint_of(declared.name)
    if value == "" and declared.default is None:
        raise OptionError(f"{name}: {declared.name}='' is empty; omit {declared.name}, or write {type_text(hint)}")
    try:
        if declared.kind is inspect.Parameter.VAR_POSITIONAL:
            return tuple(checked_value(f"{declared.name}[{place}]", each, hint) for place, each in enumerate(value))
        if declared.kind is inspect.Parameter.VAR_KEYWORD:
            return {key: checked_value(key, each, hint) for key, each in value.items()}
        return checked_value(declared.name, value, hint)
    except TypeMismatch as mismatch:
        raise OptionError(_message(name, mismatch, declared)) from None


def _message(name: str, mismatch: TypeMismatch, declared: inspect.Parameter) -> str:
    value, hint, where = mismatch.value, mismatch.hint, mismatch.where
    choices = [part for part in _parts(hint) if get_origin(part) is Literal]
    if choices and isinstance(value, str):
        known = [each for part in choices for each in get_args(part)]
        near = difflib.get_close_matches(value.lower(), [str(each) for each in known], 1)
        hint_text = f" (did you mean {near[0]!r}?)" if near else ""
        return f"{name}: {where}={value!r} is unknown; use {', '.join(map(repr, known))}{hint_text}"
    secret = any(word in where.lower() for word in _SECRET)
    shown = f" is {_kind(value)}" if secret or not _is_plain(value) else f"={reprlib.repr(value)} is {_kind(value)}"
    return f"{name}: {where}{shown}; {next(_remedies(where, value, hint, declared))}"


def _remedies(where: str, value: object, hint: Any, declared: inspect.Parameter) -> Iterator[str]:
    """Yield the possible remedies, the likeliest first."""
    words = type_text(hint)
    if value is None and declared.default is not inspect.Parameter.empty and where == declared.name:
        yield f"omit {where}, or write {words}"
    if isinstance(value, types.FunctionType | types.MethodType):
        yield f"call it, as in {value.__name__}(), or write {words}"
    yield from _advice(value, hint, declared)
    for part in _parts(hint):
        if part is value:
            yield f"write {type_text(part)}, by calling the class"
        elements = get_args(part) if get_origin(part) not in {None, Literal, Mapping, type} else ()
        if elements and _would_fit(value, elements[0]):
            yield f"put it in a list, [{_brief(value)}]" if where.endswith("]") else f"write {where}=[{_brief(value)}]"
        if isinstance(value, str) and _is_named(part):
            yield f"write {part.__name__}({value!r})"
    if isinstance(value, (list, tuple)) and len(value) == 1 and _would_fit(value[0], hint):
        yield f"write {where}={_brief(value[0])}, without the brackets"
    yield from _conversions(value, hint)
    if inner := _inner_value(value, hint):
        yield f"write its {inner}, or {words}"
    yield f"write {words}"


def _advice(value: object, hint: Any, declared: inspect.Parameter) -> Iterator[str]:
    """Yield remedies that values of this library know, and that for a list where separate values are expected."""
    if advice := getattr(type(value), "_advice", None):
        yield from advice(value, _parts(hint))
    if declared.kind is inspect.Parameter.VAR_POSITIONAL and isinstance(value, (list, tuple)) and value:
        yield f"write {', '.join(map(_brief, value))}, without the brackets"
    for part in _parts(hint) if isinstance(value, str) else ():
        if example := getattr(part, "_example", None):
            yield f"write {type_text(part)} such as {example}"


def _conversions(value: object, hint: Any) -> Iterator[str]:
    if isinstance(value, (int, float)) and {*_parts(hint)} <= {str, types.NoneType}:
        yield f"write {str(value)!r}"
    if isinstance(value, str) and value.strip().lstrip("-").isdigit() and _would_fit(int(value), hint):
        yield f"write {int(value)}"


def _is_named(hint: Any) -> bool:
    """Return whether it is a value of ours that requires its name only, such as `Group("editors")`."""
    if not dataclasses.is_dataclass(hint) or getattr(hint, "_written", None):
        return False
    first = next((each for each in dataclasses.fields(hint) if not each.kw_only), None)
    others = [each for each in dataclasses.fields(hint) if each is not first]
    is_alone = all(each.default is not each.default_factory for each in others)  # both are MISSING if it is required
    return first is not None and first.type in {"str", str} and is_alone


def _parts(hint: Any) -> tuple[Any, ...]:
    origin = get_origin(hint)
    return get_args(hint) if origin is types.UnionType or str(origin) == "typing.Union" else (hint,)


def _would_fit(value: object, hint: Any) -> bool:
    try:
        checked_value("", value, hint)
    except TypeMismatch:
        return False
    return True


def _inner_value(value: object, hint: Any) -> str:
    """Return the attributes of a construct of this library that fit instead: the bucket of a Storage, for example."""
    if not type(value).__module__.startswith("constructs_lib."):
        return ""
    attributes = getattr(value, "__dict__", {})
    names = [name for name, each in attributes.items() if not name.startswith("_") and each not in (None, "", (), {})]
    return " or ".join(f".{name}" for name in names if _would_fit(attributes[name], hint))


def _is_plain(value: object) -> bool:
    if isinstance(value, (list, tuple)):
        return all(map(_is_plain, value))
    if isinstance(value, Mapping):
        return all(_is_plain(key) and _is_plain(each) for key, each in value.items())
    return value is None or isinstance(value, (str, int, float, bool, bytes))


def _kind(value: object) -> str:
    if value is None:
        return "not a value"
    if isinstance(value, types.FunctionType | types.MethodType):
        return f"the function {value.__name__} itself"
    if isinstance(value, type):
        return f"the class {value.__name__} itself"
    if isinstance(value, float) and not math.isfinite(value):
        return "not a finite number"
    if type(value) is int and abs(value) > MOST:
        return "a number above 2**53"
    names = {str: "one string", bool: "a boolean", int: "a number", float: "a number"}
    notation = getattr(type(value), "_notation", None)
    return names.get(type(value)) or (str(notation(value)) if notation else type_text(type(value)))


def _refuse_call(
    name: str,
    signature: inspect.Signature,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    error: TypeError,
    hint_of: Callable[[str], Any],
) -> NoReturn:
    """Raise the error for a call that does not fit the signature."""
    names = [each.name for each in signature.parameters.values() if each.kind not in _VARIADIC]
    takes = ", ".join(each for each in names if each != "self" and not each.startswith("_"))
    for unknown in kwargs.keys() - set(names):
        near = difflib.get_close_matches(_OTHER_NAMES.get(unknown, unknown), names, 1)
        near = near or [each for each in names if each.startswith(f"{unknown}_")]
        remedy = f"did you mean {near[0]}=?" if near else f"use one of {takes}" if takes else f"remove {unknown}"
        raise OptionError(f"{name} has no option {unknown}={_brief(kwargs[unknown])}; {remedy}") from None
    positional = [each for each in signature.parameters.values() if each.kind is each.POSITIONAL_OR_KEYWORD]
    if len(args) > len(positional):
        known = ", ".join(each.name for each in positional if each.name != "self")
        can_be = f"only {known} can be" if known else "no option can be"
        raise OptionError(
            f"{name}: {_brief(args[len(positional)])} is passed by position, and {can_be}; write name=value for it"
        ) from None
    missing = [
        each.name
        for position, each in enumerate(positional)
        if each.default is each.empty and position >= len(args) and each.name not in kwargs
    ]
    missing += [
        each.name
        for each in signature.parameters.values()
        if each.kind is each.KEYWORD_ONLY and each.default is each.empty and each.name not in kwargs
    ]
    if missing:
        raise OptionError(
            f"{name}: {missing[0]} is missing; write {missing[0]}=..., {type_text(hint_of(missing[0]))}"
        ) from None
    raise OptionError(f"{name}: {error}") from None


def _brief(value: object) -> str:
    return reprlib.repr(value) if _is_plain(value) else _kind(value)


def _place(name: str, given: inspect.BoundArguments) -> str:
    """Return the construct of a call, by its path if it has one."""
    scope, id = given.arguments.get("scope"), given.arguments.get("id")
    return f"{name} {id!r}" if scope is not None and isinstance(id, str) else name


def _remedy(error: RuntimeError) -> str:
    """Return the remedy for frequent errors of the CDK that contain none."""
    return "; rename one of them" if "There is already a Construct with name" in str(error) else ""


def _text(error: RuntimeError) -> str:
    """Return the CDK's message without the name of its exception class."""
    name, colon, text = str(error).partition(": ")
    return text if colon and name.isidentifier() else str(error)
