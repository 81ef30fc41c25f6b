"""`cognito-app diff`: the access that a change grants and revokes."""

import click

from constructs_lib.cli.template_options import claim_option, declared_claims, read_templates, write_result

GREW = 2
"""The exit status if a principal gains access."""
UNDECIDED = 3
"""The exit status if no gained access is known and a part could not be compared."""


@click.command()
@click.argument("old")
@click.argument("new")
@click.option("--format", "shape", type=click.Choice(["table", "markdown", "json"]), default="table", show_default=True)
@claim_option
def command(old: str, new: str, *, shape: str, claims: tuple[str, ...]) -> int:
    """Show the access that the update from OLD to NEW grants and revokes, each with a request that shows it.

    OLD and NEW are template files, cdk.out folders or stack:NAME. Requests are compared, not text:
    reordering, renaming or splitting statements is not a change. Exit 0: no access is gained, 2: access grew, 3: a part
    could not be compared, 1: could not run.
    """
    from constructs_lib.analysis.diff import compare
    from constructs_lib.analysis.report import diff as report

    result = compare(read_templates([old]), read_templates([new]), claims=declared_claims(claims))
    write_result(report, result, shape)
    return GREW if result.gained else UNDECIDED if result.undecided else 0
