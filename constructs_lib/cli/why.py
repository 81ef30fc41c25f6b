"""`cognito-app why`: why a request is allowed or refused, and the nearest allowed request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from constructs_lib.cli.template_options import claim_option, model_of, read_templates, write_result

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.explain.answer import Answer

EXIT: Final = {"allowed": 0, "refused": 2, "undecided": 3}
_USAGE: Final = (
    "the command has no call to explain; write cognito-app why cdk.out --as user 'get Documents private/{other}/x', "
    "or, for a call on the local cloud, --last or --request ID"
)
_NO_CALLER: Final = "the call has no caller; add --as guest, --as user or --as group:NAME"


@click.command()
@click.argument("words", nargs=-1, metavar="[TEMPLATE...] [QUESTION]")
@click.option(
    "--as",
    "who",
    default="",
    metavar="WHO",
    help="The caller: guest, user, group:NAME, internet or function:NAME. Required, except with --last or --request.",
)
@click.option(
    "--context",
    "context",
    multiple=True,
    metavar="KEY=VALUE",
    help="A condition key of the request, such as s3:prefix=private/. To give a key several values, repeat it.",
)
@click.option("--last", is_flag=True, help="Explain the last call that this folder's local cloud has refused.")
@click.option("--request", "request_id", default="", metavar="ID", help="Explain the call of this request ID.")
@click.option("--format", "shape", type=click.Choice(["table", "markdown", "json"]), default="table", show_default=True)
@claim_option
def command(
    words: tuple[str, ...],
    *,
    who: str,
    context: tuple[str, ...],
    last: bool,
    request_id: str,
    shape: str,
    claims: tuple[str, ...],
) -> int:
    """Explain why a request is allowed or refused, and show the nearest allowed request.

    QUESTION is 'VERB RESOURCE PLACE', such as 'get Documents private/{other}/x' or 'call Api POST /shares', or an IAM
    action and an ARN: 's3:GetObject arn:aws:s3:::Documents/public/x'. {owner} is the caller, {other} is another user.
    TEMPLATE is a file, a cdk.out folder or stack:NAME. Exit 0: allowed, 2: refused, 3: undecided, 1: could not run.
    """
    if last or request_id:
        answer = _recorded(words, request_id=request_id, claims=claims)
    elif len(words) > 1 and who:
        answer = _explained(words[:-1], words[-1], who=who, context=context, claims=claims)
    else:
        raise click.ClickException(_USAGE if len(words) < 2 else _NO_CALLER)  # noqa: PLR2004 - a template and a question
    from constructs_lib.explain import report

    write_result(report, answer, shape)
    return EXIT[answer.status.value]


def _explained(
    places: Sequence[str], question: str, *, who: str, context: Sequence[str], claims: Sequence[str]
) -> Answer:
    from constructs_lib.explain import explain
    from constructs_lib.explain.sources import Lines

    given: dict[str, list[str]] = {}
    for each in context:
        key, sign, value = each.partition("=")
        if not key or not sign:
            raise click.ClickException(
                f"--context {each!r} is not a context key and value; write KEY=VALUE, such as s3:prefix=private/"
            )
        given.setdefault(key, []).append(value)
    models = model_of(read_templates(places), claims)
    try:
        return explain(models, who, question, context=given, lines=Lines(*places))
    except ValueError as error:
        raise click.ClickException(str(error)) from error


def _recorded(places: Sequence[str], *, request_id: str, claims: Sequence[str]) -> Answer:
    from constructs_lib.cli.running_cloud import running_cloud
    from constructs_lib.explain.recorded_calls import chosen, explain_recorded, read_log
    from constructs_lib.explain.sources import Lines
    from constructs_lib.local.deployed import deployed_resources, physical_ids

    with running_cloud() as cloud:
        log = read_log(cloud.requests)
        entry = chosen(log, request_id)
        if entry is None:
            raise click.ClickException(_not_found(request_id, len(log)))
        if not request_id and not entry["refused"]:
            click.echo("No call has been refused. The last one:", err=True)
        templates = places or [str(each) for each in sorted(cloud.templates.iterdir())]
        models = model_of(read_templates(templates), claims)
        stacks = physical_ids(deployed_resources(cloud))
        return explain_recorded(entry, models, stacks, Lines(*templates))


def _not_found(request_id: str, known: int) -> str:
    if not request_id:
        return "the local cloud has recorded no call yet; call the app and repeat the command"
    return f"request ID {request_id!r} is not among the last {known} recorded calls; use --last, or repeat the call"
