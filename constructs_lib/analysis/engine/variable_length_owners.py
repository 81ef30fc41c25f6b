"""Owners with values of variable length: next to other text, two such values may be indistinguishable."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from constructs_lib.analysis.engine.automata import matches
from constructs_lib.analysis.engine.obligations import PREFIX
from constructs_lib.analysis.iam.pattern_elements import literal, pattern, with_marked_atoms
from constructs_lib.analysis.model.places import VARIABLE, Whose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.engine.obligations import Obligation
    from constructs_lib.analysis.iam.requests import Request
    from constructs_lib.analysis.model.value_formats import Form


def ambiguous_text(obligation: Obligation) -> str:
    """Return a text in which the end of the owner's variable is not determined; empty if there is none.

    Between characters that no value contains, a value is a whole run of its characters, so two values are always
    distinguishable. Next to other text, as in `team-${tag}*`, one value may continue where another ends.
    """
    owner = obligation.place.owner
    if owner is None:
        return ""
    for text, ends in _texts(obligation):
        for match in VARIABLE.finditer(text):
            if match.group(1).lower() == owner.key:
                before, after = text[: match.start()][-1:], text[match.end() :][:1]
                if before in _joining(owner.form, before) or after in _joining(owner.form, after, ends=ends):
                    return text
    return ""


def _joining(form: Form, beside: str, *, ends: bool = True) -> frozenset[str]:
    """Return the characters around the variable that do not delimit a value; with `ends`, the end of the text does."""
    free = form.alphabet | {"*", "?", "$", "}"}
    return free if ends or beside else free | {""}


def _texts(obligation: Obligation) -> Iterator[tuple[str, bool]]:
    """Yield every text that may contain the owner's variable, and whether the owner's value ends at its end."""
    place = obligation.place
    yield place.before + place.text, True
    for statement in obligation.layers.everything():
        if statement.variables:
            yield from ((text, True) for text in (*statement.resources, *statement.not_resources))
            for condition in statement.conditions:
                # A listed prefix continues in the keys that it shows.
                yield from ((value, condition.key != PREFIX) for value in condition.values)


def remedy(obligation: Obligation, text: str) -> str:
    """Return how to delimit values that run into the text next to them; empty for no text."""
    owner = obligation.place.owner
    if owner is None or not text:
        return ""
    text = text.removeprefix(obligation.place.before)
    begin, end = next(match.span() for match in VARIABLE.finditer(text) if match.group(1).lower() == owner.key)
    before, after = text[:begin], text[end:]
    signs = "/#|," if "/" in before + after else "#/|,"
    free = next((sign for sign in signs if sign not in owner.form.alphabet), "")
    spaced = f"{before}{free if before[-1:] in _joining(owner.form, before[-1:]) else ''}{text[begin:end]}"
    spaced += f"{free if after[:1] in _joining(owner.form, after[:1], ends=False) else ''}{after}"
    write = f"write {spaced}" if free and spaced != text else "put a character beside it that no value has"
    return (
        f"one value of the {owner.form} may begin as another does, and in {text} nothing tells where it ends: {write}, "
        "or declare a form of one length, such as [a-z0-9]{8}"
    )


def is_own(request: Request, obligation: Obligation) -> bool:
    """Return whether a request accesses the caller's own place, for a caller that a policy names literally.

    The formula treats the identity of the caller and the owner of a place separately; here they may be equal.
    """
    place, shape = obligation.place, obligation.shape
    owner = place.owner
    mine = None if owner is None else request.context.get(owner.key)
    if owner is None or place.whose is not Whose.OTHERS or not isinstance(mine, str) or mine == owner.form.example:
        return False
    key = PREFIX if shape.listing else shape.key if shape.keys else ""
    value = request.context.get(key, ()) if key else request.resource
    texts = (value,) if isinstance(value, str) else value
    values = {name: literal(each) for name, each in request.context.items() if isinstance(each, str)}
    elements = pattern(("" if key else place.before) + place.text, {**values, owner.key: literal(mine)})
    return elements is not None and any(matches(elements, with_marked_atoms(text)) for text in texts)


def with_form(obligation: Obligation, form: Form) -> Obligation:
    """Return an obligation with another format of the place's owner."""
    owner, known = obligation.place.owner, obligation.known
    assert owner is not None  # noqa: S101 - the caller has checked it
    tags = {name: form if each == owner.form else each for name, each in known.tags.items()}
    return replace(
        obligation,
        place=replace(obligation.place, owner=replace(owner, form=form)),
        known=replace(known, tags=tags),
    )
