"""Objects of kept buckets: each change is written atomically before the response, or the request fails.

Stock MiniStack replaces an object's file and its sidecar one after the other, and on a full disk logs a warning but
answers 200 (measured on 1.5.33).
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from ministack.services import s3

from .atomic_bucket_files import KeptFiles
from .ministack_interface import expect_attributes, expect_parameters

_CHANGES: Final = {
    "_persist_object": ("bucket", "key", "obj"),
    "_persist_delete_marker": ("bucket_name", "key", "marker"),
    "_persist_version_state": ("bucket_name", "key", "bucket"),
    "_delete_persisted_object": ("bucket_name", "key"),
}
"""The functions that change an object's two files, with their parameters."""


def check() -> None:
    """Refuse a MiniStack that keeps objects differently."""
    for name, parameters in _CHANGES.items():
        expect_parameters(getattr(s3, name), *parameters)
    expect_parameters(s3._object_disk_path, "bucket", "key", "account_id")
    expect_parameters(s3._atomic_write, "fpath", "data", "text")
    expect_attributes(s3, "S3_PERSIST", "DATA_DIR")


def install() -> None:
    """Override how an object's files are written, if state is kept."""
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
            # MiniStack releases the body once it is on disk, and only logs a failed write.
            if stock.__name__ == "_persist_object" and isinstance(rest[0], dict) and rest[0].get("body") is not None:
                raise OSError(f"{bucket}/{key} could not be written to {os.path.dirname(place)}")  # noqa: PTH120 - the path is MiniStack's text

    change.__name__ = stock.__name__
    return change
