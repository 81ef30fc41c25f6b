"""Rows of every person in both tenants: a chapter for each person, and one for joining and leaving."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any, Final

from boto3.dynamodb.conditions import Key

from constructs_lib.story.administration import PASSWORD
from constructs_lib.story.row import Row, allowed, expect, refused
from constructs_lib.story.tenants.company import (
    FOUNDERS,
    GUEST,
    MEMBERS,
    TENANTS,
    USER_NAMES,
    WITHOUT_TENANT,
    Colleague,
    Company,
)


def _works_in(who: str) -> str:
    """Return a person's active tenant; empty for none."""
    return FOUNDERS.get(who, "") or MEMBERS.get(who, ("",))[0]


def _rows_of(who: str) -> list[Row]:
    """Return the rows of a person with their expected verdicts."""

    def row(what: str, call: Callable[[Company, Colleague], object], *, may: bool) -> Row:
        def made(company: Company) -> object:
            return call(company, company.colleagues[who])

        return allowed(who, what, made) if may else refused(who, what, made)

    found = [row("reads the news", partial(_read, _key("public")), may=True)]
    for tenant in TENANTS:
        here = _works_in(who) == tenant
        administers = FOUNDERS.get(who) == tenant
        tried: list[_What] = [
            *_in_shared(tenant, here=here, administers=administers),
            *_in_folders(tenant, who, here=here, administers=administers),
            *_projects(tenant, here=here, administers=administers),
            (f"lists {tenant}'s members", partial(_call, who, "GET", f"/tenants/{tenant}/members"), administers),
            (f"lists all files of {tenant}", partial(_list, _prefix(f"tenants/{tenant}")), False),
        ]
        found += [row(what, call, may=may) for what, call, may in tried]
    found.append(row("reads projects of both at once", _batch, may=False))
    found.append(row("lists their memberships", partial(_call, who, "GET", "/memberships"), may=who != GUEST))
    return found


_What = tuple[str, Callable[[Company, Colleague], object], bool]
_Place = Callable[[Company], str]


def _in_shared(tenant: str, *, here: bool, administers: bool) -> Iterator[_What]:
    place = f"tenants/{tenant}/shared"
    yield f"reads what {tenant} shares", partial(_read, _key(place)), here
    yield f"lists what {tenant} shares", partial(_list, _prefix(place)), here
    yield f"writes what {tenant} shares", partial(_write, _key(place)), here
    yield f"deletes what {tenant} shares", partial(_delete, _key(place, "gone")), administers


def _in_folders(tenant: str, who: str, *, here: bool, administers: bool) -> Iterator[_What]:
    for other in USER_NAMES:
        own = here and other == who
        whose = f"their own folder in {tenant}" if other == who else f"{other}'s folder in {tenant}"
        yield f"reads {whose}", partial(_read, _folder(tenant, other)), own or administers
        yield f"writes {whose}", partial(_write, _folder(tenant, other)), own


def _projects(tenant: str, *, here: bool, administers: bool) -> Iterator[_What]:
    yield f"lists {tenant}'s projects", partial(_query, tenant), here
    yield f"writes a project of {tenant}", partial(_put, tenant), here
    yield f"deletes a project of {tenant}", partial(_drop, tenant), administers


def _key(place: str, name: str = "x") -> _Place:
    return lambda _company: f"{place}/{name}"


def _prefix(place: str) -> _Place:
    return lambda _company: f"{place}/"


def _folder(tenant: str, owner: str) -> _Place:
    return lambda company: f"tenants/{tenant}/people/{company.colleagues[owner].owner}/x"


def _read(key: _Place, company: Company, me: Colleague) -> object:
    return me.s3.get_object(Bucket=company.bucket, Key=key(company))["Body"].read()


def _list(prefix: _Place, company: Company, me: Colleague) -> object:
    return me.s3.list_objects_v2(Bucket=company.bucket, Prefix=prefix(company))


def _write(key: _Place, company: Company, me: Colleague) -> object:
    return me.s3.put_object(Bucket=company.bucket, Key=key(company), Body=b"x")


