"""User with a file and a row, by which level 2 detects the effects of an update on users and their data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from constructs_lib.client import AppClient
from constructs_lib.verify.passwords import password
from constructs_lib.verify.settling import settled
from constructs_lib.verify.story_administration import StoryObserver

if TYPE_CHECKING:
    from constructs_lib.client import User
    from constructs_lib.verify.context import Context

_TEXT = "kept"


@dataclass(frozen=True, slots=True)
class ProbeUser:
    """A signed-up user whose file and row were written before a change.

    The domain of the address receives no mail.
    """

    context: Context
    username: str
    secret: str

    @classmethod
    def make(cls, context: Context, name: str) -> Self:
        """Create the user, and write a file and a row as that user. No e-mail is sent."""
        settings = context.settings
        client: Any = context.session.client("cognito-idp")
        username, secret = f"{name}@example.com", password()
        client.admin_create_user(
            UserPoolId=settings.user_pool_id,
            Username=username,
            MessageAction="SUPPRESS",
            UserAttributes=[{"Name": "email", "Value": username}, {"Name": "email_verified", "Value": "true"}],
        )
        client.admin_set_user_password(
            UserPoolId=settings.user_pool_id, Username=username, Password=secret, Permanent=True
        )
        probe_user = cls(context, username, secret)
        settled(probe_user._write, local=context.run.local)
        return probe_user

    def losses(self) -> str:
        """Return a description of the user's lost data; empty if nothing is lost.

        Raises:
            ClientError: If the user can no longer sign in, or is refused access to their own data.
        """
        settings = self.context.settings
        user = self._signed_in()
        bucket, table = settings.other("BucketName"), settings.other("NotesTableName")
        kept = user.session().client("s3").get_object(Bucket=bucket, Key=self._file(user))["Body"].read().decode()
        if kept != _TEXT:
            return f"the file contains {kept!r}, not {_TEXT!r}"
        key = {"owner": {"S": user.identity_id}, "note_id": {"S": "1"}}
        row = user.session().client("dynamodb").get_item(TableName=table, Key=key).get("Item", {})
        return "" if row.get("text") == {"S": _TEXT} else f"the row is {row}"

    def _write(self) -> None:
        settings = self.context.settings
        user = self._signed_in()
        bucket, table = settings.other("BucketName"), settings.other("NotesTableName")
        user.session().client("s3").put_object(Bucket=bucket, Key=self._file(user), Body=_TEXT.encode())
        row = {"owner": {"S": user.identity_id}, "note_id": {"S": "1"}, "text": {"S": _TEXT}}
        user.session().client("dynamodb").put_item(TableName=table, Item=row)

    def _signed_in(self) -> User:
        context = self.context
        app = AppClient(context.settings, endpoint_url=context.endpoint_url, observer=StoryObserver(context))
        return app.sign_in(self.username, self.secret)

    def _file(self, user: User) -> str:
        return f"private/{user.identity_id}/witness.txt"
