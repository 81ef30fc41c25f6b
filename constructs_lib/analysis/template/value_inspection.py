"""Inspection of a template's values: texts, functions, and the parts that CloudFormation expands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.template.errors import TemplateError, place
from constructs_lib.analysis.template.functions import ARGUMENTS, LOOP, MACRO, function_names, is_function
from constructs_lib.analysis.template.references import named_by

if TYPE_CHECKING:
    from collections.abc import Mapping

Path = tuple[str | int, ...]

_MARKS: Final = ("⟦", "⟧", "\x00")
_PRIVATE: Final = re.compile("[\ue000-\ue1ff]")
"""The characters that stand for identities and wildcards: see `iam/pattern_elements.py`."""


class Values:
    """The values of one template, under inspection.

    Attributes:
        source: The origin of the template, for messages.
        holes: The places of the parts that only CloudFormation expands at deployment, by sentence.
        conditions: The template's conditions.
        extended: Whether AWS::LanguageExtensions resolves functions in the arguments of others.
        named: The logical IDs and parameters that the inspected values refer to under all conditions.
    """

    def __init__(self, source: str) -> None:
        """Start without inspected values."""
        self.source = source
        self.holes: dict[str, Path] = {}
        self.conditions: Mapping[str, Any] = {}
        self.extended = False
        self.named: set[str] = set()

    def fault(self, path: Path, text: str) -> TemplateError:
        """Return an error at a path of the template."""
        return TemplateError(f"{self.source}: {place(*path)} {text}")

    def hole(self, path: Path, text: str) -> None:
        """Add a hole at a path of the template."""
        self.holes[f"{self.source}: {place(*path)} {text}"] = path

    def mapping(self, value: Any, path: Path) -> None:
        """Reject a value that is not a mapping."""
        if not isinstance(value, dict):
            raise self.fault(path, f"is {kind_of(value)}, and a mapping is needed")

    def known_condition(self, name: str, path: Path) -> None:
        """Add a hole if a condition is not in the template."""
        if name not in self.conditions:
            self.hole(path, f"depends on the condition {name}, which the template does not have")

    def walk(self, value: Any, path: Path, *, chosen: bool = False) -> None:
        """Inspect a value, and collect the resources that it refers to under all conditions."""
        if isinstance(value, str):
            self._text(value, path)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                self.walk(item, (*path, index), chosen=chosen)
        elif isinstance(value, dict):
            for key, inner in value.items():
                self._text(key, path)
                if is_function(key):
                    self._function(key, inner, path, alone=len(value) == 1, chosen=chosen)
                self.walk(inner, (*path, key), chosen=chosen or key == "Fn::If")

    def texts(self, value: Any, path: Path) -> None:
        """Inspect the texts of a part that no other check covers."""
        if isinstance(value, str):
            self._text(value, path)
        elif isinstance(value, list | dict):
            for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
                self.texts(key, path)
                self.texts(inner, (*path, key))

    def _text(self, text: str, path: Path) -> None:
        if text.isascii() and "\x00" not in text:
            return
        if _PRIVATE.search(text):
            self.hole(path, "holds a character of private use, such as one that stands for an identity here: not seen")
        if any(mark in text for mark in _MARKS):
            raise self.fault(path, "holds one of the characters ⟦, ⟧ and NUL, which stand for unknown values here")
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise self.fault(path, "holds half a character (a lone surrogate)") from error

    def _function(self, name: str, inner: Any, path: Path, *, alone: bool, chosen: bool) -> None:
        if name == MACRO or name.startswith(LOOP):
            self.hole(path, f"comes from {macro_of(inner) if name == MACRO else 'a loop'}: not seen")
            return
        if not alone:
            if name != "Ref":
                self.hole(path, f"has {name} beside other keys: what CloudFormation makes of it is not known")
            return
        if name not in ARGUMENTS:
            self.hole(path, f"comes from {name}, an unknown function: not seen")
            return
        fits, takes = ARGUMENTS[name]
        if not fits(inner):
            if self.extended and any(function_names(inner)):
                self.hole(path, f"is {name} of another function, which AWS::LanguageExtensions resolves: not seen")
                return
            raise self.fault(path, f"is {name} of {kind_of(inner)}, and {name} takes {takes}")
        if name == "Fn::If":
            self.known_condition(inner[0], path)
        if not chosen:
            self.named.update(named_by(name, inner))


def macro_of(argument: Any) -> str:
    """Return the name of the macro of `Fn::Transform`."""
    return str(argument.get("Name")) if isinstance(argument, dict) else "a macro"


def kind_of(value: Any) -> str:
    """Return a description of a value."""
    match value:
        case None:
            return "empty"
        case str():
            return "a text" if value else "an empty text"
        case bool():
            return f"the truth value {str(value).lower()}"
        case int() | float():
            return f"the number {value}"[:40]
        case list():
            return "a list"
        case _:
            return "a mapping"
