"""A bucket's files on CloudFront: public files for anyone, owned files for their owner only."""

from constructs_lib.cdn.private_files import PrivateFiles
from constructs_lib.cdn.public_files import PublicFiles

__all__ = ["PrivateFiles", "PublicFiles"]
