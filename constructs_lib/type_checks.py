"""Strict checks of values against annotations: `typeguard`, which jsii installs, and what it does not check.

typeguard 2 accepts a string as a sequence of strings, a bool as a number, and any value as an interface of jsii, and
does not know the CDK's number tokens. jsii determines its version. Plain classes are checked without it: a service that
uses `constructs_lib.verified` has no jsii.
"""

from __future__ import annotations

import math
import types
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final, Literal, TypeAlias, Union, get_args, get_origin, is_typeddict

_UNIONS: Final = (Union, types.UnionType)
_LISTS: Final = (Sequence, Iterable, Collection, tuple)
_SETS: Final = (frozenset, AbstractSet)
_TOKENS: Final = -1e288
"""Tokens for numbers are encoded below this (`aws-cdk-lib/core`, "Tokens and encoded values")."""
MOST: Final = 2**53 - 1
"""The greatest integer that Node represents exactly (`Number.MAX_SAFE_INTEGER`)."""
_PLAIN: Final = {
    str: "a string", bool: "True or False", int: "a whole number", float: "a number", dict: "a dict", bytes: "bytes",
}  # fmt: skip
_WORDS: Final = {type: "a class", Callable: "a function"}
_OF_THE_CDK: Final = {
    "Duration": "a Duration such as Duration.seconds(30)",
    "RemovalPolicy": "a RemovalPolicy such as RemovalPolicy.DESTROY",
    "SecretValue": "a SecretValue such as SecretValue.secrets_manager('name')",
}
Hint: TypeAlias = Any


class TypeMismatch(Exception):  # noqa: N818 - it is caught and told, never seen
    """A value that does not fit its annotation.

    Attributes:
        where: The option, and the place in it, such as `access['public/*'][0]`.
        value: The value.
        hint: The expected type.
    """

    def __init__(self, where: str, value: object, hint: Hint) -> None:
        """Store the attributes."""
        super().__init__(where)
        self.where = where
        self.value = value
        self.hint = hint


def checked_value(where: str, value: Any, hint: Hint) -> Any:
    """Return the value; lists and dictionaries are copied, so that later changes by the caller have no effect.

    Raises:
        TypeMismatch: For a value that does not fit the hint.
    """
    if hint is Any or hint is object:
        return _copied(value)
    origin: Any = get_origin(hint)
    if origin in _UNIONS:
        return _fitted_to_one(where, value, hint)
    if origin in _LISTS:
        return _fitted_list(where, value, hint)
    if origin in _SETS:
        return frozenset(_fitted_list(where, value, hint))
    if origin is Mapping:
        if not isinstance(value, Mapping):
            raise TypeMismatch(where, value, hint)
        key_hint, value_hint = get_args(hint)
        return {
            checked_value(f"a key of {where}", key, key_hint): checked_value(f"{where}[{key!r}]", each, value_hint)
            for key, each in value.items()
        }
    if not _fits(value, hint):
        raise TypeMismatch(where, value, hint)
    return value


def _fitted_list(where: str, value: Any, hint: Hint) -> tuple[Any, ...]:
    if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable):
        raise TypeMismatch(where, value, hint)
    origin: Any = get_origin(hint)
    if origin is Sequence and not isinstance(value, Sequence):
        raise TypeMismatch(where, value, hint)
    args = get_args(hint)
    element = next(iter(args), Any)
    found = tuple(checked_value(f"{where}[{position}]", each, element) for position, each in enumerate(value))
    if _is_row(hint) and len(found) != len(args):
        raise TypeMismatch(where, value, hint)
    return found


def _is_row(hint: Hint) -> bool:
    """Return whether it is a tuple of fixed length, such as `tuple[str, str]`."""
    origin: Any = get_origin(hint)
    return origin is tuple and Ellipsis not in get_args(hint)


def _fitted_to_one(where: str, value: Any, hint: Hint) -> Any:
    inner: TypeMismatch | None = None
    for part in get_args(hint):
        try:
            return checked_value(where, value, part)
        except TypeMismatch as misfit:
            # An error inside a list is more precise than the mismatch of the whole list.
            inner = misfit if misfit.where != where else inner
    raise inner or TypeMismatch(where, value, hint)


