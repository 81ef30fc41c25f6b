"""Options shared by the commands about templates: reading templates and writing results."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from types import ModuleType

    from rich.console import RenderableType

    from constructs_lib.analysis.model.model import Model
    from constructs_lib.analysis.template.templates import Template


accept_option = click.option(
    "--accept",
    "accepted",
    multiple=True,
    metavar="PLACE:VERBS[:CALLER]",
    help="Intended access to others' data, such as 'Documents protected/{owner}/*:get,list': place and caller as "
    "the report names them, verbs as the matrix does; `other` is every action without one. Repeatable.",
)
claim_option = click.option(
    "--claim",
    "claims",
    multiple=True,
    metavar="CLAIM=FORM",
    help="The form of the values of a token's claim, for principal tags filled from it: "
    "'custom:tenant=[a-z0-9-]{3,36}'. Repeatable. Default: the form in the templates' metadata.",
)


def read_templates(places: Sequence[str]) -> "list[Template]":
    """Read template files, `cdk.out` folders and deployed stacks.

    Raises:
        click.ClickException: One cannot be read or is not a template.
    """
    from constructs_lib.analysis.template.errors import TemplateError
    from constructs_lib.analysis.template.templates import load_templates

    try:
        return [template for place in places for template in load_templates(place)]
    except TemplateError as error:
        raise click.ClickException(str(error)) from error


def declared_claims(claims: Sequence[str]) -> dict[str, str]:
    """Return the forms of claims that the command line declares, by claim.

    Raises:
        click.ClickException: If one cannot be read.
    """
    from constructs_lib.analysis.model.value_formats import declared_form

    declared = {}
    for each in claims:
        claim, _, form = each.partition("=")
        if not claim or not form:
            raise click.ClickException(
                f"--claim {each!r} is not a claim and its form; write CLAIM=FORM, such as "
                "'custom:tenant=[a-z0-9-]{3,36}'"
            )
        try:
            declared_form(claim, form, "")
        except ValueError as error:
            raise click.ClickException(f"--claim: {error}") from error
        declared[claim] = form
    return declared


def model_of(templates: "Sequence[Template]", claims: Sequence[str]) -> "list[Model]":
    """Build the models of templates.

    Raises:
        click.ClickException: If a claim's form cannot be read, there or in a template's metadata.
    """
    from constructs_lib.analysis.model.assemble import build_model

    declared = declared_claims(claims)
    try:
        return build_model(templates, claims=declared)
    except ValueError as error:
        raise click.ClickException(str(error)) from error


def write_result(report: "ModuleType", result: Any, shape: str, **options: Any) -> None:
    """Write a result in a format of its report; the options are those of the formats for people."""
    from constructs_lib.analysis.report.printable import printable

    if shape == "json":
        write_json(report.as_json(result))
    elif shape == "markdown":
        click.echo(report.as_markdown(printable(result), **options), nl=False)
    elif shape == "html":
        click.echo(report.as_html(printable(result), **options))
    else:
        write_text(report.as_text(printable(result), **options))


def write_text(text: "RenderableType") -> None:
    """Write to standard output; in colour only on a terminal. A plain text keeps its lines."""
    if isinstance(text, str):
        click.echo(text)
        return
    from constructs_lib.cli.console import out

    out.print(text)


def write_json(value: Any) -> None:
    """Write JSON to standard output."""
    from constructs_lib.analysis.report.printable import printable_json

    click.echo(printable_json(json.dumps(value, indent=2, ensure_ascii=False)))
