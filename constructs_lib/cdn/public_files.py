"""Folders that anyone may get, on CloudFront."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_cloudfront as cloudfront
from constructs import Construct

from constructs_lib.access import Folder
from constructs_lib.argument_checks import checked
from constructs_lib.cdn.distribution import create_distribution
from constructs_lib.cloudfront_names import address_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_certificatemanager as acm
    from aws_cdk import aws_s3 as s3

    from constructs_lib.access.public_access import Open
    from constructs_lib.storage import Storage


@checked
class PublicFiles(Construct):
    """Shared folders of a bucket, served by CloudFront to anyone, from edge locations near them.

    The bucket stays private: its policy allows only this distribution to get objects of these folders. S3 refuses an
    address outside them, in any encoding. Uploaded content is displayed and never executed.

    CloudFront keeps a copy for a day, or as long as the object's `Cache-Control` allows: a deleted or closed file stays
    available for that time. An idle distribution costs nothing.

    ```python
    PublicFiles(self, "Cdn", storage=documents, access={"public/*": [anyone]})
    ```

    Args:
        scope: The parent construct.
        id: The construct's ID.
        storage: The storage of the folders, in the same stack, which must have created its bucket.
        access: `[anyone]` by folder, each as in the storage's own `access`. An owned folder is refused, and so is one
            that contains another folder that is not named here.
        cors_origins: Origins whose pages may read the files by script, such as `https://app.example.com`. Default: they
            may show them, in an `img` for example, as any page may.
        domain_names: Alternate domain names. They require a certificate. Default: CloudFront's own name.
        certificate: The certificate of the names, in us-east-1 regardless of the stack's region. Default: CloudFront's
            own.
        web_acl_arn: A web ACL in us-east-1. Default: no firewall.
        access_logs_bucket: The bucket for access logs, which must allow ACLs. Default: no access logs.
        price_class: The edge locations. Default: those of North America and Europe, the cheapest.

    Raises:
        ValueError: For no folder, one that the storage does not have or that has an owner, a storage of another stack
            or with an encryption key, or names without a certificate.

    Attributes:
        distribution: The distribution.
        url: Its address, without a trailing slash. A file's address is this, a slash, and its key, percent-encoded.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        storage: Storage,
        access: Mapping[str, Sequence[Open]],
        cors_origins: Sequence[str] = (),
        domain_names: Sequence[str] = (),
        certificate: acm.ICertificate | None = None,
        web_acl_arn: str | None = None,
        access_logs_bucket: s3.IBucket | None = None,
        price_class: cloudfront.PriceClass = cloudfront.PriceClass.PRICE_CLASS_100,
    ) -> None:
        super().__init__(scope, id)
        folders = _opened(storage, access)
        self.distribution = create_distribution(
            self,
            storage=storage,
            folders=folders,
            key_groups=(),
            cors_origins=cors_origins,
            domain_names=domain_names,
            certificate=certificate,
            web_acl_arn=web_acl_arn,
            access_logs_bucket=access_logs_bucket,
            price_class=price_class,
        )
        self.url = address_of(self.distribution, domain_names)


def _opened(storage: Storage, access: Mapping[str, Sequence[Open]]) -> list[Folder]:
    """Return the folders: each has no owner, and contains no other folder with rules.

    Raises:
        ValueError: With the invalid folder.
    """
    if not access:
        raise ValueError("access={} has no folder; add one, as in access={'public/*': [anyone]}")
    folders = []
    for path, who in access.items():
        folder = Folder.parse(path, [])
        if len(who) != 1:
            raise ValueError(
                f"access[{path!r}] has other callers than anyone, whom CloudFront does not authenticate; write [anyone]"
            )
        if folder not in storage.folders:
            has = ", ".join(repr(str(each)) for each in storage.folders)
            raise ValueError(f"{storage.node.path!r} has no rules for {path!r}; use one of its folders, {has}")
        folders.append(folder)
    for inner in storage.folders:
        outer = next((each for each in folders if each.contains(inner)), None)
        if outer is not None and inner not in folders:
            raise ValueError(
                f"{str(inner)!r} is inside {str(outer)!r} and has its own rules, which anyone could bypass; add it to "
                "access if it is public, or move it"
            )
    return folders
