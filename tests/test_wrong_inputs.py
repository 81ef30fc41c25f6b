"""Every public class and function, handed what it does not take: an error of ours that says what to write.

The wrong values are made from the signatures: whatever option is added is tested with it.
"""

import functools
import inspect
import traceback
import types
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, Union, get_args, get_origin

import pytest
from aws_cdk import App, SecretValue, Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_secretsmanager as secretsmanager

from constructs_lib.access import Statement, SubjectKind, Verb, allow
from constructs_lib.api import Route, anyone
from constructs_lib.argument_checks import OptionError
from constructs_lib.auth import Auth
from constructs_lib.client import AppClient, ClientSettings
from constructs_lib.functions import PythonFunction
from constructs_lib.services import ServiceRoute
from constructs_lib.starters import Names, starters
from constructs_lib.storage import Storage, presets
from constructs_lib.verified import UserPool
from tests.cdk_stubs import CERTIFICATE, FUNCTION
from tests.error_form import problem_of
from tests.public_api import methods, options, public

ROOT: Final = Path(__file__).parents[1]
LISTS: Final = frozenset({Sequence, Iterable, Collection, tuple, frozenset})


@dataclass(frozen=True)
class RequiredOptions:
    """What required options are given where another one is wrong."""

    stack: Stack
    given: Mapping[str, Any]


@pytest.fixture(scope="module")
def required_options() -> RequiredOptions:
    stack = Stack(App(context={"aws:cdk:bundling-stacks": []}), "S")
    auth = Auth(stack, "Auth")
    storage = Storage(stack, "Files", auth=auth, access=presets.private())
    settings = ClientSettings(
        region="us-east-1", user_pool_id="us-east-1_a", user_pool_client_id="c", identity_pool_id="us-east-1:a"
    )
    given: dict[str, Any] = {
        "scope": stack,
        "id": "X",
        "auth": auth,
        "storage": storage,
        "access": [anyone],
        "routes": [Route("GET", "/a", FUNCTION, access=[anyone])],
        "certificate": CERTIFICATE,
        "handler": FUNCTION,
        "function": FUNCTION,
        "entry": ROOT / "lambda_src" / "shares",
        "client_secret": SecretValue.secrets_manager("s"),
        "consumer_secret": SecretValue.secrets_manager("s"),
        "private_key": SecretValue.secrets_manager("s"),
        "keys": ["a"],
        "scopes": {"read": "Read"},
        "settings": settings,
        "app": AppClient(settings),
        "subject": allow.guest,
        "verbs": frozenset({Verb.GET}),
        "statements": [Statement(actions=("s3:GetObject",), resources=("*",))],
        "rate": 1,
        "burst": 1,
        "claims": {"editors": "may"},
        "domains": ["example.com"],
        "OwnedTable.access": [allow.owner.to("read")],
        "Storage.access": presets.private(),
        "Statement.actions": ("s3:GetObject",),
        "Statement.resources": ("*",),
        "Subject.kind": SubjectKind.GUEST,
        "Subject.subject": "x",
        "RiskNotice.subject": "x",
        "MachineClient.scopes": ["a/b"],
        "SharedFolders.function": PythonFunction(stack, "Function", entry=ROOT / "lambda_src" / "shares"),
        "user_pool": cognito.UserPool.from_user_pool_id(stack, "Known", "us-east-1_a"),
        "vpc": ec2.Vpc.from_vpc_attributes(stack, "Vpc", vpc_id="vpc-1", availability_zones=["us-east-1a"]),
        "targets": [],
        "port": 80,
        "PublicFiles.access": {"public/*": [anyone]},
        "PrivateFiles.private_key": secretsmanager.Secret.from_secret_name_v2(stack, "Secret", "s"),
        "public_keys": ["-----BEGIN PUBLIC KEY-----"],
        "templates": ROOT / "cdk.out",
        "repository": "owner/name",
        "subjects": ["environment:prod"],
        "Channels.access": {"a/*": [allow.authenticated.to("read")]},
        "listener": elbv2.ApplicationListener.from_application_listener_attributes(
            stack,
            "Listener",
            listener_arn="arn:aws:elasticloadbalancing:us-east-1:111122223333:listener/app/a/0/0",
            security_group=ec2.SecurityGroup.from_security_group_id(stack, "Group", "sg-1"),
        ),
        "ListenerRules.routes": {1: ServiceRoute("/*", access=[allow.authenticated])},
        "LoadBalancedService.routes": [ServiceRoute("/*", access=[allow.authenticated])],
        "Names.app": "my-app",
        "people": ("Ann", "Ben"),
        "copies": {},
        "starter": starters()["api"],
        "names": Names(app="my-app", people=("Ann", "Ben")),
        "folder": ROOT / "nowhere",
        "user_pool_id": "us-east-1_a",
        "client_ids": ["c"],
        "pool": UserPool("us-east-1_a", client_ids=["c"]),
        "arn": "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/mine/0123456789abcdef",
        "VerifiedCallers.app": print,
        "VerifiedCallersWsgi.app": print,
        "user_pool_client": cognito.UserPoolClient.from_user_pool_client_id(stack, "KnownClient", "c"),
        "EndUserMessaging.to_cognito.role": auth.authenticated_role,
        "result": {},
        "grantee": FUNCTION,
        "target": FUNCTION,
        "sources": [UserPool("us-east-1_a", client_ids=["c"])],
    }
    return RequiredOptions(stack, given)


