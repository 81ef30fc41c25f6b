"""Every public class and function, handed what it does not take: an error of ours that says what to write.

The wrong values are made from the signatures: whatever option is added is tested with it.
"""

import importlib
import inspect
import traceback
import types
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, Final, Literal, Union, get_args, get_origin

import pytest
from aws_cdk import App, SecretValue, Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_s3 as s3
from constructs import Construct

from constructs_lib.access import Statement, SubjectKind, Verb, allow
from constructs_lib.annotations import annotation_of
from constructs_lib.api import Route, anyone
from constructs_lib.auth import Auth
from constructs_lib.boundary import OptionError
from constructs_lib.client import AppClient, ClientSettings
from constructs_lib.database import OwnedTable
from constructs_lib.functions import PythonFunction
from constructs_lib.storage import Storage, presets
from tests.standing_in import CERTIFICATE, FUNCTION

ROOT: Final = Path(__file__).parents[1]
PACKAGES: Final = ("access", "api", "auth", "client", "database", "functions", "hosting", "storage", "testing")
INNER: Final = frozenset({"compile_folders", "compile_rows", "parse_folders"})
"""Pure functions of the compiler: they are handed what constructs have checked."""
OURS: Final = frozenset({"SubjectKind", "Verb", "Folder"})
"""Words and readings of the language, which nobody hands options to."""


@dataclass(frozen=True)
class World:
    """What required options are given where another one is wrong."""

    stack: Stack
    given: Mapping[str, Any]


@pytest.fixture(scope="module")
def world() -> World:
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
    }
    return World(stack, given)


