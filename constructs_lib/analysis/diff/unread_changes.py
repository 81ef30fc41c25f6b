"""Parts of the templates whose effect is not analyzed in either version, and that say something else in each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.diff.proof_changes import plain
from constructs_lib.analysis.diff.roles import policy_text
from constructs_lib.analysis.template.atoms import any_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from constructs_lib.analysis.model.model import Model
    from constructs_lib.analysis.template.templates import Template

_VALUES: Final = ("Default", "AllowedValues", "AllowedPattern")


def changed_unread(old: Model, new: Model, sources: Mapping[str, str]) -> Iterator[str]:
    """Yield the parts that are not analyzed and differ, each in a sentence.

    `sources` are the names of the templates by origin: parts of a template are equal in any location.
    """
    before = {plain(text, sources): said for text, said in old.unread.items()}
    for text, said in new.unread.items():
        if before.get(plain(text, sources), said) != said:
            yield f"{text}; it has changed, and is not compared"


def changed_parameters(old: Sequence[Template], new: Sequence[Template], model: Model) -> Iterator[str]:
    """Yield the parameters that may be any text in a policy of the new version, and whose values differ.

    `model` is the new version. What such a policy allows is not known in either version.
    """
    before = {each.name: _values(each) for each in old}
    changed = {
        parameter
        for each in new
        for parameter, values in _values(each).items()
        if before.get(each.name, {}).get(parameter, values) != values
    }
    text = policy_text(model) if changed else ""
    for parameter in sorted(each for each in changed if any_text(f"parameter {each}").lower() in text):
        yield f"the parameter {parameter}, of which a policy makes a pattern, has other values: not compared"


def _values(template: Template) -> dict[str, list[Any]]:
    """Return the values of the parameters of a template, as it specifies them."""
    parameters = template.body.get("Parameters") or {}
    return {name: [each.get(value) for value in _VALUES] for name, each in parameters.items() if isinstance(each, dict)}