SERVING: Final = frozenset(
    f"verified.{name}" for name in ("LoadBalancer.verify", "LoadBalancer.caller_of", "UserPool.verify",
                                    "UserPool.caller_of", "Source.caller_of")
)  # fmt: skip
"""What a service calls for each request: whatever stands there is a stranger's, and refused as such."""


def wrong_values(hint: Any) -> list[Any]:
    """Return values that an option of a type must refuse, by hand for each kind of type."""
    parts = get_args(hint) if get_origin(hint) in {Union, types.UnionType} else (hint,)
    kinds = {get_origin(part) or part for part in parts}
    if Any in kinds or object in kinds:
        return []
    wrong: list[Any] = [object(), *([] if Callable in kinds else [lambda: None, RequiredOptions])]
    if bool in kinds:
        wrong += [1] if str in kinds else ["no", 1]
    if str not in kinds and Literal not in kinds and not any(inspect.isclass(k) and issubclass(k, str) for k in kinds):
        wrong += ["text"]
    wrong += ["5", True, 10**400] if kinds & {int, float} else [5]
    if Literal in kinds:
        wrong += ["nonsense"]
    if kinds & LISTS:
        wrong += [{"a": 1}]
        element = next(get_args(part)[0] for part in parts if get_origin(part) in LISTS)
        if element is not Any:
            wrong += [[object()]]
    elif Mapping not in kinds:
        wrong += [[], {}]
    else:
        wrong += [[1]]
    if types.NoneType not in kinds:
        wrong += [None]
    return [value for value in wrong if not (type in kinds and inspect.isclass(value))]


def cases(target: Callable[..., Any]) -> list[tuple[inspect.Parameter, Any]]:
    """Return wrong values for each option of a class, a function or a method."""
    return [
        (parameter, value)
        for parameter, hint in options(target)
        for value in [*wrong_values(hint), *([""] if str in get_args(hint) and parameter.default is None else [])]
    ]


CASES: Final = {name: cases(target) for name, target in (*public(), *methods())}


def test_there_are_more_wrong_inputs_than_anyone_would_write_by_hand() -> None:
    assert len(CASES) >= 120
    assert sum(map(len, CASES.values())) >= 4_000


def test_every_public_method_checks_what_it_is_handed() -> None:
    """A service's way in for requests does it by itself: what strangers send is refused, and no mistake of its code."""
    assert {name for name, function in methods() if not hasattr(function, "__wrapped__")} == SERVING


@pytest.mark.parametrize(("name", "target"), list(public()))
def test_a_wrong_value_is_refused_where_it_is_written(
    required_options: RequiredOptions, name: str, target: Callable[..., Any]
) -> None:
    short = name.rpartition(".")[2]
    if inspect.isclass(target):
        short = next(each.__name__ for each in target.__mro__ if "__init__" in vars(each))
    baseline = needed(required_options, target, short)
    wrong = [fault for parameter, value in CASES[name] if (fault := _fault(target, short, baseline, parameter, value))]
    assert wrong == []


@pytest.mark.parametrize(("name", "method"), [each for each in methods() if each[0] not in SERVING])
def test_a_wrong_value_for_a_method_is_too(
    required_options: RequiredOptions, name: str, method: Callable[..., Any]
) -> None:
    short = ".".join(name.split(".")[-2:])
    # What is handed over is looked at before the object is.
    bound = functools.partial(method, None)
    baseline = needed(required_options, method, short)
    wrong = [fault for parameter, value in CASES[name] if (fault := _fault(bound, short, baseline, parameter, value))]
    assert wrong == []


def needed(required_options: RequiredOptions, target: Callable[..., Any], short: str) -> dict[str, Any]:
    """Return right values for what a class, a function or a method must be given."""
    names = [
        other.name
        for other, _ in options(target)
        if other.default is inspect.Parameter.empty and other.kind not in {other.VAR_POSITIONAL, other.VAR_KEYWORD}
    ]
    return {
        each: required_options.given.get(f"{short}.{each}", required_options.given.get(each, "x")) for each in names
    }


def _fault(
    target: Callable[..., Any], short: str, baseline: Mapping[str, Any], parameter: inspect.Parameter, value: Any
) -> str:
    """Hand over one wrong value; return what is wrong with the answer, or nothing."""
    args, given = ([*baseline.values(), value], {}) if parameter.kind is parameter.VAR_POSITIONAL else ([], baseline)
    try:
        target(*args, **(given if args else {**given, parameter.name: value}))
    except OptionError as error:
        said, trace = str(error), traceback.extract_tb(error.__traceback__)
        inside = {Path(frame.filename).name for frame in trace[1:]}
        problem = problem_of(said) or ""
        if not (problem.startswith(f"{short}: ") and parameter.name in problem):
            return f"{parameter.name}={value!r} is not named, or has no remedy: {said}"
        # Above the line that made the mistake stand our boundary, and jsii's metaclass, which calls constructors.
        return (
            ""
            if inside <= {"argument_checks.py", "_runtime.py"}
            else f"{parameter.name}={value!r} was seen by {inside}"
        )
    except Exception as error:  # noqa: BLE001 - any other answer is a finding
        return f"{parameter.name}={value!r} ended in {error!r}"
    return f"{parameter.name}={value!r} passed"
