"""Configurations drawn at random, shrunk when one fails: what the constructs take, CloudFormation and the proof take.

An example is a stack with one Auth and a dozen configurations of buckets, tables and APIs on it, because a stack costs
more than what is in it. A `ValueError` of ours is an answer, too; any other exception is a finding.
"""

import functools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

import pytest
from aws_cdk import App, Duration, RemovalPolicy, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk.assertions import Template
from cloudformation_validate import CompositeEngine, CompositeEngineConfig, DetailLevel, Severity, ValidateConfig
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from constructs_lib.access import Rule, Subject, allow
from constructs_lib.analysis import Template as AnalysedTemplate
from constructs_lib.analysis.proof.findings import Status
from constructs_lib.analysis.proof.prove import open_findings, prove
from constructs_lib.analysis.replacements.template_rules import refused_alone
from constructs_lib.api import Api, Route, Throttle, UsagePlan, anyone, api_key, jwt
from constructs_lib.auth import (
    Attribute,
    Auth,
    Factors,
    Group,
    PasswordPolicy,
    PrefixDomain,
    SignIn,
    Tenant,
    Triggers,
    WebClient,
)  # fmt: skip
from constructs_lib.database import Index, OwnedTable
from constructs_lib.functions import FunctionUrl, Invocable, PythonFunction
from constructs_lib.memberships import Memberships
from constructs_lib.storage import Storage
from constructs_lib.testing.models import models_of
from tests.cfn_lint_rules import lint
from tests.searches import FULL, size
from tests.service_models import UNKNOWN, differences
from tests.synthesis import new_function

ROOT: Final = Path(__file__).parents[1]
EXAMPLES: Final = size(60, full=1_000)
WANTED: Final = EXAMPLES * 10
"""Configurations that are checked at least."""
THOROUGH: Final = 20
"""Every so many stacks go through cfn-lint, the services' models and the whole proof, too.

The others are searched for attacks alone."""
GROUPS: Final = ("editors", "admins")
VERBS: Final = ("get", "list", "read", "write", "delete")
CDKS_OWN: Final = frozenset({"W3005", "W1020", "E1018"})
OWNERS: Final = 2
"""The function that answers owners' paths."""
TENANTS: Final = 3
"""The function that answers tenants' paths; the next one answers those of owners within a tenant."""
Options: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """Where a configuration is built."""

    stack: Stack
    auth: Auth
    functions: Sequence[PythonFunction]


Build: TypeAlias = Callable[[Place, str], object]

names = st.sampled_from(["a", "b", "photos", "notes", "x-1", "Ü b"])
verbs = st.sets(st.sampled_from(VERBS), min_size=1, max_size=3).map(sorted)
others = st.sampled_from([allow.guest, allow.authenticated, *(allow.group(name) for name in GROUPS)])


@st.composite
def rules(draw: st.DrawFn, *, owned: bool, functions: bool = True) -> list[tuple[Any, list[str], bool]]:
    """Draw rules as subject, verbs and everyone; a number stands for a function."""
    who: list[Any] = draw(st.lists(others, max_size=3, unique_by=str))
    if owned:
        who += draw(st.lists(st.sampled_from([allow.owner, allow.guest_owner]), max_size=2, unique_by=str))
    if functions:
        who += draw(st.lists(st.sampled_from([0, 1]), max_size=2, unique=True))
    owners = {str(allow.owner), str(allow.guest_owner)}
    return [(each, draw(verbs), owned and str(each) not in owners) for each in who]


def made(drawn: Sequence[tuple[Any, list[str], bool]], place: Place) -> list[Rule]:
    """Return rules; those about what the Auth does not have are left out."""
    found = []
    for who, words, everyone in drawn:
        subject: Subject = allow.function(place.functions[who]) if isinstance(who, int) else who
        if "guest" in str(subject) and not place.auth.guests:
            continue
        if subject.kind is allow.guest_owner.kind and place.auth.owner == "sub":
            continue
        if subject.name and subject.name not in place.auth.group_roles:
            continue
        found.append(subject.to(*words, everyone=everyone))
    return found


