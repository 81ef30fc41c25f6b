"""`cognito-app review`: matrix, diff, proof and replacements as one comment for a pull request."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import click

from constructs_lib.cli.template_options import (
    accept_option,
    claim_option,
    declared_claims,
    model_of,
    read_templates,
    write_result,
)

if TYPE_CHECKING:
    from constructs_lib.analysis.report.review import Review


@click.command()
@click.argument("old")
@click.argument("new")
@click.option("--format", "shape", type=click.Choice(["markdown", "json"]), default="markdown", show_default=True)
@click.option("--timeout", default=10.0, show_default=True, help="Seconds the second engine may take per check.")
@accept_option
@claim_option
def command(
    old: str, new: str, *, shape: str, timeout: float, accepted: tuple[str, ...], claims: tuple[str, ...]
) -> int:
    """Review the update from OLD to NEW, as one Markdown comment.

    OLD and NEW are template files, cdk.out folders or stack:NAME. Exit 2: access grew, a user reaches another user's
    data, or a resource would be lost or refused; 3: something could not be decided; 0: none of these; 1: could not
    run.
    """
    from constructs_lib.analysis.report import review as report

    result = _review(old, new, timeout, accepted, claims)
    write_result(report, result, shape)
    return result.status


def _review(old: str, new: str, timeout: float, accepted: tuple[str, ...], claims: tuple[str, ...]) -> Review:
    from constructs_lib.analysis.diff import compare
    from constructs_lib.analysis.matrix.build import build_matrix
    from constructs_lib.analysis.proof.prove import prove
    from constructs_lib.analysis.replacements import find_replacements
    from constructs_lib.analysis.replacements.stacks import paired_stacks
    from constructs_lib.analysis.report.review import Review
    from constructs_lib.cli.prove import run

    before, after = read_templates([old]), read_templates([new])
    models = model_of(before, claims), model_of(after, claims)
    # Of the old templates only the attacks count, which need no second engine. Questions that both versions share are
    # answered by then.
    attacks = prove(models[0], warn=False)
    with ThreadPoolExecutor(max_workers=1) as beside:
        # The second engine is a separate process and runs in parallel with the rest.
        proof = beside.submit(run, (new,), engine=None, timeout=timeout, accepted=accepted, claims=claims)
        return Review(
            diff=compare(before, after, claims=declared_claims(claims)),
            before=attacks,
            replacements=find_replacements(*paired_stacks(before, after)),
            old=build_matrix(models[0], title=old),
            new=build_matrix(models[1], title=new),
            after=proof.result(),
        )
