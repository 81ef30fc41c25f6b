"""A bucket's files on CloudFront: what is public to anyone, what is somebody's to its owner alone."""

from constructs_lib.cdn.private_files import PrivateFiles
from constructs_lib.cdn.public_files import PublicFiles

__all__ = ["PrivateFiles", "PublicFiles"]
