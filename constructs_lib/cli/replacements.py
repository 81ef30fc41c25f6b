"""`cognito-app replacements`: the stateful resources an update would replace, delete, orphan or refuse to change."""

import click

from constructs_lib.cli.template_options import read_templates, write_result

FOUND = 2
"""The exit status if a resource would be lost or a change refused."""
UNDECIDED = 3
"""The exit status if a change cannot be compared."""


@click.command()
@click.argument("old")
@click.argument("new")
@click.option("--format", "shape", type=click.Choice(["table", "markdown", "json"]), default="table", show_default=True)
def command(old: str, new: str, *, shape: str) -> int:
    """Show the resources with data, users or an address that the update from OLD to NEW would lose.

    OLD and NEW are template files, cdk.out folders or stack:NAME. Exits with 2 if a resource would be replaced,
    deleted, orphaned, refused, or made inaccessible to users; with 3 if a change cannot be compared (a loop, a nested
    stack whose template is not there); with 0 if all are kept.
    """
    from constructs_lib.analysis.replacements import find_replacements
    from constructs_lib.analysis.replacements.stacks import paired_stacks
    from constructs_lib.analysis.report import replacements as report

    result = find_replacements(*paired_stacks(read_templates([old]), read_templates([new])))
    write_result(report, result, shape)
    return FOUND if result.findings else UNDECIDED if result.undecided else 0