def public() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield every public class and function by its name."""
    for package in PACKAGES:
        module = importlib.import_module(f"constructs_lib.{package}")
        for name in sorted(set(module.__all__) - INNER - OURS):
            value = getattr(module, name)
            if inspect.isclass(value) or inspect.isfunction(value):
                yield f"{package}.{name}", value
    for name in presets.__all__:
        yield f"storage.presets.{name}", getattr(presets, name)


def options(target: Callable[..., Any]) -> Iterator[tuple[inspect.Parameter, Any]]:
    """Yield the options of a class or function, each with its type."""
    function = inspect.unwrap(target.__init__ if inspect.isclass(target) else target)
    owner = target if inspect.isclass(target) else None
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name != "self" and parameter.annotation is not inspect.Parameter.empty:
            yield parameter, annotation_of(function, parameter.name, owner)


def wrong_values(hint: Any) -> list[Any]:
    """Return values that an option of a type must refuse, by hand for each kind of type."""
    parts = get_args(hint) if get_origin(hint) in {Union, types.UnionType} else (hint,)
    kinds = {get_origin(part) or part for part in parts}
    wrong: list[Any] = [object(), lambda: None, World]
    if Any in kinds or object in kinds:
        return []
    if bool in kinds:
        wrong += [1] if str in kinds else ["no", 1]
    if str not in kinds and Literal not in kinds and not any(inspect.isclass(k) and issubclass(k, str) for k in kinds):
        wrong += ["text"]
    if kinds & {int, float}:
        wrong += ["5", True]
    else:
        wrong += [5]
    if Literal in kinds:
        wrong += ["nonsense"]
    if kinds & {Sequence, Iterable, tuple, frozenset}:
        wrong += [{"a": 1}]
        element = next(
            get_args(part)[0] for part in parts if get_origin(part) in {Sequence, Iterable, tuple, frozenset}
        )
        if element is not Any:
            wrong += [[object()]]
    elif Mapping not in kinds:
        wrong += [[], {}]
    else:
        wrong += [[1]]
    if types.NoneType not in kinds:
        wrong += [None]
    return [value for value in wrong if not (type in kinds and inspect.isclass(value))]


CASES: Final = {
    name: [
        (parameter, value)
        for parameter, hint in options(target)
        for value in [*wrong_values(hint), *([""] if str in get_args(hint) and parameter.default is None else [])]
    ]
    for name, target in public()
}


def test_there_are_more_wrong_inputs_than_anyone_would_write_by_hand() -> None:
    assert len(CASES) >= 45
    assert sum(map(len, CASES.values())) >= 2_500


@pytest.mark.parametrize(("name", "target"), list(public()))
def test_a_wrong_value_is_refused_where_it_is_written(world: World, name: str, target: Callable[..., Any]) -> None:
    short = name.rpartition(".")[2]
    if inspect.isclass(target):
        short = next(each.__name__ for each in target.__mro__ if "__init__" in vars(each))
    needed = [
        other.name
        for other, _ in options(target)
        if other.default is inspect.Parameter.empty and other.kind not in {other.VAR_POSITIONAL, other.VAR_KEYWORD}
    ]
    baseline = {each: world.given.get(f"{short}.{each}", world.given.get(each, "x")) for each in needed}
    wrong = [fault for parameter, value in CASES[name] if (fault := _fault(target, short, baseline, parameter, value))]
    assert wrong == []


def _fault(
    target: Callable[..., Any], short: str, baseline: Mapping[str, Any], parameter: inspect.Parameter, value: Any
) -> str:
    """Hand over one wrong value; return what is wrong with the answer, or nothing."""
    variadic = parameter.kind is parameter.VAR_POSITIONAL
    given = baseline if variadic else {**baseline, parameter.name: value}
    try:
        target(*([value] if variadic else []), **given)
    except OptionError as error:
        said, trace = str(error), traceback.extract_tb(error.__traceback__)
        inside = {Path(frame.filename).name for frame in trace[1:]}
        if not (said.startswith(f"{short}: ") and parameter.name in said):
            return f"{parameter.name}={value!r}: {said}"
        if not any(word in said for word in ("; write ", "; use ", "; leave ", "; call it")):
            return f"{parameter.name}={value!r} has no remedy: {said}"
        # Above the line that made the mistake stand our boundary, and jsii's metaclass, which calls constructors.
        return "" if inside <= {"boundary.py", "_runtime.py"} else f"{parameter.name}={value!r} was seen by {inside}"
    except Exception as error:  # noqa: BLE001 - any other answer is a finding
        return f"{parameter.name}={value!r} ended in {error!r}"
    return f"{parameter.name}={value!r} passed"


POSITIONAL: Final = {
    "ResourceServer": ("identifier", "scopes"),
    "RoleRule": ("claim", "value"),
    "Route": ("method", "path", "handler"),
}
"""Values that need more than a name to be themselves."""


def test_only_what_names_a_value_is_positional() -> None:
    """A value that must be given a name takes it without the keyword; everything else is by keyword."""
    wrong = {}
    for name, target in public():
        if not is_dataclass(target):
            continue
        short = name.rpartition(".")[2]
        given = tuple(each.name for each in fields(target) if not each.kw_only)
        first = fields(target)[0]
        named = ("name",) if first.name == "name" and first.default is MISSING else given
        if given != POSITIONAL.get(short, named) or (len(given) > 1 and short not in POSITIONAL):
            wrong[name] = given
    assert wrong == {}


def signatures() -> Iterator[tuple[str, inspect.Signature]]:
    """Yield every public signature: of classes, of their public methods, of functions."""
    for name, target in public():
        yield name, inspect.signature(inspect.unwrap(target.__init__ if inspect.isclass(target) else target))
        for method, member in vars(target).items() if inspect.isclass(target) else ():
            function = getattr(member, "__func__", member)
            if not method.startswith("_") and inspect.isfunction(function):
                yield f"{name}.{method}", inspect.signature(inspect.unwrap(function))


def test_nothing_is_none_and_never_an_empty_text() -> None:
    wrong = [
        f"{name}({each.name}={each.default!r})"
        for name, signature in signatures()
        for each in signature.parameters.values()
        if each.default in ("", b"")
    ]
    assert wrong == []


def test_what_was_made_is_an_attribute_of_the_cdks_own_class(world: World) -> None:
    """An interface would hide what only a new one has, such as `TableV2.replica`."""
    table = OwnedTable(world.stack, "Rows", auth=world.given["auth"], access=[allow.owner.to("read")])
    assert isinstance(table.table, dynamodb.TableV2)
    assert isinstance(world.given["storage"].bucket, s3.Bucket)
    made = (vars(OwnedTable)["table"], vars(Storage)["bucket"])
    told = {inspect.signature(each.fget).return_annotation for each in made}
    assert told == {"dynamodb.TableV2", "s3.Bucket"}


def test_constructs_take_scope_and_id_by_position_and_all_options_by_keyword() -> None:
    wrong = {}
    for name, target in public():
        if inspect.isclass(target) and issubclass(target, Construct):
            parameters = list(inspect.signature(target.__init__).parameters.values())
            free = [each.name for each in parameters if each.kind is each.POSITIONAL_OR_KEYWORD]
            if free != ["self", "scope", "id"]:
                wrong[name] = free
    assert wrong == {}
