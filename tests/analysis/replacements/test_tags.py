"""An update that changes the values of a tag reports the users whose data becomes inaccessible."""

import copy
from typing import Any

import pytest

from constructs_lib.analysis.replacements import find_replacements
from constructs_lib.analysis.replacements.findings import Effect, Replacements
from constructs_lib.ownership_metadata import CLAIMS_KEY
from tests.analysis.tenants import tenants_template


def changed(**tags: Any) -> Replacements:
    old, new = tenants_template(), copy.deepcopy(tenants_template())
    form = tags.pop("form", None)
    new["Resources"]["Tags"]["Properties"].update(tags)
    if form is not None:
        new["Resources"]["Tags"]["Metadata"][CLAIMS_KEY] = {"custom:tenant": form}
    return find_replacements({"T": old}, {"T": new})


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({"PrincipalTags": {"tenant": "custom:org"}}, "PrincipalTags tenant"),
        ({"PrincipalTags": {"org": "custom:tenant"}}, "PrincipalTags tenant"),
        ({"PrincipalTags": {}}, "PrincipalTags tenant"),
        ({"PrincipalTags": {"Ref": "Map"}}, "PrincipalTags tenant"),
        ({"UseDefaults": True}, "UseDefaults"),
        ({"form": "[a-z]{3,36}"}, CLAIMS_KEY),
        ({"form": "[a-z0-9-]{4,36}"}, CLAIMS_KEY),
        ({"form": "t_[a-z0-9-]{3,36}"}, CLAIMS_KEY),
        ({"form": "(a|b)"}, CLAIMS_KEY),
    ],
    ids=str,
)
def test_a_tag_with_other_values_cuts_people_off_from_what_they_had(change: dict[str, Any], cause: str) -> None:
    (finding,) = changed(**change).findings
    assert (finding.effect, finding.cause) == (Effect.CUT_OFF, cause)


@pytest.mark.parametrize("change", [{}, {"PrincipalTags": {"tenant": "custom:tenant", "sub": "sub"}}])
def test_a_tag_more_takes_nothing_away(change: dict[str, Any]) -> None:
    assert not changed(**change).findings
    assert not changed(**change).notes


@pytest.mark.parametrize("form", ["[a-z0-9_-]{3,36}", "[a-z0-9-]{2,36}", "[a-z0-9-]{3,20}"])
def test_a_form_that_every_value_fits_but_for_its_length_is_noted(form: str) -> None:
    found = changed(form=form)
    assert not found.findings
    (note,) = found.notes
    assert note.text.startswith(f"The claim custom:tenant has the form {form}, and had [a-z0-9-]{{3,36}}.")
    assert note.text.endswith("Who has a longer value gets no token any more.")
