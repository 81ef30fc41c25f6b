"""Users of two tenants: signed up, invited by the tenants' administrators, each with one active tenant."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import boto3

from constructs_lib.client import AppClient, Caller, ClientSettings, User
from constructs_lib.client.caller import Tokens
from constructs_lib.local.mailbox import Mailbox
from constructs_lib.story.administration import PASSWORD, LocalStoryAdministration
from constructs_lib.story.refusals import Refused, error_code
from constructs_lib.story.row import expect
from constructs_lib.story.users import ensure_signed_up, sign_in

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table
    from mypy_boto3_s3 import S3Client

NEEDS: Final = ("BucketName", "ProjectsTableName", "ApiUrl")
"""The stack outputs that the story needs."""
TENANTS: Final = ("acme", "bolt")
FOUNDERS: Final = {"Ada": "acme", "Bea": "bolt"}
MEMBERS: Final = {"Alan": ("acme",), "Ben": ("bolt",), "Dora": TENANTS}
"""The tenants into which administrators invite each user; the first is the active one."""
WITHOUT_TENANT: Final = "Nora"
USER_NAMES: Final = (*FOUNDERS, *MEMBERS, WITHOUT_TENANT)
"""Every user who signs in."""
GUEST: Final = "Guest"
_CONFLICT: Final = "409"


class Colleague:
    """A person of the story with their clients.

    Attributes:
        caller: The person as a caller of the client library.
        table_name: The table of projects.
    """

    def __init__(self, caller: Caller, table_name: str) -> None:
        """Create the clients of a caller."""
        self.caller = caller
        self.table_name = table_name

    @property
    def owner(self) -> str:
        """The value of `{owner}`; for a guest, a value that belongs to no user."""
        return self.caller.value("owner") if isinstance(self.caller, User) else "guest"

    @cached_property
    def s3(self) -> "S3Client":
        """The person's S3 client."""
        return self.caller.session().client("s3")

    @cached_property
    def projects(self) -> "Table":
        """The table of projects with the person's credentials."""
        return self.caller.session().resource("dynamodb").Table(self.table_name)


@dataclass(frozen=True, kw_only=True, slots=True)
class Company:
    """Users and resources that the rows refer to.

    Attributes:
        app: A client without a signed-in user.
        colleagues: Every user by name, including a guest.
        mailbox: The messages that were sent.
        newcomer: The address of a user without an account before the story.
        bucket: The bucket's name.
        api: The API's address, without a closing slash.
    """

    app: AppClient
    colleagues: Mapping[str, Colleague]
    mailbox: Mailbox
    newcomer: str
    bucket: str
    api: str

    def request(self, who: str, method: str, path: str, body: Any = None) -> Any:
        """Call a route as a person and return the response.

        Raises:
            Refused: With the status, for any status but success.
        """
        return _answer(self.colleagues[who].caller, method, self.api + path, body)

    def accept(self) -> User:
        """Sign the newcomer in with the temporary password of their invitation, and set a new one."""
        text = self.mailbox.letters(self.newcomer)[-1].body
        challenge = self.app.answer_to_password(self.newcomer, text.rpartition("password is ")[2].removesuffix("."))
        expect(
            challenge.get("ChallengeName") == "NEW_PASSWORD_REQUIRED",
            "an invited user was not asked for a new password",
        )
        answer = self.app.cognito.respond_to_auth_challenge(
            ClientId=self.app.settings.user_pool_client_id,
            ChallengeName="NEW_PASSWORD_REQUIRED",
            Session=challenge["Session"],
            ChallengeResponses={"USERNAME": self.newcomer, "NEW_PASSWORD": PASSWORD},
        )
        return User(self.app, self.newcomer, Tokens.from_result(answer["AuthenticationResult"]))


@contextmanager
def assemble(settings: ClientSettings, *, endpoint_url: str, admin: boto3.Session) -> Iterator[Company]:
    """Sign every user up and in, create the tenants, and put a file into every folder that a user may own.

    The tenants and all users but the newcomer stay, so that the story can run again. The administrator's session puts
    the files.

    Raises:
        ValueError: The API does not respond like that of `Memberships`, or a user of the story exists with
            another password.
    """
    bucket, table, api = (settings.other(name).rstrip("/") for name in NEEDS)
    app, administration = (
        AppClient(settings, endpoint_url=endpoint_url),
        LocalStoryAdministration.of(endpoint_url, admin),
    )
    users = {name: _user(app, administration, name) for name in USER_NAMES}
    for founder, tenant in FOUNDERS.items():
        _unless_done(users[founder], "POST", f"{api}/tenants", {"tenant": tenant})
        _work_in(users[founder], api, tenant)
    for name, tenants in MEMBERS.items():
        for tenant in tenants:
            administrator = next(each for each, founded in FOUNDERS.items() if founded == tenant)
            role = "member" if tenant == tenants[0] else "admins"
            invitation = {"email": users[name].username, "role": role}
            _unless_done(users[administrator], "POST", f"{api}/tenants/{tenant}/members", invitation)
        _work_in(users[name], api, tenants[0])
    colleagues = {name: Colleague(caller, table) for name, caller in (*users.items(), (GUEST, app.guest()))}
    _put_files(admin.client("s3", endpoint_url=endpoint_url), bucket, colleagues.values())
    newcomer = f"newcomer-{uuid4().hex[:8]}@example.com"
    try:
        yield Company(
            app=app, colleagues=colleagues, mailbox=administration.mailbox, newcomer=newcomer, bucket=bucket, api=api
        )
    finally:
        pool = admin.client("cognito-idp", endpoint_url=endpoint_url)
        with suppress(pool.exceptions.UserNotFoundException):
            pool.admin_delete_user(UserPoolId=settings.user_pool_id, Username=newcomer)


def _user(app: AppClient, administration: LocalStoryAdministration, name: str) -> User:
    address = f"{name.lower()}@example.com"
    ensure_signed_up(app, address, administration)
    return sign_in(app, address, administration.password)


def _unless_done(who: User, method: str, url: str, body: Any) -> None:
    """Call a route, and accept that an earlier run has made the change already."""
    try:
        _answer(who, method, url, body)
    except Refused as refused:
        if refused.code != _CONFLICT:
            raise ValueError(
                f"{who.username} cannot {method} {url}: {refused.code}. The story of tenants needs the example's "
                "app: an API with the routes of `Memberships`, with `founders=[allow.authenticated]` and the role "
                "'admins'"
            ) from refused


def _work_in(who: User, api: str, tenant: str) -> None:
    _answer(who, "PUT", f"{api}/memberships/active", {"tenant": tenant})
    who.renew_tokens()


def _answer(who: Caller, method: str, url: str, body: Any) -> Any:
    answer = who.request(method, url, json_body=body)
    if not answer.ok:
        raise Refused(error_code(answer))
    return answer.json() if answer.text else None


def _put_files(s3: "S3Client", bucket: str, colleagues: Any) -> None:
    places = [f"tenants/{tenant}/{place}" for tenant in TENANTS for place in ("shared", *_folders(colleagues))]
    for place in ("public", *places):
        s3.put_object(Bucket=bucket, Key=f"{place}/x", Body=b"x")


def _folders(colleagues: Any) -> list[str]:
    return [f"people/{each.owner}" for each in colleagues]
