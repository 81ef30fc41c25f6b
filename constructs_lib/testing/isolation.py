"""`assert_isolated`: a test that fails with the attack."""

from collections.abc import Iterable
from contextlib import nullcontext

from constructs_lib.analysis.engine.cvc5_engine import Cvc5, is_installed
from constructs_lib.analysis.iam.arns import readable
from constructs_lib.analysis.proof.findings import Status
from constructs_lib.analysis.proof.prove import Accepted, prove
from constructs_lib.analysis.report.printable import printable
from constructs_lib.analysis.report.proof import verdict
from constructs_lib.argument_checks import checked
from constructs_lib.testing.models import models_of
from constructs_lib.testing.templates import TemplateLike


@checked
def assert_isolated(template: TemplateLike, accept: Iterable[str] = (), owned: Iterable[str] = ()) -> None:
    """Fail unless the proof shows that no user reaches another user's data.

    Both engines must agree if cvc5 is installed (the extra `proof`); otherwise one engine proves alone.

    Args:
        template: A parsed template, the path of one (JSON, YAML or a `cdk.out` folder), or
            `aws_cdk.assertions.Template`.
        accept: Intended access to other users' data, as `PLACE:VERBS[:CALLER]`, such as
            `Documents protected/{owner}/*:get,list`, with place and caller as in the report. Default: no such access.
        owned: Resources or places that must have owners, such as `Documents` or `Documents private/{owner}/*`, named
            as in the report. Default: none, so that a bucket or table that no policy ties to its users counts as
            shared.

    Raises:
        AssertionError: With every attack, or the undecided questions. Also if the template has no owned data, because
            then nothing was proved.
        ValueError: If the template or an entry of `accept` cannot be read, or a resource of `owned` does not exist.
    """
    accepted = [Accepted.parse(text) for text in accept]
    with Cvc5() if is_installed() else nullcontext() as second:
        report = prove(models_of(template), second=second, accepted=accepted, owned=tuple(owned))
    if report.status is Status.PROVED:
        return
    report = printable(report)
    open_ones = [each for each in report.findings if each.status in {Status.COUNTEREXAMPLE, Status.UNDECIDED}]
    lines = [f"  {each.status}: {readable(each.story or f'{each.caller}, {each.subject}')}" for each in open_ones]
    raise AssertionError("\n".join([readable(verdict(report)), *lines]))
