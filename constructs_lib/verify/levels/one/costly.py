"""Checks with additional resources: a KMS key, a replica, a page on CloudFront, a function with SnapStart."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.verify.app_users import ALLOWED, AppUsers, access_finding, outcome
from constructs_lib.verify.checks import Check
from constructs_lib.verify.costly_stack import WHY_NOT, costly_context, remove_costly_stack
from constructs_lib.verify.finding import Finding, compared, not_checked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from constructs_lib.verify.context import Context

    RunCheck = Callable[[Context], Iterator[Finding]]

_FORBIDDEN: Final = 403
_HEADERS: Final = frozenset({"content-security-policy", "strict-transport-security", "x-content-type-options"})
_LAST: Final = 90
"""Position of these checks within their level: the last one deletes their stack."""
_SECONDS: Final = 60
"""Timeout until a row reaches a replica; one second is usual."""


def _if_costly(what: str, ask: RunCheck) -> RunCheck:
    """Return a check that runs if costly checks are enabled, and otherwise reports that they are not."""

    def run(context: Context) -> Iterator[Finding]:
        if context.costly:
            yield from ask(costly_context(context))
        else:
            yield not_checked(what, WHY_NOT)

    return run


def _kms(context: Context) -> Iterator[Finding]:
    users, table = AppUsers.of(context), context.settings.other("SealedTableName")
    alice, bob = users.sign_up("sealed-a"), users.sign_up("sealed-b")
    rows: Any = alice.caller.session().client("dynamodb")
    own, others = {"owner": {"S": alice.owner}}, {"owner": {"S": bob.owner}}
    yield access_finding("writes their own row", lambda: rows.put_item(TableName=table, Item=own), may=True)
    yield access_finding("reads it", lambda: rows.get_item(TableName=table, Key=own), may=True)
    yield access_finding("reads another user's row", lambda: rows.get_item(TableName=table, Key=others), may=False)
    kms: Any = alice.caller.session().client("kms")
    key = context.settings.other("KeyArn")
    yield access_finding("uses the key directly", lambda: kms.encrypt(KeyId=key, Plaintext=b"x"), may=False)
    yield access_finding("generates a data key", lambda: kms.generate_data_key(KeyId=key, KeySpec="AES_256"), may=False)


def _replicas(context: Context) -> Iterator[Finding]:
    users, table = AppUsers.of(context), context.settings.other("CopiedTableName")
    alice, bob = users.sign_up("copied-a"), users.sign_up("copied-b")
    own, others = {"owner": {"S": alice.owner}}, {"owner": {"S": bob.owner}}
    here: Any = alice.caller.session().client("dynamodb")
    there: Any = alice.caller.session().client("dynamodb", region_name=context.settings.other("ReplicaRegion"))
    yield access_finding("writes their own row", lambda: here.put_item(TableName=table, Item=own), may=True)
    if context.run.local:
        why = "the local cloud does not replicate a table to another region"
        yield not_checked("the row in the replica's region", why)
        return
    got = _arrived(lambda: there.get_item(TableName=table, Key=own).get("Item") == own)
    detail = f"after {_SECONDS} s it was {got}"
    yield compared("the row is readable in the replica's region", detail, same=got == ALLOWED)
    yield access_finding(
        "reads another user's row there", lambda: there.get_item(TableName=table, Key=others), may=False
    )
    yield access_finding("scans the table there", lambda: there.scan(TableName=table), may=False)


def _arrived(there: Callable[[], bool]) -> str:
    """Wait until something exists; return `allowed`, or the last error code or value."""
    deadline, got = time.monotonic() + _SECONDS, "absent"
    while time.monotonic() < deadline:
        found: list[bool] = []
        got = outcome(lambda found=found: found.append(there()))  # type: ignore[misc] # a default binds the loop's value
        if got == ALLOWED and any(found):
            return got
        got = "absent" if got == ALLOWED else got
        time.sleep(1)
    return got


def _hosting(context: Context) -> Iterator[Finding]:
    if "PageUrl" not in context.outputs:
        why = "the local cloud does not unpack the layer with the AWS CLI, which copies a page into its bucket"
        yield not_checked("a page on CloudFront", why)
        return
    app, page = AppUsers.of(context).app, context.settings.other("PageUrl").rstrip("/")
    answer = app.send("GET", f"{page}/", credentials=None)
    served = answer.ok and "<title>verify</title>" in answer.text
    yield compared("the page is served", f"{answer.status_code}: {answer.text[:200]}", same=served)
    lacking = _HEADERS - {name.lower() for name in answer.headers}
    yield compared("it has the security headers", f"missing: {', '.join(sorted(lacking))}", same=not lacking)
    bucket = context.settings.other("PageBucketName")
    suffix = "amazonaws.com.cn" if context.run.partition == "aws-cn" else "amazonaws.com"
    address = f"https://s3.{context.run.region}.{suffix}/{bucket}/index.html"
    refused = app.send("GET", address, credentials=None)
    yield compared(
        "only CloudFront reaches the page's bucket",
        f"GET {address} was {refused.status_code}",
        same=refused.status_code == _FORBIDDEN,
    )


def _last(context: Context) -> Iterator[Finding]:
    """Check SnapStart, and delete the stack: no later check needs it."""
    try:
        yield from _snap_start(context)
    finally:
        remove_costly_stack(context)


def _snap_start(context: Context) -> Iterator[Finding]:
    functions: Any = context.session.client("lambda")
    name = context.settings.other("EchoFunctionName")
    snap_start = functions.get_function_configuration(FunctionName=name, Qualifier="live").get("SnapStart", {})
    on = snap_start.get("OptimizationStatus") == "On"
    yield compared("the alias `live` is a version with a snapshot", f"SnapStart is {snap_start}", same=on)
    answer = functions.invoke(FunctionName=name, Qualifier="live", Payload=json.dumps({"x": 1}))
    seen = json.loads(answer["Payload"].read())
    yield compared("the version answers", f"it returned {seen}", same=seen == {"seen": {"x": 1}})


CHECKS: Final = (
    Check(
        name="kms-conditions",
        level=1,
        title="Callers use rows encrypted with the app's own key through DynamoDB, and the key in no other way",
        assumption=(
            "DynamoDB calls KMS for the caller, with the table's name in the encryption context: \"DynamoDB calls "
            'AWS KMS on behalf of the user" and kms:ViaService "limits use of a KMS key to requests from specified AWS '
            'services" ("How DynamoDB uses AWS KMS", "AWS KMS condition keys")'
        ),
        run=_if_costly("a table with its own KMS key", _kms),
        order=_LAST,
    ),
    Check(
        name="table-replicas",
        level=1,
        title="Callers reach their own rows, and no others, in a replica's region",
        assumption=(
            "IAM decides in each region by the replica's ARN, whose table has the same name everywhere: "
            '"each replica has the same table name" ("Global tables", Amazon DynamoDB developer guide)'
        ),
        run=_if_costly("a table with a replica", _replicas),
        order=_LAST,
    ),
    Check(
        name="hosting",
        level=1,
        title="CloudFront serves the page with its security headers, and its bucket has no other access",
        assumption=(
            'origin access control lets only CloudFront read the bucket ("Restrict access to an Amazon S3 origin", '
            "Amazon CloudFront developer guide)"
        ),
        run=_if_costly("a page on CloudFront", _hosting),
        order=_LAST,
    ),
    Check(
        name="snap-start",
        level=1,
        title="A function with SnapStart has a version with a snapshot behind its alias, and it answers",
        assumption=(
            '"You can use SnapStart only on published function versions and aliases that point to versions" '
            '("Improving startup performance with Lambda SnapStart", AWS Lambda developer guide)'
        ),
        run=_if_costly("a function with SnapStart", _last),
        order=_LAST + 1,
    ),
)
