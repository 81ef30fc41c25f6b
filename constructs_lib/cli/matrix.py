"""`cognito-app matrix`: what each kind of caller can do with each part of each resource."""

import click

from constructs_lib.cli.template_options import claim_option, model_of, read_templates, write_result


@click.command()
@click.argument("templates", nargs=-1, required=True, metavar="TEMPLATE...")
@click.option(
    "--format", "shape", type=click.Choice(["table", "markdown", "json", "html"]), default="table", show_default=True
)
@click.option("--actions", is_flag=True, help="Name the IAM actions behind each verb.")
@claim_option
def command(templates: tuple[str, ...], *, shape: str, actions: bool, claims: tuple[str, ...]) -> int:
    """Show what each kind of caller can do with each part of each resource.

    TEMPLATE is a file, a cdk.out folder or stack:NAME; several templates are analyzed as one deployment. HTML is one
    page that loads nothing: `cognito-app matrix template.json --format html > access.html`.
    """
    from constructs_lib.analysis.matrix.build import build_matrix

    read = read_templates(templates)
    found = build_matrix(model_of(read, claims), title=", ".join(template.name for template in read))
    from constructs_lib.analysis.report import matrix, page

    write_result(page if shape == "html" else matrix, found, shape, actions=actions)
    return 0
