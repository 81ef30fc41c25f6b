"""The variables of an SMT-LIB script: the caller's values, and the keys of the request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.smt_terms import language, present, quote, symbols_of
from constructs_lib.analysis.iam import catalogue
from constructs_lib.analysis.iam.policies import PRINCIPAL_TAG
from constructs_lib.analysis.model.value_formats import POOL_IDENTITY

if TYPE_CHECKING:
    from constructs_lib.analysis.engine.obligations import Obligation
    from constructs_lib.analysis.model.value_formats import Form

_SUB: Final = "cognito-identity.amazonaws.com:sub"


class Variables:
    """Declares each variable once.

    Args:
        obligation: The obligation of the script.

    Attributes:
        lines: The declarations, and the assertions about the variables.
        keys: The names of each key's values.
        symbols: The characters that the values of a variable have, if known.
    """

    def __init__(self, obligation: Obligation) -> None:
        """Start without variables."""
        self.lines: list[str] = []
        self.keys: dict[str, list[str]] = {}
        self.symbols: dict[str, frozenset[str]] = {}
        self._obligation = obligation
        self._action = obligation.actions[0]
        self._identities: list[str] = []

    def own(self, form: Form) -> str:
        """Return the caller's value of a format: one value for all keys with that format."""
        name = f"|caller {form}|"
        if name not in self._identities:
            self._identities.append(name)
            self.lines += [f"(declare-const {name} String)", f"(assert (str.in_re {name} {language(form.texts)}))"]
            self.know(name, form)
        return name

    def know(self, name: str, form: Form) -> None:
        """Record the characters of a variable's values."""
        symbols = symbols_of(form.texts)
        if symbols is not None:
            self.symbols[name] = symbols

    def declare(self, key: str, *, may_lack: bool, most: int = 1) -> None:
        """Declare the values of a request's key, once."""
        if key in self.keys:
            return
        names = [f"|{key}#{index}|" for index in range(most)]
        self.keys[key] = names
        self.lines += [f"(declare-const {name} String)" for name in names]
        self.lines.append(f"(declare-const {present(key)} Bool)")
        if not may_lack:
            self.lines.append(f"(assert {present(key)})")

    def values(self, key: str) -> tuple[list[str], str]:
        """Return the terms of a key's values, and the term for its presence."""
        fixed = self._obligation.known.fixed.get(key)
        if fixed is not None:
            # A key without values is absent.
            return [quote(value) for value in fixed], "true" if fixed else "false"
        own = self.variable(key)
        if own is not None:
            return [own], "true"
        if key not in self.keys:
            carried = (
                self._obligation.may_choose(key)
                if key.startswith(PRINCIPAL_TAG)
                else catalogue.has_key(self._action, key)
            )
            most = self._obligation.most_values(key)
            self.declare(key, may_lack=key not in self._obligation.known.begin, most=most)
            begin = self._obligation.known.begin.get(key)
            if begin is not None:
                self.lines.append(f"(assert (str.prefixof {quote(begin)} {self.keys[key][0]}))")
            if not carried:
                self.lines.append(f"(assert (not {present(key)}))")
        return self.keys[key], present(key)

    def variable(self, key: str) -> str | None:
        """Return the term of a key whose value is the caller's own or known; None for any other."""
        tag = (
            self._obligation.known.tags.get(key.removeprefix(PRINCIPAL_TAG)) if key.startswith(PRINCIPAL_TAG) else None
        )
        form = POOL_IDENTITY if key == _SUB else tag
        if form is not None:
            return self.own(form)
        known = self._obligation.known.fixed.get(key, ())
        return quote(known[0]) if len(known) == 1 else None
