"""Photos: each user uploads their own, an album lists them, and published photos are visible to everyone."""

from pathlib import Path

from aws_cdk import Stack
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from constructs_lib.access import allow
from constructs_lib.auth import Auth, Group
from constructs_lib.client import ClientConfig
from constructs_lib.database import Index, OwnedTable
from constructs_lib.functions import PythonFunction
from constructs_lib.storage import Storage, presets

PHOTOS = Path(__file__).parent / "lambda_src" / "photos"


class MyAppStack(Stack):
    """Photos of users, an album of rows about them, and a gallery for guests.

    Args:
        scope: The app.
        id: The stack's ID.
        local: Whether it is for the local cloud, whose functions run on this machine.
    """

    def __init__(self, scope: Construct, id: str, *, local: bool) -> None:
        super().__init__(scope, id)
        auth = Auth(self, "Auth", guests=True, groups=[Group("moderators")])
        # Callers who know the owner's ID read a photo; only the owner changes it.
        photos = Storage(
            self, "Photos", auth=auth, access=presets.protected(guests=True), cors_origins=["http://localhost:5173"]
        )
        album = OwnedTable(
            self,
            "Album",
            auth=auth,
            sort_key="photo",
            access=[allow.owner.to("read"), allow.owner.to("write", attributes=["title", "published"])],
            partitions={
                "gallery": [
                    allow.guest.to("read"),
                    allow.authenticated.to("read"),
                    allow.group("moderators").to("delete"),
                ]
            },
            indexes=[Index("by-date", sort_key="uploaded_at")],
            stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
        )
        uploads, gallery = (
            PythonFunction(
                self,
                name,
                entry=PHOTOS,
                handler=f"{name.lower()}.py:handler",
                environment={"ALBUM_TABLE": album.table.table_name},
                platform="local" if local else "lambda",
            )
            for name in ("Uploads", "Gallery")
        )
        album.grant(uploads, "write", "delete")
        album.grant(gallery, "write", "delete")
        photos.on_upload("Uploaded", uploads, folder="protected/{owner}/*")
        photos.on_delete("Deleted", uploads, folder="protected/{owner}/*")
        album.on_change("Changed", gallery)
        ClientConfig(self, auth=auth, storage=[photos], custom={"AlbumTableName": album.table.table_name})
