"""Every opening of owned data is found in whatever form the template has it."""

from itertools import cycle, islice

import pytest

from constructs_lib.analysis import build_model
from constructs_lib.analysis.proof.findings import Status
from constructs_lib.analysis.proof.prove import prove
from tests.analysis.conftest import template
from tests.analysis.proof.access_paths.forms import FORMS
from tests.analysis.proof.access_paths.openings import Opening, applied
from tests.analysis.proof.access_paths.openings_by_source import OPENINGS
from tests.analysis.proof.access_paths.test_access_paths import NAMES, followed
from tests.analysis.proof.test_traps import OWN, ROWS
from tests.searches import size

_EACH = size(1, full=len(FORMS))
PAIRS = [
    (name, form)
    for number, name in enumerate(OPENINGS)
    for form in islice(cycle(FORMS), _EACH * number, _EACH * number + _EACH)
]
"""Each opening in one of the forms, in turn; in all of them in the weekly search."""


def status(what: Opening, form: str) -> Status:
    body = applied(template([OWN, ROWS]), NAMES, what)
    return followed(prove(build_model(FORMS[form](body, template([OWN, ROWS])["Resources"].keys()))))


@pytest.mark.parametrize("form", FORMS)
def test_a_template_without_an_opening_is_proved_in_every_form(form: str) -> None:
    assert status(Opening(), form) is Status.PROVED


@pytest.mark.parametrize(("name", "form"), PAIRS)
def test_what_opens_owned_data_is_found_in_other_forms(name: str, form: str) -> None:
    assert status(OPENINGS[name](NAMES), form) is not Status.PROVED
