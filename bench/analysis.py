"""The proof, the matrix and the diff on templates of growing size."""

import copy
import json
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

from bench.sections import Section
from constructs_lib.analysis import Template, build_model
from constructs_lib.analysis.diff import compare
from constructs_lib.analysis.matrix.build import build_matrix
from constructs_lib.analysis.proof.prove import prove

_SNAPSHOT: Final = (
    Path(__file__).parents[1]
    / "tests/stacks/__snapshots__/test_document_stack/test_the_template_is_the_committed_one[prod].template.json"
)
_SIZES: Final = (30, 100, 500)


def sections() -> list[Section]:
    """Time `prove`, `matrix` and `diff` on the document stack, extended with copies of its bucket and its tables."""
    body: dict[str, Any] = json.loads(_SNAPSHOT.read_text(encoding="utf-8"))
    rows = []
    for size in _SIZES:
        template = Template(name="Bench", body=_filled(body, size), source="bench")
        rows.append(
            (
                f"{size} resources",
                _milliseconds(partial(build_model, [template])),
                _milliseconds(partial(prove, build_model([template]))),
                _milliseconds(partial(build_matrix, build_model([template]), title="Bench")),
                _milliseconds(partial(compare, [template], [template])),
            )
        )
    return [
        Section(
            name="analysis",
            title="Analysis",
            note="The document stack's template, extended with copies of its buckets and tables, median of three. "
            "`prove` with one engine, as in a synth; `diff` of two equal templates, which compares everything.",
            columns=("", "read, ms", "prove, ms", "matrix, ms", "diff, ms"),
            rows=tuple(rows),
        )
    ]


def _filled(body: dict[str, Any], size: int) -> dict[str, Any]:
    filled = copy.deepcopy(body)
    resources: dict[str, Any] = filled["Resources"]
    kinds = ("AWS::S3::Bucket", "AWS::DynamoDB::GlobalTable")
    stored = [(name, each) for name, each in resources.items() if each["Type"] in kinds]
    for number in range(size - len(resources)):
        name, resource = stored[number % len(stored)]
        resources[f"{name}Copy{number}"] = copy.deepcopy(resource)
    return filled


def _milliseconds(work: Callable[[], object]) -> int:
    taken = []
    for _ in range(3):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return round(1000 * statistics.median(taken))
