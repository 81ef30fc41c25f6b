"""Attacks that the proof excludes: every caller, every owned place, every action that has a call."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from constructs_lib.analysis.engine.obligations import Questions
from constructs_lib.analysis.iam.arns import atoms
from constructs_lib.analysis.model.callers import CallerKind
from constructs_lib.analysis.model.kinds.api import INVOKE, Api
from constructs_lib.analysis.model.kinds.table import Table
from constructs_lib.analysis.model.owned_places import find_places
from constructs_lib.analysis.model.places import PERSON, VARIABLE
from constructs_lib.story.refusals import ACCESS_DENIED, Refused
from constructs_lib.verify.app_users import ALLOWED, AppUsers, outcome
from constructs_lib.verify.attack_calls import ATTEMPTS, MAKING, Target
from constructs_lib.verify.checks import Check
from constructs_lib.verify.finding import Finding, compared, not_checked
from constructs_lib.verify.physical_ids import physical_ids
from constructs_lib.verify.proof_models import models_of
from constructs_lib.verify.proof_requests import named_actions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from constructs_lib.analysis.model.callers import Caller as Kind
    from constructs_lib.analysis.model.holder import Holder
    from constructs_lib.analysis.model.model import Model
    from constructs_lib.analysis.model.places import Place
    from constructs_lib.analysis.model.routes import ApiRoute
    from constructs_lib.client import Caller
    from constructs_lib.story.users import Member
    from constructs_lib.verify.context import Context

_REACHED: Final = frozenset({ALLOWED, "NoSuchKey", "NoSuchUpload", "NoSuchVersion", "ValidationException"})
"""Results of a call that IAM allows; its target may not exist. Any other result shows nothing about IAM."""
_PART: Final = "attempt"
"""Represents any text after the owner."""


def run(context: Context) -> Iterator[Finding]:
    """Sign up a victim and an attacker of each kind, and attempt every call on the victim's places."""
    attacking = _Attacking(context)
    [model, *others] = models_of(context)
    if others:
        yield not_checked("other choices of the templates' conditions", "the stack is deployed with one choice")
    yield from attacking.findings(model)


