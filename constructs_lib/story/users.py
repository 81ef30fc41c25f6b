"""Users of the story, signed up and signed in at the user pool."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from uuid import uuid4

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from constructs_lib.client import AppClient, Caller, ClientSettings, User
from constructs_lib.story.administration import LocalStoryAdministration, StoryAdministration
from constructs_lib.story.intruders import Intruders, intruders

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

EDITORS = "editors"

_S3 = Config(signature_version="s3v4", s3={"addressing_style": "path"})
"""Presigned URLs with the signature version that every region accepts; boto3 still uses the old one for some."""


class Person:
    """A person of the story with the two clients that the rows use.

    Attributes:
        caller: The person as a caller of the client library.
        owner: The value of `{owner}`.
    """

    def __init__(self, caller: Caller, owner: str) -> None:
        """Create the clients of a caller."""
        self.caller = caller
        self.owner = owner

    @property
    def folder(self) -> str:
        """The prefix of their private folder."""
        return f"private/{self.owner}/"

    @cached_property
    def s3(self) -> "S3Client":
        """The person's S3 client."""
        return self.caller.session().client("s3", config=_S3)

    @cached_property
    def dynamodb(self) -> "DynamoDBClient":
        """The person's DynamoDB client."""
        return self.caller.session().client("dynamodb")


class Member(Person):
    """A person who has signed in."""

    caller: User


@dataclass(frozen=True, kw_only=True, slots=True)
class Cast:
    """Users and resources that the rows refer to.

    Attributes:
        settings: The app, with the stack's outputs.
        app: A client without a signed-in user.
        alice: A user with data.
        bob: Another user with data.
        editor: A user in the group `editors`.
        editors_role: The ARN of the role that the group's members get.
        guest: A caller who has not signed in.
        administration: Confirms users, and has their password.
        newcomer: The address of a user who signs up during the story.
        intruders: Tokens and credentials that must grant no access.
        bucket: The bucket's name; this and the following are empty if the stack does not output them.
        table: The table's name.
        owner_key: The name of the table's partition key.
        api: The API's address, without a closing slash.
    """

    settings: ClientSettings
    app: AppClient
    alice: Member
    bob: Member
    editor: Member
    editors_role: str
    guest: Person
    administration: StoryAdministration
    newcomer: str
    intruders: Intruders
    bucket: str
    table: str
    owner_key: str
    api: str


@contextmanager
def assemble(
    settings: ClientSettings,
    *,
    endpoint_url: str | None,
    admin: boto3.Session,
    administration: StoryAdministration | None = None,
) -> Iterator[Cast]:
    """Sign every user up and in, and delete at the end the resources that only the story needs.

    Alice, Bob and the editor stay, with their data: a page served against the local cloud can sign in as them.

    Args:
        settings: The app.
        endpoint_url: The local cloud. None: AWS, which requires `administration`.
        admin: An administrator's session there: puts the editor into the group, and prepares the intruders.
        administration: Confirms users, and has their password. None: the local cloud's.

    Raises:
        ValueError: If the user pool has no group `editors`, or a user of the story exists with another password.
    """
    table, api = (settings.others.get(name, "") for name in ("NotesTableName", "ApiUrl"))
    on_local_cloud = administration is None
    if administration is None:
        if endpoint_url is None:
            raise ValueError("endpoint_url=None means AWS, where no mailbox can be read: pass administration")
        administration = LocalStoryAdministration.of(endpoint_url, admin)
    app = AppClient(settings, endpoint_url=endpoint_url, observer=administration.observer)
    idp = admin.client("cognito-idp", endpoint_url=endpoint_url)
    editors = _editors(idp, settings.user_pool_id)

    def member(name: str, *groups: str) -> Member:
        address = f"{name}@example.com"
        ensure_signed_up(app, address, administration)
        for group in groups:
            idp.admin_add_user_to_group(UserPoolId=settings.user_pool_id, Username=address, GroupName=group)
        user = sign_in(app, address, administration.password)
        return Member(user, user.value("owner"))

    with ExitStack() as cleanup:
        if on_local_cloud and api:
            cleanup.enter_context(_starting_function(app, f"{api.rstrip('/')}/shares"))
        alice, bob, editor = member("alice"), member("bob"), member("editor", EDITORS)
        guest = app.guest()
        newcomer = f"newcomer-{uuid4().hex[:8]}@example.com"
        cleanup.callback(_delete_user, idp, settings.user_pool_id, newcomer)
        yield Cast(
            settings=settings,
            app=app,
            alice=alice,
            bob=bob,
            editor=editor,
            editors_role=editors,
            guest=Person(guest, guest.identity_id),
            administration=administration,
            newcomer=newcomer,
            intruders=cleanup.enter_context(intruders(app, alice.caller, admin=admin, administration=administration)),
            bucket=settings.others.get("BucketName", ""),
            table=table,
            owner_key=_partition_key(admin.client("dynamodb", endpoint_url=endpoint_url), table) if table else "",
            api=api.rstrip("/"),
        )


def _editors(idp: "CognitoIdentityProviderClient", pool_id: str) -> str:
    try:
        return idp.get_group(UserPoolId=pool_id, GroupName=EDITORS)["Group"]["RoleArn"]
    except idp.exceptions.ResourceNotFoundException as error:
        raise ValueError(
            f"the story does not fit this stack, because its user pool has no group {EDITORS!r}; use `cognito-app "
            "console`, whose page calls any app"
        ) from error


@contextmanager
def _starting_function(app: AppClient, address: str) -> Iterator[None]:
    """Call a route as a guest while users sign up: its function starts meanwhile, which takes half a second."""

    def call() -> None:
        # If guests have no access to it, the story's first call starts the function.
        with suppress(BotoCoreError, ClientError, OSError):
            app.guest().request("GET", address)

    calling = threading.Thread(target=call)
    calling.start()
    try:
        yield
    finally:
        calling.join()


def _partition_key(dynamodb: "DynamoDBClient", table: str) -> str:
    schema = dynamodb.describe_table(TableName=table)["Table"]["KeySchema"]
    return next(key["AttributeName"] for key in schema if key["KeyType"] == "HASH")


def _delete_user(idp: "CognitoIdentityProviderClient", pool_id: str, name: str) -> None:
    with suppress(idp.exceptions.UserNotFoundException):
        idp.admin_delete_user(UserPoolId=pool_id, Username=name)


def ensure_signed_up(app: AppClient, address: str, administration: StoryAdministration) -> None:
    """Sign a user up, unless an earlier run has."""
    try:
        app.sign_up(address, administration.password)
    except app.cognito.exceptions.UsernameExistsException:
        return
    administration.confirm(app, address)


def sign_in(app: AppClient, address: str, password: str) -> User:
    """Sign in a user of the story.

    Raises:
        ValueError: For a user who exists with another password.
    """
    try:
        return app.sign_in(address, password)
    except ClientError as error:
        raise ValueError(
            f"{address} exists but cannot sign in with the story's password ({error}): "
            f"delete that user, or start again with `cognito-app down --delete-state` and `cognito-app up`"
        ) from error
