"""Story of channels: publishing to channels with a signature or a token, and publishing by a function.

Subscriptions need a WebSocket client: `tests/examples/test_channels.py` uses Amplify's.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import boto3

from constructs_lib.client import AppClient, Caller, ClientSettings, User
from constructs_lib.story.administration import LocalStoryAdministration
from constructs_lib.story.refusals import Refused, error_code
from constructs_lib.story.row import Row, allowed, expect, refused
from constructs_lib.story.users import ensure_signed_up, sign_in

TENANTS: Final = {"Ann": "acme", "Ben": "", "Eve": "acme"}
"""Every user who signs in, with their tenant; empty for none."""
EDITOR: Final = "Eve"
GUEST: Final = "Guest"
NOTIFIER: Final = "Notifier"
_REFUSED: Final = frozenset({"UnauthorizedException"})
_ADDRESS: Final = "{}.of.channels@example.com"


@dataclass(frozen=True, kw_only=True, slots=True)
class ChannelStory:
    """Users and resources that the rows refer to.

    Attributes:
        url: The endpoint that events are published to.
        callers: Every user by name, including a guest.
        notifier: The name of the function that may publish to every channel.
        functions: An administrator's Lambda client.
    """

    url: str
    callers: Mapping[str, Caller]
    notifier: str
    functions: Any

    def own(self, name: str) -> str:
        """Return a person's own channel, which contains the identity ID without its region."""
        return f"/private/{self.callers[name].identity_id.partition(':')[2]}/inbox"

    def sends(self, name: str, channel: str, *, credentials: str = "signed") -> None:
        """Publish an event as a person.

        The credentials are `signed`, `token` for their ID token, `access` for their access token, `forged`, or
        `nothing`.

        Raises:
            Refused: With the status, for any status but success.
        """
        caller, body = self.callers[name], {"channel": channel, "events": [json.dumps({"from": name})]}
        if credentials == "signed":
            answer = caller.request("POST", self.url, json_body=body)
        else:
            headers = {} if credentials == "nothing" else {"Authorization": _token(caller, credentials)}
            answer = caller.app.send("POST", self.url, credentials=None, json_body=body, headers=headers)
        if not answer.ok:
            raise Refused(error_code(answer))
        expect(len(answer.json()["successful"]) == 1, f"the event was not accepted: {answer.text}")

    def notifies(self, name: str) -> None:
        """Have the function publish an event to a person."""
        event = {"owner": self.own(name).split("/")[2], "text": "hello"}
        answer = self.functions.invoke(FunctionName=self.notifier, Payload=json.dumps(event))
        response = json.load(answer["Payload"])
        expect(bool(response.get("successful")), f"the function returned {response}")


def applies_to(settings: ClientSettings) -> bool:
    """Return whether the story fits an app.

    Channels, a tenant, a notifying function, and no files for another story.
    """
    return (
        {"events", "notifier"} <= _custom(settings).keys()
        and "tenant" in settings.placeholders
        and "BucketName" not in settings.others
    )


@contextmanager
def assemble(settings: ClientSettings, *, endpoint_url: str, admin: boto3.Session) -> Iterator[ChannelStory]:
    """Sign every user up and in, each with their tenant and group; the users stay for the next run.

    Raises:
        ValueError: If a user of the story exists with another password.
    """
    app, administration = (
        AppClient(settings, endpoint_url=endpoint_url),
        LocalStoryAdministration.of(endpoint_url, admin),
    )
    pool: Any = admin.client("cognito-idp", endpoint_url=endpoint_url)
    callers: dict[str, Caller] = {GUEST: app.guest()}
    for name, tenant in TENANTS.items():
        address = _ADDRESS.format(name.lower())
        ensure_signed_up(app, address, administration)
        known = {"UserPoolId": settings.user_pool_id, "Username": address}
        if tenant:
            pool.admin_update_user_attributes(**known, UserAttributes=[{"Name": "custom:tenant", "Value": tenant}])
        if name == EDITOR:
            pool.admin_add_user_to_group(**known, GroupName="editors")
        callers[name] = sign_in(app, address, administration.password)
    custom = _custom(settings)
    functions = admin.client("lambda", endpoint_url=endpoint_url)
    yield ChannelStory(url=custom["events"]["url"], callers=callers, notifier=custom["notifier"], functions=functions)


def _custom(settings: ClientSettings) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(settings.others.get("customOutputs", "{}")).get("custom", {})
    return found


def _token(caller: Caller, credentials: str) -> str:
    if not isinstance(caller, User):
        return "a guest has none"
    if credentials == "access":
        return caller.tokens.access_token
    return caller.tokens.id_token + ("x" if credentials == "forged" else "")


def _row(
    who: str, what: str, channel: str | Callable[[ChannelStory], str], *, may: bool, credentials: str = "signed"
) -> Row:
    def call(newsroom: ChannelStory) -> None:
        newsroom.sends(who, channel if isinstance(channel, str) else channel(newsroom), credentials=credentials)

    return allowed(who, what, call) if may else refused(who, what, call, codes=_REFUSED)


def _news() -> list[Row]:
    rows = [_row(who, "sends news", "/news/today", may=who == EDITOR) for who in (GUEST, *TENANTS)]
    closed = "sends to a channel that no rule names"
    return [*rows, _row(EDITOR, closed, "/nowhere/x", may=False)]


def _own() -> list[Row]:
    rows = [
        _row(who, f"sends to {_whose(name, who)} channel", partial(_own_channel, name), may=who == name)
        for who in (GUEST, *TENANTS)
        for name in TENANTS
    ]
    for credentials, words in (("token", "with a token"), ("nothing", "without a signature")):
        rows.append(
            _row(
                "Ann",
                f"sends to their own channel {words}",
                partial(_own_channel, "Ann"),
                may=False,
                credentials=credentials,
            )
        )
    sends = (allowed(NOTIFIER, f"sends to {name}'s channel", partial(_notifies, name)) for name in TENANTS)
    return [*rows, *sends]


def _own_channel(name: str, newsroom: ChannelStory) -> str:
    return newsroom.own(name)


def _whose(name: str, who: str) -> str:
    return "their own" if who == name else f"{name}'s"


def _notifies(name: str, newsroom: ChannelStory) -> None:
    newsroom.notifies(name)


def _companies() -> list[Row]:
    sender = EDITOR, TENANTS[EDITOR]
    rows = [
        _row(
            who,
            f"sends to {tenant}'s board",
            f"/tenants/{tenant}/board",
            may=(who, tenant) == sender,
            credentials="token",
        )
        for who in (GUEST, *TENANTS)
        for tenant in ("acme", "bolt")
    ]
    for credentials, words in (("access", "an access token"), ("forged", "a forged token"), ("signed", "a signature")):
        rows.append(
            _row(
                EDITOR, f"sends to acme's board with {words}", "/tenants/acme/board", may=False, credentials=credentials
            )
        )
    return rows


CHAPTERS: Final[dict[str, Callable[[], list[Row]]]] = {
    "News": _news,
    "Own channels": _own,
    "Channels of companies": _companies,
}
"""The chapters of the story, in order."""
