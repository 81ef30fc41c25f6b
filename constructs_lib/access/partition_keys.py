"""Templates of partition keys, which determine the owner of a row: `{owner}`, `TENANT#{tenant}`. Pure values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from constructs_lib.access.folders import ONLY_OWNERS
from constructs_lib.access.language import OWNER, kept_by
from constructs_lib.access.value_formats import Form

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.access.language import Rule

_PLACEHOLDER: Final = re.compile(r"\{(\w*)\}")
_LITERAL: Final = re.compile(r"[^*?${}\x00-\x1f\x7f]*")


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyTemplate:
    """The values that a partition key has: one for each owner, or each tenant, or each of both.

    Args:
        text: The original text.
        literals: The text before, between and after the placeholders.
        placeholders: The placeholders, in order.
    """

    text: str
    literals: tuple[str, ...]
    placeholders: tuple[str, ...]

    @classmethod
    def parse(cls, text: str, forms: Mapping[str, Form] = ONLY_OWNERS) -> KeyTemplate:
        """Read a template such as `TENANT#{tenant}#{owner}`.

        `forms` are those of each placeholder's values; by default only `{owner}` exists.

        Raises:
            ValueError: For a template without a placeholder, an unknown placeholder, `{owner}` before a claim, a
                wildcard, or adjoining placeholders: two callers could have one key.
        """
        names, literals = _PLACEHOLDER.findall(text), _PLACEHOLDER.split(text)[::2]
        known = ", ".join(f"{{{name}}}" for name in forms)
        for name in names:
            if name not in forms:
                raise ValueError(
                    f"key {text!r} contains {{{name}}}, and the placeholders here are {known}; write one of these, or "
                    "declare the claim with Auth(claims=...) or {tenant} with Auth(tenant=Tenant())"
                )
            if names.count(name) > 1:
                raise ValueError(f"key {text!r} contains {{{name}}} more than once; write it once")
        if not names:
            raise ValueError(f"key {text!r} has no placeholder for the owner of a row; add one of {known}")
        if strange := next((each for each in literals if not _LITERAL.fullmatch(each)), None):
            raise ValueError(f"key {text!r} has a wildcard or a reserved character in {strange!r}; write plain text")
        if OWNER in names[:-1]:
            raise ValueError(f"key {text!r} has {{owner}} before {{{names[-1]}}}; write {{owner}} last")
        for name, following in zip(names[:-1], literals[1:-1], strict=True):
            if not following or following[0] in forms[name].alphabet:
                raise ValueError(
                    f"key {text!r} has text after {{{name}}} that could be part of its value, so two owners could "
                    f"have the same key; put a character after {{{name}}} that its form {forms[name].text!r} "
                    "excludes, such as '#'"
                )
        return cls(text=text, literals=tuple(literals), placeholders=tuple(names))

    @property
    def owned(self) -> bool:
        """Whether each row has an owner."""
        return OWNER in self.placeholders

    @property
    def claims(self) -> tuple[str, ...]:
        """The keys of the claims in it."""
        return tuple(name for name in self.placeholders if name != OWNER)

    def kept_by(self, rule: Rule) -> int:
        """Return the number of leading placeholders that stay the caller's own under a rule."""
        return kept_by(self.placeholders, rule)

    def value(self, variables: Mapping[str, str], kept: int | None = None) -> str:
        """Return the key with the caller's variables in it, and `*` for the placeholders after the first `kept`."""
        mine = self.placeholders[:kept]
        names = [variables[name] if name in mine else "*" for name in self.placeholders]
        return "".join(part for pair in zip(self.literals, [*names, ""], strict=True) for part in pair)

    def form(self, forms: Mapping[str, Form], kept: int | None = None) -> Form:
        """Return the form of the key, or of its part up to the text after the first `kept` placeholders."""
        parts = list(Form.of_text(self.literals[0]).parts)
        for name, following in zip(self.placeholders[:kept], self.literals[1:], strict=False):
            parts += [*forms[name].parts, *Form.of_text(following).parts]
        return Form(self.text, tuple(parts))

    def may_be(self, value: str, forms: Mapping[str, Form]) -> bool:
        """Return whether a key could belong to an owner, or begins like the keys of a tenant."""
        tenants, text = len(self.placeholders) - 1, Form.of_text(value)
        return self.form(forms).meets(text) or bool(tenants and text.begins_with(self.form(forms, tenants)))


OWNER_KEY: Final = KeyTemplate.parse("{owner}")
"""The key of a table whose rows belong to owners."""
