"""Objects of kept buckets: each change is on disk before it is answered, whole, and an error when it cannot be.

Stock MiniStack replaces an object's file and its sidecar one after the other, and logs a full disk as a warning while
it answers 200 (measured on 1.5.33).
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from ministack.services import s3

from .kept_files import KeptFiles
from .surface import expect_attributes, expect_parameters

_CHANGES: Final = {
    "_persist_object": ("bucket", "key", "obj"),
    "_persist_delete_marker": ("bucket_name", "key", "marker"),
    "_persist_version_state": ("bucket_name", "key", "bucket"),
    "_delete_persisted_object": ("bucket_name", "key"),
}
"""What changes an object's two files, with the parameters."""


def check() -> None:
    """Refuse a MiniStack that keeps objects otherwise."""
    for name, parameters in _CHANGES.items():
        expect_parameters(getattr(s3, name), *parameters)
    expect_parameters(s3._object_disk_path, "bucket", "key", "account_id")
    expect_parameters(s3._atomic_write, "fpath", "data", "text")
    expect_attributes(s3, "S3_PERSIST", "DATA_DIR")


def install() -> None:
    """Override how files are written and which belong together, where anything is kept."""
    if not s3.S3_PERSIST:
        return
    files = KeptFiles(Path(s3.DATA_DIR).parent)

    def atomic_write(fpath: str, data: bytes, *, text: bool = False) -> None:
        del text
        files.write(fpath, data)

    s3._atomic_write = atomic_write
    for name in _CHANGES:
        setattr(s3, name, _whole(files, getattr(s3, name)))


def _whole(files: KeptFiles, stock: Callable[..., None]) -> Callable[..., None]:
    def change(bucket: str, key: str, *rest: Any) -> None:
        place = s3._object_disk_path(bucket, key)
        if place is None:
            stock(bucket, key, *rest)
            return
        with files.changing(place):
            stock(bucket, key, *rest)
            # MiniStack lets go of the body once it is on disk, and only logs when it cannot be written.
            if stock.__name__ == "_persist_object" and isinstance(rest[0], dict) and rest[0].get("body") is not None:
                raise OSError(f"{bucket}/{key} could not be written to {os.path.dirname(place)}")  # noqa: PTH120 - the path is MiniStack's text

    change.__name__ = stock.__name__
    return change
