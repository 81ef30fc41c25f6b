"""Memberships on an in-memory table and user pool, behind an HTTP API."""

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, Final

import pytest
from memberships import data, directory, handler, logic

CLAIM_FORM: Final = "[a-z0-9-]{3,36}"
POOL: Final = "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Pool"
SETTINGS: Final = logic.Settings(form=CLAIM_FORM, roles=frozenset({"admins", "auditors"}), administrators="admins")
Call = Callable[..., tuple[int, Any]]


class _CanceledError(Exception):
    def __init__(self, codes: list[str]) -> None:
        super().__init__("canceled")
        self.response = {"CancellationReasons": [{"Code": code} for code in codes]}


class Table:
    """Does what DynamoDB does for the requests of `data`."""

    name = "memberships"

    def __init__(self) -> None:
        self.items: dict[tuple[str, str], dict[str, Any]] = {}
        self.consistent: list[bool] = []
        self.page = 2
        """How many items an answer holds, so that every reader has to ask for more."""
        exceptions = SimpleNamespace(TransactionCanceledException=_CanceledError)
        client = SimpleNamespace(exceptions=exceptions, transact_write_items=self._transact)
        self.meta = SimpleNamespace(client=client)

    def query(self, **request: Any) -> dict[str, Any]:
        [attribute, value] = request["KeyConditionExpression"].get_expression()["values"]
        assert 0 < len(value) <= 2048, "DynamoDB refuses such a key"
        self.consistent.append(request.get("ConsistentRead", False))
        assert request.get("IndexName") == ("by-tenant" if attribute.name == "tenant" else None)
        order = ("person", "entry") if attribute.name == "person" else ("tenant", "person")
        rows = sorted(
            (i for i in self.items.values() if i.get(attribute.name) == value), key=lambda i: str(i[order[1]])
        )
        start = request.get("ExclusiveStartKey")
        rest = [row for row in rows if start is None or str(row[order[1]]) > start[order[1]]]
        page = rest[: min(self.page, request.get("Limit", self.page))]
        last = {name: page[-1][name] for name in {*order, "person", "entry"}} if len(rest) > len(page) else None
        return {"Items": page, **({"LastEvaluatedKey": last} if last else {})}

    def delete_item(self, *, Key: dict[str, str]) -> None:
        self.items.pop((Key["person"], Key["entry"]), None)

    def _transact(self, *, TransactItems: list[dict[str, Any]]) -> None:
        operations = [(kind, body) for item in TransactItems for kind, body in item.items()]
        held = [_holds(self._at(body), body) for _, body in operations]
        if not all(held):
            raise _CanceledError(["None" if each else "ConditionalCheckFailed" for each in held])
        for kind, body in operations:
            assert body["TableName"] == self.name
            key = _key(body)
            if kind == "Put":
                self.items[key] = dict(body["Item"])
            elif kind == "Delete":
                del self.items[key]
            elif kind == "Update":
                values = body["ExpressionAttributeValues"]
                if body["UpdateExpression"] == "SET #role = :to":
                    self.items[key]["role"] = values[":to"]
                else:
                    assert body["UpdateExpression"] == "SET admins = admins + :step"
                    self.items[key]["admins"] += values[":step"]
            else:
                assert kind == "ConditionCheck"

    def _at(self, body: dict[str, Any]) -> dict[str, Any] | None:
        return self.items.get(_key(body))


def _key(body: dict[str, Any]) -> tuple[str, str]:
    key = body.get("Key") or body["Item"]
    return key["person"], key["entry"]


def _holds(item: dict[str, Any] | None, body: dict[str, Any]) -> bool:
    values = body.get("ExpressionAttributeValues", {})
    match body.get("ConditionExpression"):
        case None:
            return True
        case "attribute_not_exists(person)":
            return item is None
        case "attribute_exists(person)":
            return item is not None
        case "#role = :role":
            return item is not None and item["role"] == values[":role"]
        case "admins > :least":
            return item is not None and item["admins"] > values[":least"]
        case other:
            raise AssertionError(other)


