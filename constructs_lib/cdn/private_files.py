"""Owners' folders on CloudFront, for addresses that a function signs for each owner."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import quote

from aws_cdk import Duration
from aws_cdk import aws_cloudfront as cloudfront
from constructs import Construct

from constructs_lib.access import Folder, SubjectKind, allow
from constructs_lib.actions import Verb
from constructs_lib.api import Route
from constructs_lib.argument_checks import checked
from constructs_lib.cdn.distribution import create_distribution
from constructs_lib.cdn.keys import fingerprints
from constructs_lib.cloudfront_names import address_of
from constructs_lib.functions import PythonFunction
from constructs_lib.invocation_paths import API, reserve_invocation_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_certificatemanager as acm
    from aws_cdk import aws_s3 as s3
    from aws_cdk import aws_secretsmanager as secretsmanager

    from constructs_lib.auth import Auth
    from constructs_lib.storage import Storage

_OWNER: Final = "{owner}"
_SHORTEST, _LONGEST = 60, 3600
_FIVE_MINUTES: Final = Duration.minutes(5)
# In a checkout the code is beside the library; the installed package contains it.
_CHECKOUT: Final = Path(__file__).parents[2] / "lambda_src"
_INSTALLED: Final = Path(__file__).parent / "runtime"


@checked
class PrivateFiles(Construct):
    """Each owner's folder of a bucket, served by CloudFront to its owner.

    CloudFront serves no file here without a signature. A function signs one policy for the caller that API Gateway
    verified: the caller's own folder, on this distribution, for some minutes. It can read the private key and write its
    log, and cannot access files.

    ```python
    files = PrivateFiles(self, "Cdn", auth=auth, storage=documents, public_keys=[PEM], private_key=secret)
    Api(self, "Api", auth=auth, routes=[files.route()])
    ```

    `GET /files/{owner}` returns `{"url": "https://.../private/OWNER/", "query": "Policy=...", "expires": 1893456000}`.
    A file's address is `url`, its path in the folder, percent-encoded, `?` and `query`. Anyone with such an address can
    access the folder until `expires`, a time in seconds since 1970: treat it as a password. A download that has begun
    is completed.

    CloudFront keeps a copy for a day, or as long as the object's `Cache-Control` allows: a deleted file stays available
    to its owner for that time. An idle distribution costs only the secret.

    Args:
        scope: The parent construct.
        id: The construct's ID.
        auth: The Auth of the owners.
        storage: The storage of the folders, in the same stack, which must have created its bucket.
        folder: Path of the owners' folders, as in the storage's `access`, `{owner}` at its end. Default:
            `private/{owner}/*`.
        public_keys: 2,048-bit RSA public keys in PEM; signatures by any of them are accepted. To replace a key add the
            new one, deploy, change the secret, and remove the old one when its last addresses have expired.
        private_key: A secret whose text is the private key, in PEM, of one of them.
        valid_for: The validity of an address, from a minute to an hour. Default: 5 minutes.
        cors_origins: Origins whose pages may read the files by script, such as `https://app.example.com`. Default: they
            may show them, in an `img` for example.
        domain_names: Alternate domain names. They require a certificate. Default: CloudFront's own name.
        certificate: The certificate of the names, in us-east-1 regardless of the stack's region. Default: CloudFront's
            own.
        web_acl_arn: A web ACL in us-east-1. Default: no firewall.
        access_logs_bucket: The bucket for access logs, which must allow ACLs. The logs contain signed addresses.
            Default: no access logs.
        price_class: The edge locations. Default: those of North America and Europe, the cheapest.
        platform: The platform of the function, as for `PythonFunction`. Default: "lambda".

    Raises:
        ValueError: For a folder whose owners may not get its files, invalid keys, a storage of another stack or with an
            encryption key, a validity out of range, or names without a certificate.

    Attributes:
        distribution: The distribution.
        function: The function that signs. A principal that invokes it directly chooses the owner it signs for.
        url: The distribution's address, without a trailing slash.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        auth: Auth,
        storage: Storage,
        folder: str = "private/{owner}/*",
        public_keys: Sequence[str],
        private_key: secretsmanager.ISecret,
        valid_for: Duration = _FIVE_MINUTES,
        cors_origins: Sequence[str] = (),
        domain_names: Sequence[str] = (),
        certificate: acm.ICertificate | None = None,
        web_acl_arn: str | None = None,
        access_logs_bucket: s3.IBucket | None = None,
        price_class: cloudfront.PriceClass = cloudfront.PriceClass.PRICE_CLASS_100,
        platform: Literal["lambda", "local"] = "lambda",
    ) -> None:
        super().__init__(scope, id)
        owned = _owned(storage, folder)
        seconds = _seconds(valid_for)
        prints = fingerprints(public_keys)
        keys = {
            each: cloudfront.PublicKey(self, f"Key-{each[:12]}", encoded_key=public_key.strip() + "\n")
            for each, public_key in zip(prints, public_keys, strict=True)
        }
        self.distribution = create_distribution(
            self,
            storage=storage,
            folders=[owned],
            key_groups=[cloudfront.KeyGroup(self, "Keys", items=[*keys.values()])],
            cors_origins=cors_origins,
            domain_names=domain_names,
            certificate=certificate,
            web_acl_arn=web_acl_arn,
            access_logs_bucket=access_logs_bucket,
            price_class=price_class,
        )
        self.url = address_of(self.distribution, domain_names)
        self.function = PythonFunction(
            self,
            "Signer",
            entry=_code() / "private_files",
            handler="handler.py:handler",
            shared=[_code() / "caller.py"],
            platform=platform,
            environment={
                "OWNER": auth.owner,
                # The owner comes last: everything below it is the caller's own.
                "FILES_URL": f"{self.url}/{''.join(f'{quote(each)}/' for each in owned.segments[:-1])}",
                "PRIVATE_KEY_SECRET": private_key.secret_arn,
                "PUBLIC_KEY_IDS": ",".join(f"{each}={key.public_key_id}" for each, key in sorted(keys.items())),
                "VALID_FOR_SECONDS": str(seconds),
            },
        )
        reserve_invocation_path(API, self.function.function)
        private_key.grant_read(self.function.function)

    def route(self, path: str = "/files/{owner}") -> Route:
        """Return the route by which owners get their addresses, for `Api(routes=[...])`.

        Args:
            path: A path with `{owner}`, so that IAM limits callers to their own, and the proof checks who else can make
                the function sign. Default: `/files/{owner}`.

        Raises:
            ValueError: For a path without `{owner}`.
        """
        if _OWNER not in path.split("/"):
            raise ValueError(
                f"path={path!r} does not contain {_OWNER}, so it would not be limited to an owner; write one such as "
                f"/files/{_OWNER}"
            )
        return Route("GET", path, self.function, access=[allow.owner])


