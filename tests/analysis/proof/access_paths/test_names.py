"""Every opening of owned data is found by whatever name it has its resources, also by one that is known in part."""

from itertools import cycle, islice

import pytest

from constructs_lib.analysis.proof.findings import Status
from tests.analysis.conftest import template
from tests.analysis.proof.access_paths.closings import CLOSINGS
from tests.analysis.proof.access_paths.names import NAMINGS
from tests.analysis.proof.access_paths.openings import Document, Opening, applied
from tests.analysis.proof.access_paths.openings_by_flow import CLOSED_FLOWS
from tests.analysis.proof.access_paths.openings_by_source import OPENINGS
from tests.analysis.proof.access_paths.test_access_paths import NAMES, followed
from tests.analysis.proof.test_traps import OWN, ROWS
from tests.proofs import proof_of
from tests.searches import size

_EACH = size(2, full=len(NAMINGS))
PAIRS = [
    (name, naming)
    for number, name in enumerate(OPENINGS)
    for naming in islice(cycle(NAMINGS), _EACH * number, _EACH * number + _EACH)
]
"""Each opening with two of the namings, in turn; with all of them in the weekly search."""


def named(what: Opening, naming: str) -> Document:
    before = template([OWN, ROWS])["Resources"]
    body = applied(template([OWN, ROWS]), NAMES, what)
    return NAMINGS[naming].applied(body, {name for name, each in body["Resources"].items() if each != before.get(name)})


@pytest.mark.parametrize("naming", NAMINGS)
def test_a_template_whose_resources_have_names_is_proved(naming: str) -> None:
    assert proof_of(named(Opening(), naming)).status is Status.PROVED


@pytest.mark.parametrize(("name", "naming"), PAIRS)
def test_what_opens_owned_data_is_found_by_every_name(name: str, naming: str) -> None:
    assert followed(proof_of(named(OPENINGS[name](NAMES), naming))) is not Status.PROVED


@pytest.mark.parametrize("name", CLOSINGS | CLOSED_FLOWS)
def test_what_opens_nothing_stays_proved_with_names_that_are_spelt_out(name: str) -> None:
    report = proof_of(named((CLOSINGS | CLOSED_FLOWS)[name](NAMES), "spelt out"))
    assert followed(report) is Status.PROVED, [each.story for each in report.findings if each.story]