class _NoUserError(Exception):
    pass


class _ExistsError(Exception):
    pass


class _InvalidError(Exception):
    pass


class _RefusedByFunctionError(Exception):
    pass


class Users:
    """Does what Cognito does for the requests of `directory`."""

    exceptions = SimpleNamespace(
        UserNotFoundException=_NoUserError,
        UsernameExistsException=_ExistsError,
        InvalidParameterException=_InvalidError,
        UserLambdaValidationException=_RefusedByFunctionError,
    )

    def __init__(self) -> None:
        self.known: dict[str, dict[str, str]] = {}
        self.signed_out: list[str] = []
        self.invited: list[str] = []
        self.unused: set[str] = set()

    def join(self, name: str, **attributes: str) -> str:
        sub = f"sub-{len(self.known)}"
        self.known[name] = {"sub": sub, "email": name, "email_verified": "true", **attributes}
        return self.known[name]["sub"]

    def admin_get_user(self, *, UserPoolId: str, Username: str) -> dict[str, Any]:
        assert UserPoolId == "pool"
        if Username not in self.known:
            raise _NoUserError
        held = self.known[Username]
        status = "FORCE_CHANGE_PASSWORD" if Username in self.unused else "CONFIRMED"
        return {"Username": f"name-of-{held['sub']}", "UserAttributes": _listed(held), "UserStatus": status}

    def list_users(self, *, UserPoolId: str, Filter: str, Limit: int) -> dict[str, Any]:
        assert (UserPoolId, Limit) == ("pool", 1)
        found = [each["sub"] for each in self.known.values() if Filter == f'sub = "{each["sub"]}"']
        return {"Users": [{"Username": f"name-of-{sub}"} for sub in found]}

    def admin_create_user(self, **request: Any) -> dict[str, Any]:
        email = request["Username"]
        for word, error in (("taken", _ExistsError), ("odd", _InvalidError), ("foreign", _RefusedByFunctionError)):
            if email.startswith(word):
                raise error
        assert request == {
            "UserPoolId": "pool",
            "Username": email,
            "UserAttributes": _listed({"email": email, "email_verified": "true"}),
            "DesiredDeliveryMediums": ["EMAIL"],
        }
        self.join(email)
        self.invited.append(email)
        self.unused.add(email)
        held = self.known[email]
        return {"User": {"Username": f"name-of-{held['sub']}", "Attributes": _listed(held)}}

    def admin_user_global_sign_out(self, *, UserPoolId: str, Username: str) -> None:
        assert UserPoolId == "pool"
        if Username == "gone":
            raise _NoUserError
        self.signed_out.append(Username)


def _listed(attributes: dict[str, str]) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in attributes.items()]


@pytest.fixture(autouse=True)
def table(monkeypatch: pytest.MonkeyPatch) -> Table:
    table = Table()
    monkeypatch.setattr(data, "_table", lambda: table)
    return table


@pytest.fixture(autouse=True)
def users(monkeypatch: pytest.MonkeyPatch) -> Users:
    users = Users()
    monkeypatch.setattr(directory, "_users", lambda: users)
    monkeypatch.setenv("USER_POOL_ID", "pool")
    return users


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, events: Any) -> Call:
    """Send a request as a user, by route and path parameters."""
    monkeypatch.setattr(handler, "_SETTINGS", SETTINGS)

    def send(who: str, route: str, body: Any = None, *, after: str | None = None, **path: str) -> tuple[int, Any]:
        event = events.http_iam(role="AuthenticatedRole", amr=["authenticated", f"{POOL}:CognitoSignIn:{who}"])
        event |= {
            "routeKey": route,
            "pathParameters": path or None,
            "queryStringParameters": {"after": after} if after else None,
            "body": body if isinstance(body, str) or body is None else json.dumps(body),
        }
        answer = handler.handler(event, None)
        return answer["statusCode"], json.loads(answer["body"]) if answer["body"] else None

    return send