@dataclass(slots=True)
class _Attacking:
    """A victim, and an attacker of each kind."""

    context: Context
    app_users: AppUsers = field(init=False)
    victim: Member = field(init=False)
    physical: Mapping[str, str] = field(init=False)
    attackers: dict[str, Caller] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.app_users = AppUsers.of(self.context)
        self.victim = self.app_users.sign_up("victim")
        ids = physical_ids(self.context)
        self.physical = {f"⟦{self.context.stack}/{name}⟧": each for name, each in ids.items()}

    def findings(self, model: Model) -> Iterator[Finding]:
        """Yield the result of every attempt, and whether it reaches the attacker's own data, as a control."""
        for place in find_places(model):
            holder = model.holder(place.holder)
            assert holder is not None  # noqa: S101 - every place has a holder in the model
            if place.owner is None or place.owner.placeholder != PERSON or place.by:
                yield not_checked(place.name, f"a single user's client does not know its owner: {place.part}")
                continue
            for kind in model.callers:
                own = {each for one in Questions(kind, model).about(place, own=True) for each in one.actions}
                questioned = {each for one in Questions(kind, model).about(place) for each in one.actions}
                yield from self._attacks(kind, place, holder, sorted(own | questioned | named_actions(holder)))
                if own and kind.kind is not CallerKind.GUEST:
                    yield self._control(kind, place, holder, sorted(own & set(ATTEMPTS)))
                elif isinstance(holder, Api):
                    yield self._control_by_owner(kind, place, holder)

    def _attacks(self, kind: Kind, place: Place, holder: Holder, actions: Sequence[str]) -> Iterator[Finding]:
        target = self._target(place, holder, self.victim.owner)
        for action in actions:
            what = f"{kind}: {action} at another user's {place.name}"
            if action not in ATTEMPTS:
                yield not_checked(what, "this check has no call for the action")
            elif target is None:
                yield not_checked(what, "the deployed stack has no name for it, or no matching route")
            else:
                # A successful attack may have removed it.
                self._make(self.victim.caller, target, holder)
                yield _refused(what, _tried(action, self._attacker(kind), target), target)

    def _control(self, kind: Kind, place: Place, holder: Holder, actions: Sequence[str]) -> Finding:
        """Repeat the attempts on the attacker's own data: a call that is refused everywhere shows nothing."""
        attacker = self._attacker(kind)
        target = self._target(place, holder, attacker.value("owner"))
        what = f"{kind}: the same attempts at their own {place.name} succeed"
        if target is None or not actions:
            return not_checked(what, "this check has no call for the actions that are allowed there")
        denied = []
        for action in actions:
            self._make(attacker, target, holder)
            got = _tried(action, attacker, target)
            if got not in _REACHED:
                denied.append(f"{action} ({got})")
        return compared(what, f"refused at {target}: {', '.join(denied)}", same=not denied)

    def _control_by_owner(self, kind: Kind, place: Place, holder: Api) -> Finding:
        """Call the same route as its owner, for a caller who owns nothing there.

        A refusal has the same status for every reason, so without this an API that refuses all callers would pass.
        """
        target = self._target(place, holder, self.victim.owner)
        what = f"{kind}: the call that is refused at another user's {place.name} succeeds for its owner"
        if target is None:
            return not_checked(what, "the deployed stack has no name for it, or no matching route")
        got = _tried(INVOKE, self.victim.caller, target)
        return compared(what, f"refused at {target}: {got}", same=got in _REACHED)

    def _make(self, owner: Caller, target: Target | None, holder: Holder) -> None:
        """Create the target of an attack as its owner; a call of a route needs no target."""
        making = MAKING.get(holder.kind)
        if target is not None and making is not None:
            ATTEMPTS[making](owner, target)

    def _attacker(self, kind: Kind) -> Caller:
        if kind.kind_id not in self.attackers:
            if kind.kind is CallerKind.GUEST:
                self.attackers[kind.kind_id] = self.app_users.app.guest()
            else:
                groups = [kind.group] if kind.kind is CallerKind.GROUP else []
                self.attackers[kind.kind_id] = self.app_users.sign_up(f"attacker-{len(self.attackers)}", *groups).caller
        return self.attackers[kind.kind_id]

    def _target(self, place: Place, holder: Holder, owner: str) -> Target | None:
        """Return the target of an attempt; None if the deployed stack has no name for the resource."""
        name = next((self.physical[each] for each in atoms(place.holder) if each in self.physical), None)
        if name is None:
            return None
        if isinstance(holder, Table):
            return Target(resource=name, owner=owner, key=self._keys(name))
        if isinstance(holder, Api):
            call = next(filter(None, (_call(each, place, owner) for each in holder.routes)), None)
            api = self.context.settings.other("ApiUrl")
            return None if call is None else Target(resource=api, owner=owner, text=call)
        return Target(resource=name, owner=owner, text=VARIABLE.sub(lambda _: owner, place.text).replace("*", _PART))

    def _keys(self, table: str) -> tuple[str, ...]:
        described = self.context.session.client("dynamodb").describe_table(TableName=table)["Table"]
        return tuple(each["AttributeName"] for each in sorted(described["KeySchema"], key=lambda each: each["KeyType"]))


def _call(route: ApiRoute, place: Place, owner: str) -> str | None:
    """Return a call of a route within a place, as `METHOD/path`; None if there is none."""
    served = [route.method, *route.path.strip("/").split("/")]
    named = place.text.split("/")[1:]
    if len(served) < len(named):
        return None
    for number, (text, pattern) in enumerate(zip(served, named, strict=False)):
        if VARIABLE.fullmatch(pattern):
            served[number] = quote(owner, safe="")
        elif pattern not in (text, "*"):
            return None
    return "/".join(re.sub(r"\{[^}]*\}", _PART, each) for each in served)


def _tried(action: str, caller: Caller, target: Target) -> str:
    """Make an attempt; return `allowed` or the code of the refusal."""
    try:
        return outcome(lambda: ATTEMPTS[action](caller, target))
    except Refused as refused:
        return refused.code


def _refused(what: str, got: str, target: Target) -> Finding:
    detail = f"it was {got if got == ALLOWED else f'not refused by IAM but ended with {got}'}, at {target}"
    return compared(f"{what} is refused", detail, same=got in ACCESS_DENIED)


CHECKS: Final = (
    Check(
        name="impossible-attacks",
        level=1,
        title="No caller reaches another user's data by any action that has a call",
        run=run,
    ),
)
