"""Any service can contain owned data: no kind of resource that others reach ends PROVED."""

import itertools

import pytest

from tests.analysis.generated.any_service import Case, cases, wrong
from tests.searches import size

ALL = tuple(cases())
PARTS = 8


def test_the_action_data_has_thousands_of_kinds() -> None:
    assert len(ALL) > 3000
    assert len({case.kind.partition("/")[0] for case in ALL}) > 300


def test_no_kind_of_a_sample_is_proved_where_others_reach_it() -> None:
    """Every 200th, with a different sample each week, so that new kinds of the data are covered."""
    found, _ = wrong(ALL[::200])
    assert found == []


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_no_kind_is_proved_where_others_reach_it(part: int) -> None:
    """All with `SEARCHES=full` (12 minutes); else every 40th."""
    step = size(40, full=1)
    chosen: list[Case] = list(itertools.islice(ALL, part * step, None, PARTS * step))
    found, counts = wrong(chosen)
    print({name: dict(each) for name, each in counts.items()})
    assert found == []
