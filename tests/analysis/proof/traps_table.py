"""Print the table of traps in docs/analysis.md: each verdict, and the time of both engines.

`python -m tests.analysis.proof.traps_table`, from the root of the repository.
"""

import time
from collections.abc import Callable

import click

from constructs_lib.analysis import Template, build_model
from constructs_lib.analysis.engine.automata_engine import Answer, Decision, decide
from constructs_lib.analysis.engine.cvc5_engine import Cvc5
from constructs_lib.analysis.engine.obligations import Obligation, Questions
from constructs_lib.analysis.model.owned_places import find_places
from constructs_lib.analysis.report.markdown import escape
from tests.analysis.conftest import template
from tests.analysis.proof.test_traps import TRAPS


def main() -> None:
    """Print one row per trap, and the totals."""
    click.echo("| policy | verdict | automata, ms | cvc5, ms |\n| --- | --- | ---: | ---: |")
    sums = [0.0, 0.0]
    with Cvc5() as cvc5:
        for name, (statements, expected) in TRAPS.items():
            (model,) = build_model([Template(name="T", body=template(statements), source="trap")])
            asked = [each for place in find_places(model) for each in Questions(model.callers[0], model).about(place)]
            first, automata = timed(decide, asked)
            second, solver = timed(cvc5.decide, asked)
            pairs = [(a.answer, b.answer) for a, b in zip(first, second, strict=True)]
            silent = sum(b is Answer.UNDECIDED for _, b in pairs)
            assert all(a is b or b is Answer.UNDECIDED for a, b in pairs), f"the engines disagree on {name}"
            verdict = "attack" if any(a is Answer.COUNTEREXAMPLE for a, _ in pairs) else "proved"
            assert (verdict == "proved") == (expected.value == "PROVED"), name
            note = f" ({silent} without an answer in 10 s)" if silent else ""
            click.echo(f"| {escape(name)} | {verdict} | {automata * 1000:.0f} | {solver * 1000:.0f}{note} |")
            sums = [sums[0] + automata, sums[1] + solver]
    click.echo(f"| all {len(TRAPS)} | | {sums[0] * 1000:.0f} | {sums[1] * 1000:.0f} |")


def timed(decided: Callable[[Obligation], Decision], asked: list[Obligation]) -> tuple[list[Decision], float]:
    """Return an engine's decisions, and the seconds they took."""
    started = time.perf_counter()
    found = [decided(each) for each in asked]
    return found, time.perf_counter() - started


if __name__ == "__main__":
    main()
