"""Updates of the stack: in place, with a failure after the first change, and with a change that Cognito refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.replacements import find_replacements
from constructs_lib.analysis.replacements.findings import Effect
from constructs_lib.verify.checks import Check
from constructs_lib.verify.finding import Finding, compared
from constructs_lib.verify.physical_ids import physical_ids
from constructs_lib.verify.probe_user import ProbeUser
from constructs_lib.verify.stacks import Deployed, deploy
from constructs_lib.verify.template_changes import updated, with_other_names, with_second_group

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from constructs_lib.verify.context import Context

_ROLLED_BACK: Final = "UPDATE_ROLLBACK_COMPLETE"
_UPDATING: Final = "https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-updating.html"


def _in_place(context: Context) -> Iterator[Finding]:
    old = context.templates[context.stack]
    new = updated(old)
    reported = find_replacements({context.stack: old}, {context.stack: new}).findings
    yield _finding(
        "`replacements` reports no loss for this update.", "; ".join(f"{each.name}: {each.what}" for each in reported)
    )
    probe_user, before = ProbeUser.make(context, "update"), physical_ids(context)
    ended = deploy(context.session, context.run, context.stack, new, kind="UPDATE")
    yield _finding("The update completes.", "" if ended.done else ended.why)
    after = physical_ids(context)
    gone = {name: (id, after.get(name)) for name, id in before.items() if after.get(name) != id}
    yield _finding("No resource is replaced.", f"before and after: {gone}" if gone else "")
    yield _finding("An existing user signs in and has their file and row.", probe_user.losses())


def _failing(context: Context) -> Iterator[Finding]:
    yield from _refused(context, updated(context.templates[context.stack]), with_second_group, "fails")


def _refusing(context: Context) -> Iterator[Finding]:
    yield from _refused(context, updated(context.templates[context.stack]), with_other_names, "refused")


def _refused(context: Context, old: Mapping[str, Any], change: Any, name: str) -> Iterator[Finding]:
    """Yield whether the refusal of an update is predicted, whether it is refused, and whether nothing changed."""
    new = change(old)
    reported = find_replacements({context.stack: old}, {context.stack: new}).findings
    refusals = [each for each in reported if each.effect is Effect.REFUSED]
    yield _finding("`replacements` predicts that this update is refused.", "" if refusals else f"it reports {reported}")
    probe_user, before = ProbeUser.make(context, name), _state(context)
    ended = deploy(context.session, context.run, context.stack, new, kind="UPDATE")
    yield _finding(
        "CloudFormation starts the update and rolls it back.",
        _not_rolled_back(ended, [each.logical_id for each in refusals]),
    )
    after = _state(context)
    changed = {name: (value, after[name]) for name, value in before.items() if after[name] != value}
    yield _finding(
        "The stack and the user pool have the same state as before.",
        f"before and after: {changed} ({ended.why})" if changed else "",
    )
    yield _finding("An existing user signs in and has their file and row.", probe_user.losses())


def _not_rolled_back(ended: Deployed, refused: Collection[str]) -> str:
    """Return how an update ended, unless it was rolled back because of a resource whose refusal was predicted.

    An update that never started, or that ended for another reason, shows nothing about the prediction.
    """
    named = any(reason.startswith(f"{each} (") for reason in ended.reasons for each in refused)
    return "" if ended.status == _ROLLED_BACK and named else f"it ended as {ended.why}, not for {', '.join(refused)}"


def _state(context: Context) -> dict[str, Any]:
    """Return the state that a rollback must restore."""
    client: Any = context.session.client("cloudformation")
    [stack] = client.describe_stacks(StackName=context.stack)["Stacks"]
    pools: Any = context.session.client("cognito-idp")
    pool = pools.describe_user_pool(UserPoolId=context.settings.user_pool_id)["UserPool"]
    return {
        "settled": stack["StackStatus"].endswith("_COMPLETE"),
        "resources": physical_ids(context),
        "outputs": {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]},
        "policies": pool["Policies"]["PasswordPolicy"],
        "username attributes": pool["UsernameAttributes"],
    }


def _finding(what: str, against: str) -> Finding:
    return compared(what, against, same=not against)


CHECKS = (
    Check(
        name="update",
        level=2,
        order=10,
        title="An update in place keeps every resource, user, file and row.",
        assumption=f"Cognito updates a user pool whose Schema is submitted unchanged ({_UPDATING}).",
        run=_in_place,
    ),
    Check(
        name="update-that-fails",
        level=2,
        order=20,
        title="An update that fails midway is rolled back, and its refusal was predicted.",
        run=_failing,
    ),
    Check(
        name="update-that-is-refused",
        level=2,
        order=30,
        title="Settings that Cognito fixes at a pool's creation cannot be updated, as `replacements` predicts.",
        assumption=f"UsernameAttributes cannot be changed ({_UPDATING}).",
        run=_refusing,
    ),
)