def _delete(key: _Place, company: Company, me: Colleague) -> object:
    return me.s3.delete_object(Bucket=company.bucket, Key=key(company))


def _query(tenant: str, _company: Company, me: Colleague) -> object:
    return me.projects.query(KeyConditionExpression=Key("tenant").eq(tenant))


def _put(tenant: str, _company: Company, me: Colleague) -> object:
    return me.projects.put_item(Item={"tenant": tenant, "project": "x"})


def _drop(tenant: str, _company: Company, me: Colleague) -> object:
    return me.projects.delete_item(Key={"tenant": tenant, "project": "gone"})


def _batch(_company: Company, me: Colleague) -> object:
    keys: list[dict[str, Any]] = [{"tenant": tenant, "project": "x"} for tenant in TENANTS]
    return me.projects.meta.client.batch_get_item(RequestItems={me.table_name: {"Keys": keys}})


def _call(who: str, method: str, path: str, company: Company, _me: Colleague) -> object:
    return company.request(who, method, path)


def _choose(who: str, tenant: str) -> Callable[[Company], object]:
    return lambda company: company.request(who, "PUT", "/memberships/active", {"tenant": tenant})


def _invite(who: str, tenant: str, email: str = "") -> Callable[[Company], object]:
    return lambda company: company.request(
        who, "POST", f"/tenants/{tenant}/members", {"email": email or company.newcomer}
    )


def _stay_and_go(company: Company) -> None:
    """Invite a user, let them work, remove them, and check that they cannot regain the tenant."""
    somebody = company.accept()
    expect(somebody.value("tenant") == "acme", "the user whom acme invited has another active tenant")
    somebody.session().client("s3").get_object(Bucket=company.bucket, Key="tenants/acme/shared/x")
    company.request("Ada", "DELETE", f"/tenants/acme/members/{somebody.sub}")
    with suppress(company.app.cognito.exceptions.NotAuthorizedException):
        somebody.renew_tokens()
        expect(condition=False, problem="the removed user renews their tokens")
    again = company.app.sign_in(company.newcomer, PASSWORD)
    expect("tenant" not in again.tokens.claims, "the removed user has a tenant again")


def _joining() -> list[Row]:
    """Return the rows about joining a tenant and choosing the active one."""
    dora = "Dora"
    return [
        refused("Alan", "chooses a tenant that is not theirs", _choose("Alan", "bolt")),
        refused(WITHOUT_TENANT, "chooses a tenant though they have none", _choose(WITHOUT_TENANT, "acme")),
        refused("Alan", "invites a user as a mere member", _invite("Alan", "acme")),
        refused("Bea", "invites a user into another's tenant", _invite("Bea", "acme")),
        refused(dora, "invites into bolt while they work in acme", _invite(dora, "bolt")),
        refused("Ada", "leaves acme, which has no other administrator", _leave, {"409"}),
        refused(WITHOUT_TENANT, "founds a tenant under a name that is taken", _found, {"409"}),
        allowed("Ada", "invites a user who has no account", _invite("Ada", "acme")),
        allowed("Newcomer", "accepts, works in acme, is removed and is out", _stay_and_go),
    ]


def _leave(company: Company) -> object:
    return company.request("Ada", "DELETE", "/memberships/acme")


def _found(company: Company) -> object:
    return company.request(WITHOUT_TENANT, "POST", "/tenants", {"tenant": "acme"})


def _title(who: str) -> str:
    if who in FOUNDERS:
        return f"{who} administers {FOUNDERS[who]}"
    if who in MEMBERS:
        rest = f", and administers {', '.join(MEMBERS[who][1:])} besides" if MEMBERS[who][1:] else ""
        return f"{who} works in {MEMBERS[who][0]}{rest}"
    return f"{who} is in no tenant"


CHAPTERS: Final[dict[str, Callable[[], list[Row]]]] = {
    **{_title(who): partial(_rows_of, who) for who in (*USER_NAMES, GUEST)},
    "Joining and leaving": _joining,
}
"""The chapters of the story, in order."""
