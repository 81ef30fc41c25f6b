"""`cognito-app prove`: a proof that no user can access another's data, or the attack."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Final

import click

from constructs_lib.cli.template_options import accept_option, claim_option, model_of, read_templates, write_json

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from constructs_lib.analysis.proof.findings import Report
    from constructs_lib.cli.replay_attacks import Attempt

EXIT: Final = {"PROVED": 0, "COUNTEREXAMPLE": 2, "UNDECIDED": 3}


@click.command()
@click.argument("templates", nargs=-1, required=True, metavar="TEMPLATE...")
@click.option("--format", "shape", type=click.Choice(["table", "markdown", "json"]), default="table", show_default=True)
@click.option(
    "--engine",
    type=click.Choice(["both", "automata"]),
    help="Both engines must agree on a proof. Default: both where cvc5 is installed (the extra `proof`).",
)
@click.option("--timeout", default=10.0, show_default=True, help="Seconds the second engine may take per check.")
@accept_option
@click.option(
    "--owned",
    multiple=True,
    metavar="NAME",
    help="A resource or place that must have owners, such as Documents or 'Documents private/{owner}/*', as the report "
    "names it. Undecided if no policy ties it to a caller: a forgotten owner. Repeatable.",
)
@claim_option
@click.option("--replay", is_flag=True, help="Run each attack on the local cloud of this folder.")
@click.option(
    "--scripts",
    type=click.Path(file_okay=False),
    help="Write a script that reproduces each attack to this folder. Default: none.",
)
def command(
    templates: tuple[str, ...],
    *,
    shape: str,
    engine: str | None,
    timeout: float,
    accepted: tuple[str, ...],
    owned: tuple[str, ...],
    claims: tuple[str, ...],
    replay: bool,
    scripts: str | None,
) -> int:
    """Prove that no user can access another user's data, from templates alone.

    TEMPLATE is a file, a cdk.out folder or stack:NAME; several templates are analyzed as one deployment. Exit 0:
    proved, 2: a counterexample, 3: undecided, 1: could not run.
    """
    from constructs_lib.analysis.report.printable import printable

    report = run(templates, engine=engine, timeout=timeout, accepted=accepted, owned=owned, claims=claims)
    attempts = _replay(report) if replay else []
    if shape == "json":
        from constructs_lib.analysis.report.proof import as_json

        replayed = [
            {"story": each.finding.story, "succeeded": each.succeeded, "told": each.message} for each in attempts
        ]
        write_json({**as_json(report), **({"replay": replayed} if replay else {})})
    elif shape == "markdown":
        from constructs_lib.analysis.report.proof import markdown

        click.echo(markdown(printable(report)))
    else:
        _print(printable(report))
    if shape != "json":
        for each in attempts:
            outcome = {True: "THE ATTACK WORKS", False: "the attack fails", None: "no result"}[each.succeeded]
            click.echo(f"replayed: {outcome}: {printable(each.message)}")
    if scripts is not None:
        _write_scripts(report, scripts)
    return EXIT[report.status.value]


def run(
    places: tuple[str, ...],
    *,
    engine: str | None,
    timeout: float,
    accepted: tuple[str, ...] = (),
    owned: tuple[str, ...] = (),
    claims: tuple[str, ...] = (),
) -> Report:
    """Read templates and prove them.

    Raises:
        click.ClickException: If a template cannot be read, or an option is invalid.
    """
    from constructs_lib.analysis.engine.cvc5_engine import Cvc5, is_installed
    from constructs_lib.analysis.proof.prove import Accepted, prove

    if engine == "both" and not is_installed():
        raise click.ClickException("--engine both needs cvc5; run `pip install 'cognito-app-constructs[proof]'`")
    try:
        intended = [Accepted.parse(text) for text in accepted]
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    models = model_of(read_templates(places), claims)
    with_second = engine != "automata" and is_installed()
    opened: AbstractContextManager[Any] = Cvc5(seconds=timeout) if with_second else nullcontext()
    with opened as second:
        try:
            return prove(models, second=second, accepted=intended, owned=owned)
        except ValueError as error:
            raise click.ClickException(str(error)) from error


def _replay(report: Report) -> list[Attempt]:
    try:
        from constructs_lib.cli.replay_attacks import replay
        from constructs_lib.cli.running_cloud import running_cloud

        with running_cloud() as cloud:
            return replay(report.findings, cloud)
    except ModuleNotFoundError as error:
        raise click.ClickException("--replay needs boto3; run `pip install 'cognito-app-constructs[local]'`") from error
    except ValueError as error:
        raise click.ClickException(str(error)) from error


def _print(report: Report) -> None:
    from rich.table import Column, Table
    from rich.text import Text

    from constructs_lib.analysis.report.proof import actions_in_words, sections, verdict
    from constructs_lib.cli.console import out

    colours = {"PROVED": "green", "COUNTEREXAMPLE": "bold red", "UNDECIDED": "yellow", "ACCEPTED": "cyan"}
    headings = ("who", "check", "about", "by", "verdict", "engines")
    table = Table(*(Column(heading, overflow="fold") for heading in headings))
    for finding in report.findings:
        status = Text(finding.status.value, style=colours[finding.status.value])
        table.add_row(
            Text(finding.caller),
            Text(finding.question.value),
            Text(finding.subject),
            Text(actions_in_words(finding)),
            status,
            " + ".join(finding.engines),
        )
    out.print(table)
    for finding in report.findings:
        if finding.story and finding.status.value != "PROVED":
            out.print(Text(f"{finding.status.value}: {finding.story}\n", style=colours[finding.status.value]))
    for title, items in sections(report).items():
        out.print(Text("\n  ".join([f"{title}:", *items])))
    out.print(Text(f"\n{verdict(report)}", style=colours[report.status.value]))


def _write_scripts(report: Report, folder: str) -> None:
    from pathlib import Path

    from constructs_lib.analysis.report.proof import attack_script

    place: Path = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    for number, finding in enumerate(report.findings):
        text = attack_script(finding)
        if text is not None and finding.status.value == "COUNTEREXAMPLE":
            path = place / f"attack-{number}.py"
            path.write_text(text, encoding="utf-8")
            click.echo(f"wrote {path}", err=True)