@st.composite
def buckets(draw: st.DrawFn) -> Build:
    folders: dict[str, list[Any]] = {}
    for name in draw(st.lists(names, min_size=1, max_size=4, unique=True)):
        owned = draw(st.booleans())
        path = f"{name}/{{owner}}/*" if owned else draw(st.sampled_from([f"{name}/*", f"{name}/in/*"]))
        folders[path] = draw(rules(owned=owned))
        if owned and draw(st.integers(0, 3)) == 0:
            folders[f"{name}/*"] = [(allow.group("admins"), draw(verbs), True)]
        elif not owned and draw(st.booleans()):
            folders[f"{name}/in/deep/*"] = draw(rules(owned=False))
    options: Options = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "cors_origins": st.sampled_from([["https://a.example.com"], ["http://localhost:5173"]]),
                "intelligent_tiering": st.booleans(),
                "transfer_acceleration": st.booleans(),
                "readable_when_tagged": st.just({"Scan": "clean"}),
                "removal_policy": st.sampled_from([RemovalPolicy.RETAIN, RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE]),
            },
        )
    )

    def build(place: Place, id: str) -> object:
        access = {path: made(drawn, place) for path, drawn in folders.items()}
        return Storage(place.stack, id, auth=place.auth, access=access, **options)

    return build


@st.composite
def tables(draw: st.DrawFn) -> Build:
    drawn = draw(rules(owned=True))
    partitions = {key: draw(rules(owned=False)) for key in draw(st.sets(names, max_size=2))}
    number = dynamodb.Attribute(name="n", type=dynamodb.AttributeType.NUMBER)
    options: Options = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "sort_key": st.sampled_from(["id", number]),
                "owner_key": st.sampled_from(["owner", "user_id"]),
                "time_to_live_attribute": st.just("expires"),
                "stream": st.sampled_from(list(dynamodb.StreamViewType)),
                "contributor_insights": st.booleans(),
                "indexes": st.lists(
                    st.builds(
                        Index,
                        st.sampled_from(["by-date", "by-title"]),
                        sort_key=st.sampled_from(["date", "title"]),
                        attributes=st.sampled_from([None, (), ("extra",)]),
                    ),
                    max_size=2,
                    unique_by=lambda index: index.name,
                ),
            },
        )
    )

    def build(place: Place, id: str) -> object:
        by_key = {key: made(each, place) for key, each in partitions.items()}
        return OwnedTable(place.stack, id, auth=place.auth, access=made(drawn, place), partitions=by_key, **options)

    return build


@st.composite
def tenants(draw: st.DrawFn) -> Build:
    """Draw folders, rows or routes of tenants; an Auth without tenants refuses each."""
    kind = draw(st.sampled_from(["folder", "rows", "route"]))
    deep = draw(st.booleans())
    who = draw(st.lists(st.sampled_from([allow.tenant, allow.group("admins")]), max_size=2, unique_by=str))
    words = draw(verbs)

    def access(place: Place) -> list[Rule]:
        known = [each for each in who if each == allow.tenant or each.name in place.auth.group_roles]
        shared: list[Rule] = [each.to(*words, everyone="tenant" if deep else False) for each in known]
        return [*shared, *([allow.owner.to("read", "write")] if deep else [])]

    def build(place: Place, id: str) -> object:
        if kind == "folder":
            path = "t/{tenant}/{owner}/*" if deep else "t/{tenant}/*"
            return Storage(place.stack, id, auth=place.auth, access={path: access(place)})
        if kind == "rows":
            key = "T#{tenant}#U#{owner}" if deep else "T#{tenant}"
            return OwnedTable(place.stack, id, auth=place.auth, access=access(place), key=key)
        path = "/t/{tenant}/{owner}/a" if deep else "/t/{tenant}/a"
        subjects = [allow.owner] if deep else [each for each in who if each == allow.tenant] or [allow.authenticated]
        routes = [Route("GET", path, place.functions[TENANTS + deep], access=subjects)]
        return Api(place.stack, id, auth=place.auth, routes=routes)

    return build


