"""The resources of a function."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Duration, Stack
from aws_cdk.assertions import Annotations, Match, Template

from constructs_lib.functions import PythonFunction

UNBUILT: dict[str, list[str]] = {"aws:cdk:bundling-stacks": []}


@pytest.fixture
def entry(tmp_path: Path) -> Path:
    folder = tmp_path / "shares"
    folder.mkdir()
    (folder / "handler.py").write_text(
        "def handler(event, context):\n    return 1\n\n\nmain = handler\n", encoding="utf-8"
    )
    return folder


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    return Stack(App(context=UNBUILT, outdir=str(tmp_path / "cdk.out")), "S")


def _only(stack: Stack, kind: str) -> dict[str, Any]:
    (resource,) = Template.from_stack(stack).find_resources(kind).values()
    return dict(resource["Properties"])


def test_the_role_may_write_to_the_functions_own_log_group_and_nothing_else(stack: Stack, entry: Path) -> None:
    PythonFunction(stack, "F", entry=entry)
    template = Template.from_stack(stack)
    (group,) = template.find_resources("AWS::Logs::LogGroup")
    assert _only(stack, "AWS::IAM::Policy")["PolicyDocument"]["Statement"] == [
        {
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Effect": "Allow",
            "Resource": {"Fn::GetAtt": [group, "Arn"]},
        }
    ]
    assert "ManagedPolicyArns" not in _only(stack, "AWS::IAM::Role")
    assert _only(stack, "AWS::IAM::Role")["AssumeRolePolicyDocument"]["Statement"] == [
        {"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}
    ]
    assert template.to_json()["Resources"][group]["Properties"] == {"RetentionInDays": 30}


def test_defaults_are_arm64_python_3_13_and_ten_seconds(stack: Stack, entry: Path) -> None:
    PythonFunction(stack, "F", entry=entry)
    found = _only(stack, "AWS::Lambda::Function")
    kept = ("Architectures", "Runtime", "Timeout", "MemorySize", "Handler")
    assert {name: found[name] for name in kept} == {
        "Architectures": ["arm64"],
        "Runtime": "python3.13",
        "Timeout": 10,
        "MemorySize": 256,
        "Handler": "handler.handler",
    }
    assert "TracingConfig" not in found
    assert "Environment" not in found


def test_options_reach_the_function(stack: Stack, entry: Path) -> None:
    (entry / "__init__.py").touch()
    PythonFunction(
        stack, "F", entry=entry, handler="handler.py:main", runtime="python3.12", architecture="x86_64",
        memory_size=512, timeout=Duration.minutes(1), environment={"TABLE": "t"}, tracing=True,
    )  # fmt: skip
    found = _only(stack, "AWS::Lambda::Function")
    assert found["Handler"] == "shares.handler.main"
    assert (found["Runtime"], found["Architectures"], found["MemorySize"]) == ("python3.12", ["x86_64"], 512)
    assert (found["Timeout"], found["Environment"]) == (60, {"Variables": {"TABLE": "t"}})
    assert found["TracingConfig"] == {"Mode": "Active"}


def test_the_same_sources_elsewhere_give_the_same_asset(tmp_path: Path, entry: Path) -> None:
    keys = []
    for number, folder in enumerate((entry, entry.rename(tmp_path / "moved"))):
        if not folder.exists():
            folder.mkdir()
            (folder / "handler.py").write_bytes((tmp_path / "moved" / "handler.py").read_bytes())
        stack = Stack(App(context=UNBUILT, outdir=str(tmp_path / f"out{number}")), "S")
        PythonFunction(stack, "F", entry=folder)
        keys.append(_only(stack, "AWS::Lambda::Function")["Code"]["S3Key"])
    assert keys[0] == keys[1]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"environment": {"T": "x"}}, "environment variable 'T' is not a valid name in Lambda"),
        ({"environment": {"my-name": "x"}}, "environment variable 'my-name' is not a valid name in Lambda"),
        ({"environment": {"AWS_REGION": "x"}}, "environment variable 'AWS_REGION' is reserved by Lambda"),
        ({"memory_size": 64}, "memory_size=64 is outside Lambda's range in MiB"),
        ({"runtime": "python2.7"}, "runtime='python2.7' is unknown; use 'python3.11'"),
        ({"architecture": "arm"}, "architecture='arm' is unknown"),
        ({"platform": "docker"}, "platform='docker' is unknown"),
        ({"handler": "handler.handler"}, "does not name a function; write it as 'file.py:function'"),
        ({"handler": "main.py:handler"}, r"which entry '.*' does not contain \(Python files: handler\.py\); create"),
        ({"entry": "nowhere"}, "entry 'nowhere' is not a folder"),
    ],
)
def test_what_the_deployment_would_refuse_is_refused_at_once(
    stack: Stack, entry: Path, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        PythonFunction(stack, "F", **{"entry": entry, **options})


def test_cdk_builds_the_asset_on_this_machine(
    tmp_path: Path, entry: Path, make_wheel: Callable[..., Path], requirements: Callable[..., str]
) -> None:
    make_wheel("tiny")
    (entry / "requirements.txt").write_text(requirements("tiny==1.0"), encoding="utf-8")
    app = App(outdir=str(tmp_path / "cdk.out"))
    PythonFunction(Stack(app, "S"), "F", entry=entry)
    (asset,) = Path(app.synth().directory).glob("asset.*")
    assert sorted(path.name for path in asset.iterdir()) == [
        "handler.py",
        "requirements.txt",
        "tiny",
        "tiny-1.0.dist-info",
    ]


def test_a_package_without_a_wheel_fails_with_the_reason_alone(
    tmp_path: Path, entry: Path, make_wheel: Callable[..., Path], requirements: Callable[..., str]
) -> None:
    make_wheel("native", tag="cp313-cp313-manylinux_2_28_x86_64")
    (entry / "requirements.txt").write_text(requirements("native==1.0"), encoding="utf-8")
    stack = Stack(App(outdir=str(tmp_path / "cdk.out")), "S")
    with pytest.raises(RuntimeError, match=r"^a package has no wheel for python3\.13-manylinux_2_34-aarch64"):
        PythonFunction(stack, "F", entry=entry)


def test_loose_versions_are_warned_about(stack: Stack, entry: Path) -> None:
    (entry / "requirements.txt").write_text("boto3\nrequests>=2\nattrs==25.1.0\n", encoding="utf-8")
    PythonFunction(stack, "F", entry=entry)
    warning = Match.string_like_regexp("fixes no version of boto3, requests>=2: .*uv pip compile")
    Annotations.from_stack(stack).has_warning("*", warning)


def test_a_stand_in_interpreter_is_warned_about(
    stack: Stack, entry: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    PythonFunction(stack, "F", entry=entry, platform="local", runtime="python3.14")
    Annotations.from_stack(stack).has_warning(
        "*", Match.string_like_regexp("PATH has no python3.14 with boto3.*uv python")
    )


@pytest.mark.slow
def test_a_package_near_lambdas_limit_is_warned_about(tmp_path: Path, entry: Path) -> None:
    with (entry / "model.bin").open("wb") as file:
        file.truncate(201 * 2**20)
    stack = Stack(App(outdir=str(tmp_path / "cdk.out")), "S")
    PythonFunction(stack, "F", entry=entry)
    Annotations.from_stack(stack).has_warning("*", Match.string_like_regexp("is 201.0 MiB unzipped; Lambda refuses"))
