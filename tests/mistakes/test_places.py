"""Mistakes about folders, rows, keys and tenants: each is an error of ours that says what to write."""

from typing import Final

import pytest
from aws_cdk import Environment, Stack

from constructs_lib.access import allow
from constructs_lib.auth import Attribute, Auth, Claim, Tenant, WebClient
from constructs_lib.database import Index, OwnedTable
from tests.mistakes.here import Mistake, refused

OWN: Final = [allow.owner.to("read")]

MISTAKES: Final[dict[str, Mistake]] = {
    "tenant form empty": lambda _: Tenant(form=""),
    "tenant form star": lambda _: Tenant(form=".*"),
    "tenant form slash": lambda _: Tenant(form="[a-z/]{1,9}"),
    "tenant form open": lambda _: Tenant(form="[a-z]+"),
    "tenant form anchor": lambda _: Tenant(form="^[a-z]{2,5}$"),
    "tenant form bad regex": lambda _: Tenant(form="[a-z"),
    "tenant form with dollar": lambda _: Tenant(form="[$a-z{}]{2,5}"),
    "tenant form star char": lambda _: Tenant(form="[a-z*?]{2,5}"),
    "tenant claim email": lambda _: Tenant("email"),
    "tenant claim cognito:groups": lambda _: Tenant("cognito:groups"),
    "tenant claim sub": lambda _: Tenant("sub"),
    "tenant claim spaces": lambda _: Tenant("my tenant"),
    "tenant claim without custom": lambda here: here.auth(tenant=Tenant("tenant")),
    "tenant custom empty": lambda here: here.auth(tenant=Tenant("custom:")),
    "tenant custom long": lambda here: here.auth(tenant=Tenant("custom:" + "x" * 40)),
    "tenant claim dup": lambda here: here.auth(
        tenant=Tenant(), claims={"org": Claim("custom:tenant", form="[a-z]{2,5}")}
    ),
    "claims tenant key": lambda here: here.auth(claims={"tenant": Tenant()}),
    "claims owner key": lambda here: here.auth(claims={"owner": Tenant()}),
    "claims caps key": lambda here: here.auth(claims={"Org": Claim("custom:org", form="[a-z]{2,5}")}),
    "claims dash key": lambda here: here.auth(claims={"my-org": Claim("custom:org", form="[a-z]{2,5}")}),
    "claim user writable": lambda here: here.auth(
        tenant=Tenant(), attributes=[Attribute("tenant", user_writable=True)]
    ),
    "claim in write_attributes": lambda here: here.auth(
        tenant=Tenant(), clients=[WebClient(write_attributes=["custom:tenant"])]
    ),
    "tenant class for value": lambda here: here.auth(tenant=Tenant),
    "tenant string": lambda here: here.auth(tenant="custom:tenant"),
    "path tenant without claim": lambda here: here.files({"t/{tenant}/*": [allow.tenant.to("read")]}),
    "allow.tenant no placeholder": lambda here: here.files({"t/*": [allow.tenant.to("read")]}, auth=here.tenants()),
    "placeholder typo": lambda here: here.files({"t/{tennant}/*": [allow.tenant.to("read")]}, auth=here.tenants()),
    "owner before tenant": lambda here: here.files(
        {"t/{owner}/{tenant}/*": [allow.owner.to("read")]}, auth=here.tenants()
    ),
    "tenant twice": lambda here: here.files({"t/{tenant}/{tenant}/*": [allow.tenant.to("read")]}, auth=here.tenants()),
    "tenant partial segment": lambda here: here.files({"t-{tenant}/*": [allow.tenant.to("read")]}, auth=here.tenants()),
    "everyone typo": lambda here: here.files(
        {"t/{tenant}/{owner}/*": [allow.owner.to("read"), allow.authenticated.to("read", everyone="tennant")]},
        auth=here.tenants(),
    ),
    "everyone owner": lambda here: here.files(
        {"t/{tenant}/{owner}/*": [allow.owner.to("read"), allow.authenticated.to("read", everyone="owner")]},
        auth=here.tenants(),
    ),
    "tenant everyone true": lambda here: here.files(
        {"t/{tenant}/*": [allow.tenant.to("read", everyone=True)]}, auth=here.tenants()
    ),
    "guest in tenant": lambda here: here.files(
        {"t/{tenant}/*": [allow.guest.to("read")]}, auth=here.tenants(guests=True)
    ),
    "allow.claim unknown": lambda here: here.files({"t/{dep}/*": [allow.claim("dep").to("read")]}, auth=here.tenants()),
    "same rule twice": lambda here: here.files(
        {"t/*": [allow.authenticated.to("read"), allow.authenticated.to("read")]}
    ),
    "rows rule twice": lambda here: here.rows([allow.owner.to("read"), allow.owner.to("read")]),
    "folder twice by slash": lambda here: here.files(
        {"t/*": [allow.authenticated.to("read")], "t//*": [allow.authenticated.to("read")]}
    ),
    "folder no star": lambda here: here.files({"t/": [allow.authenticated.to("read")]}),
    "folder lead slash": lambda here: here.files({"/t/*": [allow.authenticated.to("read")]}),
    "folder double star": lambda here: here.files({"t/**": [allow.authenticated.to("read")]}),
    "folder dot": lambda here: here.files({"t/../*": [allow.authenticated.to("read")]}),
    "folder entity_id": lambda here: here.files({"private/{entity_id}/*": [allow.owner.to("read")]}),
    "folder dollar": lambda here: here.files({"private/${owner}/*": [allow.owner.to("read")]}),
    "key without placeholder": lambda here: here.rows(OWN, key="USER"),
    "key bad brace": lambda here: here.rows(OWN, key="USER#{owner"),
    "key tenant unknown": lambda here: here.rows(OWN, key="{tenant}#{owner}"),
    "key owner twice": lambda here: here.rows(OWN, key="{owner}#{owner}"),
    "key wildcard": lambda here: here.rows(OWN, key="*{owner}"),
    "key adjacent": lambda here: here.rows([allow.owner.to("read")], auth=here.tenants(), key="{tenant}{owner}"),
    "index key no access": lambda here: here.rows(OWN, indexes=[Index("by", partition_key="g", key="T#{owner}")]),
    "index access no key": lambda here: here.rows(
        OWN, indexes=[Index("by", partition_key="g", access=[allow.owner.to("list")])]
    ),
    "index access get": lambda here: here.rows(
        OWN, indexes=[Index("by", partition_key="g", key="T#{owner}", access=[allow.owner.to("get")])]
    ),
    "index key tenant unknown": lambda here: here.rows(
        OWN, indexes=[Index("by", partition_key="g", key="T#{tenant}", access=[allow.tenant.to("list")])]
    ),
    "index functions_only+access": lambda here: here.rows(
        OWN,
        indexes=[Index("by", partition_key="g", key="T#{owner}", access=[allow.owner.to("list")], functions_only=True)],
    ),
    "index same partition as table other key": lambda here: here.rows(
        OWN, indexes=[Index("by", partition_key="owner", key="T#{owner}", access=[allow.owner.to("list")])]
    ),
    "partition like owner": lambda here: here.rows(
        OWN, partitions={"us-east-1:12345678-1234-1234-1234-123456789012": [allow.authenticated.to("get")]}
    ),
    "partition empty": lambda here: here.rows(OWN, partitions={"": [allow.authenticated.to("get")]}),
    "ttl = sort": lambda here: here.rows(OWN, sort_key="x", time_to_live_attribute="x"),
    "replica own region": lambda here: OwnedTable(
        Stack(here.app, "R", env=Environment(region="eu-west-1")),
        "T",
        auth=Auth(Stack(here.app, "R2", env=Environment(region="eu-west-1")), "A"),
        access=OWN,
        replica_regions=["eu-west-1"],
    ),
    "attributes delete": lambda here: here.rows([allow.owner.to("delete", attributes=["a"])]),
    "attributes string": lambda here: here.rows([allow.owner.to("read", attributes="title")]),
    "max_read zero": lambda here: here.rows(OWN, max_read_units=-5),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_refused_with_what_to_write(name: str) -> None:
    refused(name, MISTAKES[name])
