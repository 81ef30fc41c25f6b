"""`cognito-app console`: the page beside the local cloud."""

import click


@click.command()
def command() -> int:
    """Show the address of a page for the local cloud of this folder, and start the page if it does not run.

    Users and their inbox, files and rows by owner, live calls with the reason for each decision, a playground, rule
    coverage, proof and matrix. The address gives access to the page: keep it secret. The page ends with the local
    cloud.
    """
    from constructs_lib.cli.running_cloud import running_cloud
    from constructs_lib.console import start_console

    with running_cloud() as cloud:
        click.echo(start_console(cloud))
    return 0
