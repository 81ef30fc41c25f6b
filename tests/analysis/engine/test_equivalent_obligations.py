"""An equal question is decided once, across conditions and callers."""

from collections.abc import Iterator

import pytest

from constructs_lib.analysis import build_model
from constructs_lib.analysis.engine.automata_engine import decide_once
from constructs_lib.analysis.engine.cvc5_engine import Cvc5
from constructs_lib.analysis.proof.findings import Status
from constructs_lib.analysis.proof.prove import prove
from tests.bench.large import BUCKETS, TABLES, app, arn, many_conditions, statement


@pytest.fixture(autouse=True)
def nothing_known() -> Iterator[None]:
    """Clear the results of other tests."""
    decide_once.cache_clear()
    yield
    decide_once.cache_clear()


def test_choices_of_conditions_that_decide_nothing_about_a_place_ask_nothing_new() -> None:
    prove(build_model([many_conditions(0)]))
    once = decide_once.cache_info().misses
    models = build_model([many_conditions(5)])
    assert len(models) == 32
    assert prove(models).status is Status.PROVED
    assert decide_once.cache_info().misses == once
    assert once <= 3 * (TABLES + BUCKETS)


def test_the_second_engine_is_asked_as_little() -> None:
    with Cvc5(seconds=60) as second:
        report = prove(build_model([many_conditions(2)]), second=second)
        assert report.status is Status.PROVED
        assert second.calls <= 2 * (TABLES + BUCKETS)


def test_an_app_of_60_functions_and_97_routes_is_proved_by_few_questions() -> None:
    report = prove(build_model([app()]))
    assert {each.status for each in report.findings} == {Status.PROVED}
    assert decide_once.cache_info().misses < 400


def test_a_question_that_differs_in_one_condition_is_another() -> None:
    opened = statement(["s3:GetObject"], [arn("Files0", "/private/*")])
    assert prove(build_model([app()])).status is Status.PROVED
    assert prove(build_model([app([opened])])).status is Status.COUNTEREXAMPLE
    tls = {"Bool": {"aws:SecureTransport": "true"}}
    assert prove(build_model([app([statement(["s3:GetObject"], [arn("Files0", "/private/*")], tls)])])).status is (
        Status.COUNTEREXAMPLE
    )