@st.composite
def opened_functions(draw: st.DrawFn) -> Build:
    """Draw a function that clients call by themselves, or by a URL of its own."""
    way = draw(st.sampled_from(["invoked", "url", "anyone"]))
    who = draw(st.lists(others, min_size=1, max_size=2, unique_by=str))
    origins = draw(st.sampled_from([[], ["https://a.example.com"]]))

    def build(place: Place, id: str) -> object:
        function = new_function(place.stack, f"{id}Function")
        if way == "anyone":
            return FunctionUrl(place.stack, id, function=function, access=[anyone], origins=origins)
        if way == "url":
            return FunctionUrl(place.stack, id, auth=place.auth, function=function, access=who, origins=origins)
        return Invocable(place.stack, id, auth=place.auth, function=function, access=who)

    return build


@st.composite
def apis(draw: st.DrawFn) -> Build:
    kind = draw(st.sampled_from(["http", "rest"]))
    ways = ["signed", "owner", "token", "open", *(["key"] if kind == "rest" else [])]
    routes: dict[tuple[str, str], tuple[str, list[Any], int]] = {}
    for number in range(draw(st.integers(1, 6))):
        way = draw(st.sampled_from(ways))
        tail = draw(st.sampled_from(["", "/{id}", "/{rest+}", "/list"]))
        path = f"/r{number}/{{owner}}{tail}" if way == "owner" else f"/r{number}{tail}"
        method = draw(st.sampled_from(["GET", "POST", "PUT", "ANY"]))
        who = draw(st.lists(others, min_size=1, max_size=3, unique_by=str))
        routes[method, path] = way, who, draw(st.integers(0, 1))
    options: Options = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "cors_origins": st.sampled_from(
                    [["https://a.example.com"], ["https://a.example.com", "https://b.example.com"]]
                ),
                "access_logs": st.booleans(),
                "throttle": st.just(Throttle(rate=5, burst=10)),
            },
        )
    )

    def build(place: Place, id: str) -> object:
        given = []
        for (method, path), (way, who, number) in routes.items():
            callers = [each for each in who if each == allow.authenticated or each.name in place.auth.group_roles]
            access = {
                "signed": callers or [allow.authenticated],
                "owner": [allow.owner],
                "token": [jwt()],
                "open": [anyone],
                "key": [api_key],
            }[way]
            # Code that answers an owner's path and others is undecided: it has a function of its own.
            function = place.functions[OWNERS if way == "owner" else number]
            given.append(Route(method, path, function, access=access))
        plans = [UsagePlan("plan", keys=[f"{id}-key"])] if any(way == "key" for way, _, _ in routes.values()) else []
        more: Options = {"usage_plans": plans, "kind": kind}
        return Api(place.stack, id, auth=place.auth, routes=given, **more, **options)

    return build


auths = st.fixed_dictionaries(
    {"tenant": st.sampled_from([Tenant(), Tenant("custom:org", form="[a-z]{4}"), None])},
    optional={
        "guests": st.booleans(),
        "owner": st.sampled_from(["identity", "sub"]),
        "groups": st.lists(st.sampled_from(GROUPS), unique=True).map(lambda chosen: [Group(name) for name in chosen]),
        "sign_in": st.builds(SignIn, username=st.booleans(), self_sign_up=st.booleans(), case_sensitive=st.booleans()),
        "factors": st.builds(
            Factors,
            mfa=st.sampled_from(["off", "optional", "required"]),
            password=st.builds(PasswordPolicy, min_length=st.integers(6, 99), symbols=st.booleans()),
            device_tracking=st.sampled_from(["off", "always", "opt_in"]),
        ),
        "attributes": st.lists(
            st.builds(Attribute, st.sampled_from(["tier", "plan"]), mutable=st.booleans(), user_writable=st.booleans()),
            max_size=2,
            unique_by=lambda attribute: attribute.name,
        ),
        "domain": st.sampled_from([PrefixDomain("an-app"), PrefixDomain("another")]),
        "clients": st.sampled_from(
            [[WebClient()], [WebClient(access_token_validity=Duration.minutes(10), name="web")]]
        ),
        "removal_policy": st.sampled_from([RemovalPolicy.RETAIN, RemovalPolicy.DESTROY]),
    },
)


