"""The people of the example for companies, and every call that somebody of them may try."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from boto3.dynamodb.conditions import Key
from botocore.exceptions import ClientError

from constructs_lib.client import Caller, User
from constructs_lib.client.caller import Tokens
from tests.examples.test_auth_examples import PASSWORD, App

TENANTS: Final = ("acme", "bolt")
DENIED: Final = frozenset({"AccessDenied", "AccessDeniedException", "403"})


@dataclass(kw_only=True)
class Person:
    """Somebody of the story.

    Attributes:
        name: What the story calls them.
        caller: The client's view of them.
        tenant: The tenant they work in; empty for nobody's.
        role: Their role there; empty without one.
    """

    name: str
    caller: Caller
    tenant: str = ""
    role: str = ""

    @property
    def sub(self) -> str:
        return self.caller.sub if isinstance(self.caller, User) else "guest"

    def renew(self) -> None:
        """Trade the refresh token for new tokens and credentials, as a client does after a choice."""
        assert isinstance(self.caller, User)
        self.caller.renew_tokens()
        self.caller = User(self.caller.app, self.caller.username, self.caller.tokens)


class Company(App):
    """The deployed example and its API."""

    def api(self, who: Person, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        answer = who.caller.request(method, self.outputs["ApiUrl"].rstrip("/") + path, json_body=body)
        return answer.status_code, answer.json() if answer.text else None

    def person(self, name: str) -> Person:
        return Person(name=name, caller=self.join(f"{name}@example.com"))

    def works_in(self, who: Person, tenant: str, role: str = "") -> None:
        assert self.api(who, "PUT", "/memberships/active", {"tenant": tenant}) == (200, {"active": tenant})
        who.renew()
        who.tenant, who.role = tenant, role

    def invite(self, admin: Person, email: str, role: str = "member") -> str:
        status, body = self.api(admin, "POST", f"/tenants/{admin.tenant}/members", {"email": email, "role": role})
        assert status == 201, body
        return str(body["person"])

    def accept(self, email: str) -> User:
        """Sign in with the temporary password of the invitation, and set one of one's own."""
        client = self.client()
        letter = self.cloud.mailbox.letters(email)[-1].body
        temporary = letter.rpartition("password is ")[2].removesuffix(".")
        asked = client.answer_to_password(email, temporary)
        answer = client.cognito.respond_to_auth_challenge(
            ClientId=client.settings.user_pool_client_id, ChallengeName="NEW_PASSWORD_REQUIRED",
            Session=asked["Session"], ChallengeResponses={"USERNAME": email, "NEW_PASSWORD": PASSWORD},
        )  # fmt: skip
        return User(client, email, Tokens.from_result(answer["AuthenticationResult"]))


def went(call: Callable[[], Any]) -> bool:
    """Return whether a call went through; anything but a refusal is an error of the test."""
    try:
        answer = call()
    except ClientError as error:
        if error.response["Error"]["Code"] not in DENIED:
            raise
        return False
    if isinstance(answer, tuple):
        assert answer[0] in {200, 403}, answer
        return bool(answer[0] == 200)
    return True


def calls(company: Company, who: Person, people: dict[str, Person]) -> Iterator[tuple[str, bool, Callable[[], Any]]]:
    """Yield everything somebody may try in both tenants, and whether they may."""
    s3, bucket = who.caller.session().client("s3"), company.outputs["BucketName"]

    def objects(what: str, prefix: str, *, reads: bool, writes: bool, deletes: bool) -> Any:
        yield f"lists {what}", reads, lambda: s3.list_objects_v2(Bucket=bucket, Prefix=prefix)
        yield f"reads {what}", reads, lambda: s3.get_object(Bucket=bucket, Key=f"{prefix}x")
        yield f"writes {what}", writes, lambda: s3.put_object(Bucket=bucket, Key=f"{prefix}x", Body=b"x")
        # Something that is not there, so that the order of calls makes no difference.
        yield f"deletes {what}", deletes, lambda: s3.delete_object(Bucket=bucket, Key=f"{prefix}gone")

    for tenant in TENANTS:
        here = who.tenant == tenant
        admin = here and who.role == "admins"
        yield from objects(
            f"{tenant}'s shared folder", f"tenants/{tenant}/shared/", reads=here, writes=here, deletes=admin
        )
        for owner in people.values():
            own = here and owner is who
            folder = f"tenants/{tenant}/people/{owner.sub}/"
            yield from objects(
                f"{owner.name}'s folder in {tenant}", folder, reads=own or admin, writes=own, deletes=own
            )
        yield from projects(company, who, tenant, here=here, admin=admin)
        members = f"/tenants/{tenant}/members"
        yield f"lists {tenant}'s members", admin, partial(company.api, who, "GET", members)
        for prefix in ("tenants/", f"tenants/{tenant}/", f"tenants/{tenant}/people/", f"tenants/{tenant}x/shared/"):
            yield f"lists {prefix}", False, partial(s3.list_objects_v2, Bucket=bucket, Prefix=prefix)
    yield "reads the news", True, lambda: s3.get_object(Bucket=bucket, Key="public/news")
    signed_in = isinstance(who.caller, User)
    yield "lists their memberships", signed_in, lambda: company.api(who, "GET", "/memberships")


def projects(
    company: Company, who: Person, tenant: str, *, here: bool, admin: bool
) -> Iterator[tuple[str, bool, Callable[[], Any]]]:
    """Yield what somebody may try with the projects of a tenant."""
    table = who.caller.session().resource("dynamodb").Table(company.outputs["ProjectsTableName"])
    row = {"tenant": tenant, "project": "x"}
    mixed: Any = {table.name: {"Keys": [{**row, "tenant": each} for each in TENANTS]}}
    yield f"lists {tenant}'s projects", here, partial(table.query, KeyConditionExpression=Key("tenant").eq(tenant))
    yield f"reads a project of {tenant}", here, partial(table.get_item, Key=row)
    yield f"writes a project of {tenant}", here, partial(table.put_item, Item=row)
    yield f"deletes a project of {tenant}", admin, partial(table.delete_item, Key={**row, "project": "gone"})
    counted = partial(company.api, who, "GET", f"/tenants/{tenant}/projects")
    yield f"counts {tenant}'s projects", here, counted
    yield "reads projects of both at once", False, partial(table.meta.client.batch_get_item, RequestItems=mixed)
    yield "reads everybody's projects", False, table.scan


def told(company: Company, who: Person, people: dict[str, Person]) -> list[str]:
    """Make every call of somebody and return those that did not go as they should."""
    return [
        f"{who.name} of {who.tenant or 'no tenant'} {what}: {'allowed' if not may else 'refused'}"
        for what, may, call in calls(company, who, people)
        if went(call) is not may
    ]
