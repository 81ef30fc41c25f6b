"""Principal tags that change their claim or its format: data under the old values becomes inaccessible."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from constructs_lib.analysis.engine.automata import truth_vectors
from constructs_lib.analysis.model.value_formats import Form, declared_form
from constructs_lib.analysis.replacements.findings import Effect
from constructs_lib.analysis.replacements.rule_result import Change
from constructs_lib.analysis.replacements.value_comparison import is_decided, same, short
from constructs_lib.ownership_metadata import CLAIMS_KEY

_KEEP: Final = "Keep the mapping of tags that policies use; add new tags beside them."
_MARK: Final = "\ue110"


def principal_tags(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    """Yield tags that are removed or set from another claim, and formats that some values no longer match.

    A new tag removes no access. The value of the tag is the owner of a folder or row.
    """
    before, after = (_of(each, "Properties") for each in (old, new))
    was, becomes = before.get("PrincipalTags") or {}, after.get("PrincipalTags") or {}
    if not isinstance(was, Mapping) or not isinstance(becomes, Mapping):
        if not same(was, becomes):
            yield _cut_off("PrincipalTags", f"Sessions carry {short(becomes)} instead of {short(was)} as tags.", False)
    else:
        yield from _mapped(was, becomes)
    if not same(before.get("UseDefaults", False), after.get("UseDefaults", False)):
        tags = "the tags username and client" if same(after.get("UseDefaults"), True) else "their own map's tags alone"
        decided = is_decided(before.get("UseDefaults"), after.get("UseDefaults"))
        yield _cut_off("UseDefaults", f"Sessions carry {tags}, which they did not.", decided)
    yield from _forms(_of(_of(old, "Metadata"), CLAIMS_KEY), _of(_of(new, "Metadata"), CLAIMS_KEY))


def _mapped(was: Mapping[str, Any], becomes: Mapping[str, Any]) -> Iterator[Change]:
    for tag, claim in was.items():
        if tag not in becomes:
            yield _cut_off(f"PrincipalTags {tag}", f"Sessions have no tag {tag} any more.", True)
        elif not same(claim, becomes[tag]):
            what = f"The tag {tag} has the value of the claim {short(becomes[tag])}, and had that of {short(claim)}."
            yield _cut_off(f"PrincipalTags {tag}", what, is_decided(claim, becomes[tag]))


def _cut_off(cause: str, what: str, certain: bool) -> Change:  # noqa: FBT001 - passed on
    return Change(
        effect=Effect.CUT_OFF,
        cause=cause,
        what=what,
        loses="Folders and rows under the old value remain, and no user reaches them.",
        way_out=_KEEP,
        certain=certain,
    )


def _forms(was: Mapping[str, Any], becomes: Mapping[str, Any]) -> Iterator[Change]:
    for claim, form in was.items():
        other = becomes.get(claim)
        if other is None or same(form, other):
            continue
        what = f"The claim {claim} has the form {other}, and had {form}."
        if _holds_all(_form(claim, other), _form(claim, form)):
            # The analysis does not parse the maximum length of a value.
            yield Change(effect=None, cause=CLAIMS_KEY, what=f"{what} Who has a longer value gets no token any more.")
        else:
            yield Change(
                effect=Effect.CUT_OFF,
                cause=CLAIMS_KEY,
                what=what,
                loses="Who has a value that does not fit any more gets no token, and reaches nothing.",
                way_out="Let the form match every existing value, or change the values of these users first.",
            )


def _form(claim: str, pattern: Any) -> Form | None:
    try:
        return declared_form(claim, str(pattern), _MARK)
    except ValueError:
        return None


def _holds_all(wide: Form | None, narrow: Form | None) -> bool:
    """Return whether every value of a format, of any length, matches another; false if either cannot be parsed."""
    if wide is None or narrow is None:
        return False
    return (False, True) not in truth_vectors([wide.texts, narrow.texts], within=1)


def _of(holder: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = holder.get(name)
    return found if isinstance(found, Mapping) else {}