def _owned(storage: Storage, path: str) -> Folder:
    """Return the folder, whose owner may get every file in it.

    Raises:
        ValueError: With the problem.
    """
    folder = Folder.parse(path)
    if folder.segments[-1] != _OWNER:
        raise ValueError(f"folder={path!r} does not end in the owner; write one such as 'private/{_OWNER}/*'")
    inside = [each for each in storage.folders if each == folder or folder.contains(each)]
    if folder not in inside:
        has = ", ".join(repr(str(each)) for each in storage.folders)
        raise ValueError(f"{storage.node.path!r} has no rules for {path!r}; use one of its folders, {has}")
    for each in inside:
        rules = storage.folders[each]
        if not any(rule.subject.kind is SubjectKind.OWNER and Verb.GET in rule.verbs for rule in rules):
            raise ValueError(
                f"{str(each)!r} does not allow its owner to get files, which a signed URL of {path!r} would; add "
                'allow.owner.to("get"), or move the folder'
            )
    return folder


def _seconds(valid_for: Duration) -> int:
    seconds = valid_for.to_seconds(integral=False)
    if not _SHORTEST <= seconds <= _LONGEST or seconds != int(seconds):
        raise ValueError(
            f"valid_for is {seconds:g} seconds; use {_SHORTEST} to {_LONGEST} whole seconds, as in Duration.minutes(5)"
        )
    return int(seconds)


def _code() -> Path:
    return _INSTALLED if _INSTALLED.is_dir() else _CHECKOUT
