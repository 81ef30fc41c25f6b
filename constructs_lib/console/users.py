"""User pages: sign-up, confirmation, groups, attributes, the inbox, and signing in as a user."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.client import AppClient

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from constructs_lib.console.pages import Fields, Pages
    from constructs_lib.console.state import ConsoleState

SHOWN: Final = 200
"""The maximum number of users, and of messages, on a page."""
_PASSWORD: Final = "Correct-horse-1"  # noqa: S105 - proposed for users that live in the local cloud only
_OF_ITSELF: Final = frozenset({"sub", "identities"})
"""Attributes that the user pool sets and that cannot be changed."""
_ATTRIBUTE: Final = "attribute:"


@dataclass(frozen=True, kw_only=True, slots=True)
class PoolUser:
    """A user of the user pool.

    Attributes:
        name: The user name.
        status: The status, as Cognito names it.
        enabled: Whether the account is enabled.
        attributes: The attributes, by name.
        groups: The groups.
    """

    name: str
    status: str
    enabled: bool
    attributes: Mapping[str, str]
    groups: tuple[str, ...]

    @property
    def label(self) -> str:
        """The display name."""
        attributes = self.attributes
        return attributes.get("email") or attributes.get("phone_number") or self.name

    @property
    def own(self) -> dict[str, str]:
        """The attributes that can be changed."""
        return {name: value for name, value in self.attributes.items() if name not in _OF_ITSELF}


def routes(state: ConsoleState, pages: Pages) -> list[Route]:
    """Return the routes."""
    pool_users = _UserPool(state)

    def all_users(request: Request, _: Fields) -> Response:
        letters = state.cloud.mailbox.letters()[-SHOWN:][::-1]
        return pages.render(
            request, "people.html", users=pool_users.all_users(), required=pool_users.required(), password=_PASSWORD,
            letters=letters, most=SHOWN,
        )  # fmt: skip

    def one(request: Request, fields: Fields) -> Response:
        person = pool_users.person(fields.get("name", ""))
        letters = [each for each in state.cloud.mailbox.letters() if each.to in person.attributes.values()]
        codes = [code for each in letters for code in each.codes]
        return pages.render(
            request, "person.html", person=person, groups=pool_users.groups(), user=state.caller(person.name),
            password=state.passwords.get(person.name, ""), code=codes[-1] if codes else "",
        )  # fmt: skip

    def action(name: str, act: Any, back: str = "person") -> Route:
        return pages.action(f"/people/{name}", act, name=name, back=back)

    return [
        pages.page("/people", all_users, name="people"),
        pages.page("/people/person", one, name="person"),
        action("sign-up", pool_users.sign_up, "people"),
        action("create", pool_users.create, "people"),
        action("confirm", pool_users.confirm),
        action("group", pool_users.change_group),
        action("attributes", pool_users.change_attributes),
        action("become", pool_users.become),
    ]


class _UserPool:
    """The users of the app's user pool."""

    def __init__(self, state: ConsoleState) -> None:
        self._state = state

    @property
    def _pool(self) -> str:
        return self._state.app().user_pool_id

    @property
    def _idp(self) -> Any:
        return self._state.client("cognito-idp")

    def all_users(self) -> list[PoolUser]:
        """Return the users, in the order in which the user pool lists them."""
        pages = self._idp.get_paginator("list_users").paginate(UserPoolId=self._pool)
        users = list(islice((each for page in pages for each in page["Users"]), SHOWN))
        groups: dict[str, list[str]] = {}
        for group in self.groups():
            members = self._idp.get_paginator("list_users_in_group").paginate(UserPoolId=self._pool, GroupName=group)
            for each in (user for page in members for user in page["Users"]):
                groups.setdefault(each["Username"], []).append(group)
        return [_person(each, each["Attributes"], groups.get(each["Username"], [])) for each in users]

    def person(self, name: str) -> PoolUser:
        """Return a user by name."""
        user = self._idp.admin_get_user(UserPoolId=self._pool, Username=name)
        pages = self._idp.get_paginator("admin_list_groups_for_user").paginate(UserPoolId=self._pool, Username=name)
        groups = [each["GroupName"] for page in pages for each in page["Groups"]]
        return _person(user, user["UserAttributes"], groups)

    def groups(self) -> list[str]:
        """Return the user pool's groups."""
        pages = self._idp.get_paginator("list_groups").paginate(UserPoolId=self._pool)
        return [each["GroupName"] for page in pages for each in page["Groups"]]

    def required(self) -> list[str]:
        """Return the attributes that a sign-up must give."""
        schema = self._idp.describe_user_pool(UserPoolId=self._pool)["UserPool"].get("SchemaAttributes", [])
        return [each["Name"] for each in schema if each.get("Required") and each["Name"] not in _OF_ITSELF]

    def sign_up(self, fields: Fields) -> str:
        """Sign a user up as the app's page would."""
        address, password = fields["address"], fields["password"]
        given = _attributes(fields)
        client = AppClient(self._state.app(), endpoint_url=self._state.cloud.endpoint_url)
        sub = client.sign_up(address, password, attributes={**_by_address(address), **given})
        self._state.passwords[sub] = password
        return f"{address} has signed up; the code is in the inbox."

    def create(self, fields: Fields) -> str:
        """Create a confirmed user as an administrator."""
        address, password = fields["address"], fields["password"]
        given = {**_by_address(address), **_attributes(fields)}
        verified = {f"{name}_verified": "true" for name in ("email", "phone_number") if name in given}
        user = self._idp.admin_create_user(
            UserPoolId=self._pool, Username=address, UserAttributes=_pairs({**given, **verified}),
            MessageAction="SUPPRESS",
        )["User"]  # fmt: skip
        self._set_password(user["Username"], password)
        return f"{address} was created, and can sign in."

    def confirm(self, fields: Fields) -> str:
        """Confirm a sign-up by its code."""
        settings = self._state.app()
        AppClient(settings, endpoint_url=self._state.cloud.endpoint_url).confirm(fields["name"], fields["code"].strip())
        return f"{self.person(fields['name']).label} is confirmed."

    def change_group(self, fields: Fields) -> str:
        """Add a user to a group, or remove them."""
        where = {"UserPoolId": self._pool, "Username": fields["name"], "GroupName": fields["group"]}
        into = fields["do"] == "add"
        (self._idp.admin_add_user_to_group if into else self._idp.admin_remove_user_from_group)(**where)
        known = self._state.caller(fields["name"])
        stays = " Become them again: their tokens name the groups they had at sign-in." if known else ""
        return f"{self.person(fields['name']).label} is {'now' if into else 'no longer'} in {fields['group']}.{stays}"

    def change_attributes(self, fields: Fields) -> str:
        """Change a user's attributes as an administrator."""
        given = _attributes(fields)
        if fields.get("new"):
            given[fields["new"]] = fields.get("value", "")
        changed = {name: value for name, value in given.items() if value != self.person(fields["name"]).own.get(name)}
        if not changed:
            return "Nothing was changed."
        self._idp.admin_update_user_attributes(
            UserPoolId=self._pool, Username=fields["name"], UserAttributes=_pairs(changed)
        )
        return f"Changed: {', '.join(changed)}."

    def become(self, fields: Fields) -> str:
        """Sign in as a user; set their password first if the form requests it."""
        name, password = fields["name"], fields["password"]
        if "set" in fields:
            self._set_password(name, password)
        self._state.sign_in_as(name, password)
        self._state.passwords[name] = password
        return f"You are {self.person(name).label}: choose them in the playground to call as them."

    def _set_password(self, name: str, password: str) -> None:
        self._idp.admin_set_user_password(UserPoolId=self._pool, Username=name, Password=password, Permanent=True)
        self._state.passwords[name] = password


def _person(user: Mapping[str, Any], attributes: list[dict[str, str]], groups: list[str]) -> PoolUser:
    return PoolUser(
        name=user["Username"],
        status=user["UserStatus"],
        enabled=user["Enabled"],
        attributes={each["Name"]: each.get("Value", "") for each in attributes},
        groups=tuple(groups),
    )


def _attributes(fields: Fields) -> dict[str, str]:
    return {
        name.removeprefix(_ATTRIBUTE): value for name, value in fields.items() if name.startswith(_ATTRIBUTE) and value
    }


def _by_address(address: str) -> dict[str, str]:
    if "@" in address:
        return {"email": address}
    return {"phone_number": address} if address.startswith("+") else {}


def _pairs(attributes: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in attributes.items()]
