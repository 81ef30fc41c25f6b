"""Temporary users of a replay: an attacker like the proof's caller, and a victim."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from botocore.exceptions import ClientError

from constructs_lib.analysis.engine.automata_engine import CALLER_ID, CALLER_SUB
from constructs_lib.cli.replay_claims import RULE, UntriedError, claims_of, set_claims
from constructs_lib.client import AppClient, Caller, ClientSettings, Guest, User
from constructs_lib.client.placeholders import filled

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import ExitStack

    from constructs_lib.analysis.iam.requests import Request
    from constructs_lib.local import LocalCloud

PASSWORD: Final = "Correct-horse-1"  # noqa: S105 - of users that live for seconds, in the local cloud only
_GUID: Final = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_IDENTITY: Final = re.compile(rf"[a-z]{{2}}-[a-z][a-z-]*-[0-9]:{_GUID}")
_SUB: Final = re.compile(_GUID)
_GUEST: Final = "a guest"
_PARTS: Final = re.compile(r"([^{]*)\{(\w+)\}")


@dataclass(frozen=True, kw_only=True, slots=True)
class AttackScenario:
    """An attacker and a victim of a deployed app."""

    cloud: LocalCloud
    attacker: Caller
    attacker_id: str
    victim_id: str
    by_sub: bool
    claims: Mapping[str, str]
    """The attacker's values of placeholders other than `{owner}`."""

    def written(self, text: str) -> str:
        """Return a text of the proof with the real identities instead of its placeholders."""
        mine = CALLER_SUB if self.by_sub else CALLER_ID
        pattern = _SUB if self.by_sub else _IDENTITY
        return pattern.sub(lambda match: self.attacker_id if match.group() == mine else self.victim_id, text)

    def own(self, place: str) -> str:
        """Return a place with the attacker's values in it."""
        values = {**self.claims, "owner": self.attacker_id}
        return filled(place, lambda name: values.get(name, ""))

    def of_victim(self, place: str, text: str) -> str:
        """Return a place with the victim's values: those that begin a text of the attack, else another user's.

        A caller with the attacker's own tenant is another user of that tenant.
        """
        values: dict[str, str] = {}
        left = text
        for literal, name in _PARTS.findall(place):
            if not left.startswith(literal) or left == literal:
                break
            found = re.match(r"[^/#|,]*", left.removeprefix(literal))
            values[name] = found.group() if found else ""
            left = left.removeprefix(literal).removeprefix(values[name])
        others = {name: _another(value) for name, value in self.claims.items()} | {"owner": self.victim_id}
        return filled(place, lambda name: values.get(name) or others.get(name, "another"))

    def admin(self, service: str) -> Any:
        """Return a client of the administrator."""
        return self.cloud.session().client(service)

    def client(self, service: str) -> Any:
        """Return a client of the attacker."""
        session: Any = self.attacker.session()
        return session.client(service)


class Users:
    """Temporary users of an app: attacks of the same caller with the same claims share an attacker and a victim."""

    def __init__(self, cloud: LocalCloud, settings: ClientSettings, cleanup: ExitStack) -> None:
        self._cloud = cloud
        self._settings = settings
        self._cleanup = cleanup
        self._app = AppClient(settings, endpoint_url=cloud.endpoint_url)
        self._pool = cloud.session().client("cognito-idp")
        self._scenarios: dict[tuple[str, frozenset[tuple[str, str]]], AttackScenario] = {}

    def scenario(self, caller: str, request: Request) -> AttackScenario:
        """Return an attacker like the proof's caller, and a victim.

        Raises:
            UntriedError: The caller cannot be created here.
        """
        claims = claims_of(request, caller, self._settings)
        key = (caller, frozenset(claims.items()))
        if key not in self._scenarios:
            self._scenarios[key] = self._new_scenario(caller, claims)
        return self._scenarios[key]

    def _new_scenario(self, caller: str, claims: Mapping[str, str]) -> AttackScenario:
        owner = self._settings.placeholders["owner"]
        if owner not in {"identity", "sub"}:
            raise UntriedError(f"owners are identified by {owner!r}, which no user of the local cloud can have")
        group = group_of(caller)
        victim = self._user("victim")
        attacker: Guest | User = self._app.guest() if caller == _GUEST else self._user("attacker", group, **claims)
        by_sub = owner == "sub"
        known_by = attacker.sub if by_sub and isinstance(attacker, User) else attacker.identity_id
        placed = {name: claims[claim] for name, claim in self._settings.placeholders.items() if claim in claims}
        return AttackScenario(
            cloud=self._cloud,
            attacker=attacker,
            attacker_id=known_by,
            victim_id=victim.sub if by_sub else victim.identity_id,
            by_sub=by_sub,
            claims=placed,
        )

    def _user(self, part: str, group: str = "", **claimed: str) -> User:
        address = f"{part}-{uuid4().hex[:8]}@example.com"
        sub = self._app.sign_up(address, PASSWORD)
        pool_id = self._settings.user_pool_id
        named = {"UserPoolId": pool_id, "Username": address}
        self._cleanup.callback(self._pool.admin_delete_user, **named)
        with suppress(ClientError):
            # A pool may confirm its users by itself.
            self._pool.admin_confirm_sign_up(**named)
        if group:
            self._pool.admin_add_user_to_group(**named, GroupName=group)
        set_claims(claimed, username=address, sub=sub, cloud=self._cloud, pool_id=pool_id, cleanup=self._cleanup)
        return self._app.sign_in(address, PASSWORD)


def group_of(caller: str) -> str:
    """Return the group of the proof's caller; empty for guests and for users without one.

    Raises:
        UntriedError: No user that signs up here is this caller.
    """
    kind = caller.partition(" without ")[0]
    if in_group := re.fullmatch(r"a member of group '(.+)'", kind):
        return in_group[1]
    if kind not in {_GUEST, "a signed-in user"} and not RULE.fullmatch(kind):
        raise UntriedError(f"no user who signs up is {caller}")
    return ""


def _another(value: str) -> str:
    """Return another value of the same length, such as another tenant's name."""
    return f"{value[:-1]}{'b' if value.endswith('a') else 'a'}"