@functools.cache
def engine() -> CompositeEngine:
    return CompositeEngine(CompositeEngineConfig(rego_rules=[]))


def faults(template: Mapping[str, Any], file: Path, *, thorough: bool) -> list[str]:
    """Return what CloudFormation's rules or the services' models refuse, and what is neither proved nor meant."""
    file.write_text(json.dumps(template), encoding="utf-8")
    config = ValidateConfig(detail_level=DetailLevel.STANDARD, severity_level=Severity.ERROR)
    found = [
        f"{each.rule_id}: {each.message}"
        for each in engine().validate_template(str(file), config).diagnostics
        if each.rule_id not in CDKS_OWN and each.severity.name in {"ERROR", "FATAL"}
    ]
    found += [f"{each.logical_id}: {what}" for each, _, _, what, _ in refused_alone("S", template)]
    models = models_of(template)
    if not thorough:
        return found + [each.story for each in open_findings(models) if each.status is Status.COUNTEREXAMPLE]
    refused = differences(AnalysedTemplate(name="S", body=dict(template), source="drawn"))
    found += [each for each in refused if not each.endswith(UNKNOWN)]
    taken = {Status.PROVED, Status.ACCEPTED}
    found += [f"{each.status}: {each.story}" for each in prove(models).findings if each.status not in taken]
    return found + [each for each in lint(dict(template)) if "[E" in each]


def _with_members(stack: Stack, auth: Options) -> tuple[Auth, list[Route]]:
    """Make an Auth whose people are in several tenants, and the routes that look after them."""
    members = Memberships(stack, "Members")
    given = {
        **auth,
        "tenant": members.tenant,
        "groups": [Group("admins")],
        "role_rules": members.role_rules,
        "triggers": Triggers(pre_token_generation=members.pre_token),
    }
    pools = Auth(stack, "Auth", **given)
    return pools, members.routes(pools)


@pytest.mark.slow
def test_what_the_constructs_take_cloudformation_and_the_proof_take(tmp_path: Path) -> None:
    checked: list[int] = []
    kinds = st.one_of(buckets(), tables(), apis(), tenants(), opened_functions())

    @settings(
        max_examples=EXAMPLES,
        derandomize=not FULL,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
    )
    @given(auths, st.booleans(), st.lists(kinds, min_size=12, max_size=15), st.integers(1, THOROUGH))
    def run(auth: Options, with_members: bool, parts: list[Build], turn: int) -> None:
        stack = Stack(App(context={"aws:cdk:bundling-stacks": []}), "S")
        try:
            pools, routes = _with_members(stack, auth) if with_members else (Auth(stack, "Auth", **auth), [])
        except ValueError:
            assume(False)
        if routes:
            Api(stack, "Members-Api", auth=pools, routes=routes)
        names = ("One", "Two", "Owners", "Tenants", "OwnersOfTenants")
        functions = [PythonFunction(stack, name, entry=ROOT / "lambda_src" / "shares") for name in names]
        place = Place(stack, pools, functions)
        kept = 0
        for number, build in enumerate(parts):
            try:
                build(place, f"Part{number}")
                kept += 1
            except ValueError:
                stack.node.try_remove_child(f"Part{number}")
        checked.append(kept)
        template = Template.from_stack(stack).to_json()
        assert faults(template, tmp_path / "t.json", thorough=turn == THOROUGH) == []

    run()
    assert sum(checked) >= WANTED, sum(checked)