def _fits(value: object, hint: Hint) -> bool:
    origin: Any = get_origin(hint)
    if origin is Literal:
        # typeguard would accept `True` as the literal 1.
        return any(value == each and type(value) is type(each) for each in get_args(hint))
    if getattr(hint, "_is_protocol", False) and not hasattr(hint, "__jsii_type__"):
        members = {name for name in vars(hint) if not name.startswith("_")}
        return not isinstance(value, type) and all(hasattr(value, name) for name in members)
    if origin is Callable:
        return callable(value)
    if isinstance(hint, type) and not is_typeddict(hint):
        interface = hasattr(hint, "__jsii_proxy_class__") and getattr(hint, "_is_protocol", False)
        return _implements(value, hint) if interface else isinstance(value, _STRICT.get(hint, hint))
    import typeguard  # noqa: PLC0415 - of those that import the library few hand anything over

    try:
        typeguard.check_type("value", value, hint)
    except TypeError:
        return False
    return True


def _implements(value: object, interface: type) -> bool:
    """Return whether a value implements an interface of jsii, which is not among its Python base classes."""
    proxy: type = interface.__jsii_proxy_class__()  # type: ignore[attr-defined] # jsii sets it
    for each in [value, *vars(value).get("_delegates", ())] if hasattr(value, "__dict__") else ():
        interfaces = [one for base in type(each).__mro__ for one in vars(base).get("__jsii_ifaces__", ())]
        if isinstance(each, proxy) or any(interface in one.__mro__ for one in interfaces):
            return True
    return False


class _Strict(type):
    """A class of the values that a function takes."""

    def __instancecheck__(cls, value: object) -> bool:
        return bool(cls.takes(value))  # type: ignore[attr-defined] # each class has it


class _Whole(metaclass=_Strict):
    @staticmethod
    def takes(value: object) -> bool:
        return (type(value) is int and abs(value) <= MOST) or (isinstance(value, float) and value < _TOKENS)


class _Number(metaclass=_Strict):
    @staticmethod
    def takes(value: object) -> bool:
        # JSON has no infinity: sending one to Node ends the kernel, and every later construct fails.
        return _Whole.takes(value) or (isinstance(value, float) and math.isfinite(value))


_STRICT: Final[dict[Any, type]] = {int: _Whole, float: _Number}


def _copied(value: Any) -> Any:
    """Copy lists and dictionaries; other values are returned unchanged."""
    if type(value) is dict:
        return {key: _copied(each) for key, each in value.items()}
    if type(value) is list:
        return [_copied(each) for each in value]
    return value


def type_text(hint: Hint) -> str:
    """Return the type of a hint in its written form."""
    origin: Any = get_origin(hint)
    args = get_args(hint)
    if origin in _UNIONS:
        parts = [type_text(part) for part in args if part is not types.NoneType]
        parts = [*dict.fromkeys(each for part in parts for each in part.split(", "))]
        return f"{', '.join(parts[:-1])} or {parts[-1]}" if len(parts) > 1 else parts[0]
    if origin is Literal:
        words = [repr(each) for each in args]
        return f"{', '.join(words[:-1])} or {words[-1]}" if len(words) > 1 else words[0]
    if origin in (*_LISTS, *_SETS):
        inner = _plural(type_text(args[0])) if args and args[0] is not Any else ""
        count = f"{len(args)} " if _is_row(hint) else ""
        return f"a list of {count}{inner}" if inner else "a list"
    if origin is Mapping:
        return f"a dict, and in it {_plural(type_text(args[1]))}" if args[1] is not Any else "a dict"
    return _WORDS.get(origin) or _words_of_class(hint)


def _words_of_class(hint: Hint) -> str:
    if hint in _PLAIN:
        return _PLAIN[hint]
    if written := getattr(hint, "_written", None):
        return str(written)
    name = str(getattr(hint, "__name__", hint)).strip("_")
    module = str(getattr(hint, "__module__", ""))
    if module == "aws_cdk" and name in _OF_THE_CDK:
        return _OF_THE_CDK[name]
    if module.startswith("aws_cdk."):
        name = f"{module.removeprefix('aws_cdk.')}.{name}"
    return f"an {name}" if name[:1] in "AEIOaeio" else f"a {name}"


def _plural(words: str) -> str:
    """Return `a string` as `strings`; a text that lists values is unchanged."""
    article, _, rest = words.partition(" ")
    noun, such_as, example = rest.partition(" such as ")
    noun = noun.removesuffix(",")
    if article not in {"a", "an"} or "," in noun or " or " in noun:
        return words
    plural = f"lists{noun.removeprefix('list')}" if noun.startswith("list of ") else f"{noun}s"
    return f"{plural}{such_as}{example}"
