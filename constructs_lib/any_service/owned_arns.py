"""ARNs with `{owner}` and claims: their form in policies, and in the metadata for the proof."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from constructs_lib.access.language import OWNER
from constructs_lib.access.partition_keys import KeyTemplate
from constructs_lib.any_service.ownable_names import NAMES, OF_CONSTRUCTS, Names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.access.value_formats import Form

PLACEHOLDER: Final = re.compile(r"(?<!\$)\{(\w*)\}")
TOKEN: Final = "${Token["  # noqa: S105 - no secret
"""The beginning of a token in a text."""
ONE_TOKEN: Final = re.compile(r"\$\{Token\[[^]]*\]\}")
_HEAD: Final = re.compile(r"arn:[^:]*:(?P<service>[a-z0-9-]+):[^:{}]*:[^:{}]*:")
_SHAPE: Final = "write arn:PARTITION:SERVICE:REGION:ACCOUNT:NAME"


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """An ARN whose name contains a placeholder.

    Args:
        head: The ARN up to the name.
        template: The literal part of the name.
        end: What follows: `*`, or nothing.
    """

    head: str
    template: KeyTemplate
    end: str

    @classmethod
    def parse(cls, arn: str, forms: Mapping[str, Form]) -> Place:
        """Read an ARN such as `arn:aws:iot:eu-west-1:123456789012:topic/users/{owner}/*`.

        The partition, region and account may be tokens. `forms` are those of each placeholder's values.

        Raises:
            ValueError: If the placeholder is not allowed there: outside the name, in a name that AWS generates, in one
                with other characters or a suffix, or next to a wildcard that may match a part of it.
        """
        shown = ONE_TOKEN.sub("-", arn)
        match = _HEAD.match(shown)
        if match is None:
            raise ValueError(f"resource {arn!r} has a placeholder outside the name; {_SHAPE}")
        service, name = match["service"], shown[match.end() :]
        if not arn.endswith(name):
            raise ValueError(
                f"resource {arn!r} has a placeholder and a token in its name; write the name without tokens"
            )
        before, names = _names_of(service, name, arn)
        name = name.removeprefix(before)
        end = "*" if name.endswith("*") else ""
        template = KeyTemplate.parse(name.removesuffix("*"), forms)
        _check_end(arn, template, end, forms)
        _check_letters(arn, template, names, forms)
        return cls(head=arn.removesuffix(name), template=template, end=end)

    def written(self, variables: Mapping[str, str], kept: int) -> str:
        """Return the ARN for a policy, with `*` for the placeholders after the first `kept`."""
        return self.head + self.template.value(variables, kept) + self.end

    def declared(self, variables: Mapping[str, str], forms: Mapping[str, Form]) -> str:
        """Return the owned ARNs for the proof: all ARNs with the same prefix up to the last placeholder."""
        *literals, after = self.template.literals
        names = [variables[name] for name in self.template.placeholders]
        text = "".join(part for pair in zip(literals, names, strict=True) for part in pair)
        last = self.template.placeholders[-1]
        ends = after[:1] == "/" or (last != OWNER and after[:1] not in forms[last].alphabet)
        return f"{self.head}{text}{after[:1] if ends else ''}*"


def _names_of(service: str, name: str, arn: str) -> tuple[str, Names]:
    if service in OF_CONSTRUCTS:
        raise ValueError(
            f"resource {arn!r} contains a placeholder; use {OF_CONSTRUCTS[service]}, which grants access to {service} "
            "by owner"
        )
    known = [before for of, before in NAMES if of == service]
    found = [before for before in known if name.startswith(before)]
    if not found:
        where = " or ".join(map(repr, known))
        remedy = f"put the placeholder after {where}" if known else "call it in a function that checks the caller"
        raise ValueError(
            f"resource {arn!r} would never match, because {service} has no name of an app's choice there; {remedy}"
        )
    before = max(found, key=len)
    return before, NAMES[service, before]


def _check_end(arn: str, template: KeyTemplate, end: str, forms: Mapping[str, Form]) -> None:
    last, after = template.placeholders[-1], template.literals[-1]
    if end and last != OWNER and (not after or after[0] in forms[last].alphabet):
        raise ValueError(
            f"resource {arn!r} has a '*' that could match a part of {{{last}}}, so that one caller could access "
            f"another's data; put a character before the '*' that the form {forms[last].text!r} excludes"
        )


def _check_letters(arn: str, template: KeyTemplate, names: Names, forms: Mapping[str, Form]) -> None:
    longest = sum(map(len, template.literals)) + sum(forms[each].most for each in template.placeholders)
    for placeholder in template.placeholders:
        if strange := sorted(forms[placeholder].alphabet - names.letters):
            as_uuid = placeholder == OWNER and ":" in strange
            remedy = "use Auth(owner='sub'), a UUID" if as_uuid else f"restrict the form of {{{placeholder}}}"
            raise ValueError(
                f"resource {arn!r} has {{{placeholder}}}, whose values can contain {''.join(strange)!r}, which the "
                f"name of a {names.noun} cannot ({names.source}); {remedy}"
            )
    literals = "".join((*template.literals[:-1], template.literals[-1].removesuffix(names.suffix)))
    if strange := sorted(set(literals) - names.letters):
        raise ValueError(
            f"resource {arn!r} contains {''.join(strange)!r}, which the name of a {names.noun} cannot "
            f"({names.source}); remove it"
        )
    if longest > names.longest:
        raise ValueError(
            f"resource {arn!r} can have {longest} characters in its name, and the name of a {names.noun} has at most "
            f"{names.longest} ({names.source}); shorten it"
        )
