"""`cognito-app prove`: exit codes, formats, what is accepted, scripts; without Node and without CDK, and quick."""

import io
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from constructs_lib.cli import console
from constructs_lib.cli.prove import command
from tests.analysis.conftest import BUCKET, SUB, join, template
from tests.analysis.proof.test_traps import OWN, ROWS, allow
from tests.cli.schemas import fits

PRIVATE = allow("s3:GetObject", join(BUCKET, "/private/*"))
NOTHING_OWNED = [allow("s3:GetObject", join(BUCKET, "/public/*"))]


@pytest.fixture
def written(tmp_path: Path) -> Any:
    def write(statements: list[dict[str, Any]], **options: Any) -> str:
        path = tmp_path / "stack.json"
        path.write_text(json.dumps(template(statements, **options)))
        return str(path)

    return write


def prove(*arguments: str) -> tuple[int, Result]:
    result = CliRunner().invoke(command, [*arguments], standalone_mode=False)
    return (1 if result.exception else int(result.return_value)), result


@pytest.mark.parametrize(
    ("owned", "status", "told"),
    [
        ([], 0, "Shared (nothing in it is specific to a caller):\n  Bucket"),
        (["Table"], 0, "PROVED"),
        (["Table", "Bucket"], 3, "Bucket is expected to have owners, but no policy ties it to a caller"),
        (["Buckets"], 1, "'Buckets' is expected to have owners, and is no resource of the templates"),
    ],
)
def test_a_forgotten_owner_is_undecided_if_the_resource_is_expected_to_have_one(
    written: Any, owned: list[str], status: int, told: str
) -> None:
    path = written([ROWS, *NOTHING_OWNED])
    found, result = prove(path, "--engine", "automata", *(f"--owned={name}" for name in owned))
    assert found == status
    assert told in (str(result.exception) if status == 1 else result.stdout)


@pytest.mark.parametrize(
    ("statements", "status", "verdict"),
    [
        ([OWN, ROWS], 0, "PROVED (one engine alone): nobody can access another user's data"),
        ([OWN, PRIVATE], 2, "COUNTEREXAMPLE: 1 of"),
        (NOTHING_OWNED, 3, "UNDECIDED: no policy ties anything to a caller's identity"),
    ],
)
def test_the_exit_status_is_the_verdict_in_every_format(
    written: Any, statements: list[dict[str, Any]], status: int, verdict: str
) -> None:
    path = written(statements)
    for shape in ("table", "markdown", "json"):
        found, result = prove(path, "--engine", "automata", "--format", shape)
        assert found == status
        if shape == "json":
            assert fits(result.stdout, "prove-1")["verdict"] == verdict.split(" ", maxsplit=1)[0].rstrip(":")
        else:
            assert verdict in result.stdout
            assert (status == 3) == ("nothing was proved; write the caller's variable" in result.stdout)


def test_both_engines_stand_behind_a_proof(written: Any) -> None:
    found, result = prove(written([OWN, ROWS]), "--engine", "both", "--format", "json")
    report = json.loads(result.stdout)
    assert found == 0
    assert not report["one_engine_only"]
    assert ["automata", "cvc5"] in [each["engines"] for each in report["findings"]]


def test_a_counterexample_tells_its_story_with_statement_and_request(written: Any) -> None:
    _, result = prove(written([OWN, PRIVATE]), "--engine", "automata", "--format", "json")
    (attack,) = [each for each in json.loads(result.stdout)["findings"] if each["status"] == "COUNTEREXAMPLE"]
    assert "can call s3:GetObject on arn:aws:s3:::⟦stack/Bucket⟧/private/" in attack["story"]
    assert "because of Allow s3:GetObject" in attack["story"]
    assert attack["request"]["action"] == "s3:GetObject"
    assert attack["because"]


@pytest.mark.parametrize(
    ("accepted", "status"),
    [
        (["Bucket private/{owner}/*:get"], 0),
        (["Bucket private/{owner}/*:get:a signed-in user"], 0),
        (["Bucket private/{owner}/*:list"], 2),
        (["Bucket private/{owner}/*:get:anyone on the internet"], 2),
    ],
)
def test_only_the_accepted_access_is_accepted(written: Any, accepted: list[str], status: int) -> None:
    options = [word for text in accepted for word in ("--accept", text)]
    found, result = prove(written([OWN, PRIVATE]), "--engine", "automata", *options)
    assert found == status
    assert ("ACCEPTED" in result.stdout) == (status == 0)


def test_what_is_accepted_is_told_once_for_each_group_of_actions_and_with_them(written: Any) -> None:
    listing = allow("s3:ListBucket", BUCKET)
    accept = ["--accept", "Bucket private/{owner}/*:get,list"]
    for shape in ("table", "markdown"):
        _, result = prove(written([OWN, PRIVATE, listing]), "--engine", "automata", "--format", shape, *accept)
        told = [line for line in result.stdout.splitlines() if "ACCEPTED: " in line]
        assert [re.findall(r"s3:\w+", line) for line in told] == [["s3:GetObject"], ["s3:ListBucket"]]
        assert "accepted" not in "".join(told)


@pytest.mark.parametrize("columns", [{}, {"COLUMNS": "40"}])
def test_a_sentence_is_one_line_in_a_pipe(
    written: Any, monkeypatch: pytest.MonkeyPatch, columns: dict[str, str]
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    for name, value in columns.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(console, "out", console.make_console(io.StringIO(), stderr=False))
    _, result = prove(written([OWN, PRIVATE]), "--engine", "automata")
    [told] = [line for line in result.stdout.splitlines() if line.startswith("COUNTEREXAMPLE: a signed-in user")]
    assert len(told) > 160


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("private/{owner}:get", "Bucket private/{owner}/*"),
        ("Bucket private/{owner}:get", "Bucket private/{owner}/*"),
        ("Bucket protected/{owner}/*:get", "Bucket private/{owner}/*"),
        ("Bucket private/{owner}/*:get:a guest", "a signed-in user"),
        ("Bucket private/{owner}/*:get:user", "a signed-in user"),
    ],
)
def test_an_acceptance_of_what_is_not_there_is_refused_with_what_is(written: Any, text: str, there: str) -> None:
    found, result = prove(written([OWN, PRIVATE]), "--engine", "automata", "--accept", text)
    assert found == 1
    assert there in str(result.exception)


@pytest.mark.parametrize("text", ["private", "private:", ":get", "private:fly"])
def test_a_misspelt_acceptance_could_not_run(written: Any, text: str) -> None:
    found, result = prove(written([OWN]), "--accept", text)
    assert found == 1
    assert "PLACE:VERBS" in str(result.exception)


def test_a_script_per_attack_compiles_and_makes_the_call(written: Any, tmp_path: Path) -> None:
    folder = tmp_path / "attacks"
    prove(written([OWN, PRIVATE]), "--engine", "automata", "--scripts", str(folder))
    (script,) = folder.iterdir()
    compile(script.read_text(), str(script), "exec")
    assert 'get_object(Bucket=name, Key="private/' in script.read_text().replace("'", '"')


def test_what_could_not_be_read_ends_with_1_and_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text("{")
    result = CliRunner().invoke(command, [str(tmp_path / "t.json")])
    assert result.exit_code == 1
    assert "cannot be parsed" in result.output
    assert CliRunner().invoke(command, [str(tmp_path / "none")]).exit_code == 1


def many(count: int) -> dict[str, Any]:
    body = template([OWN, ROWS])
    for number in range(count):
        body["Resources"][f"Bucket{number}"] = {"Type": "AWS::S3::Bucket"}
        body["Resources"][f"Policy{number}"] = {"Type": "AWS::IAM::Policy", "Properties": {
            "PolicyDocument": {"Version": "2012-10-17", "Statement": [
                allow("s3:GetObject", {"Fn::Sub": f"${{Bucket{number}.Arn}}/private/{SUB.replace('${', '${!')}/*"})]},
            "PolicyName": f"P{number}", "Roles": [{"Ref": "User"}] if number % 10 == 0 else []}}  # fmt: skip
    return body


def run_alone(*arguments: str) -> tuple[float, subprocess.CompletedProcess[str]]:
    """Run the command in a process of its own that finds no Node."""
    environment = {**os.environ, "PATH": "/nowhere", "JSII_NODE": "/nowhere/node"}
    code = (
        "import sys; from constructs_lib.cli.prove import command; "
        "status = command.main(sys.argv[1:], standalone_mode=False); "
        "loaded = {'aws_cdk', 'jsii', 'boto3'} & set(sys.modules); "
        "print(sorted(loaded), file=sys.stderr); sys.exit(status)"
    )
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    return time.perf_counter() - started, done


def test_a_template_of_a_hundred_resources_takes_a_moment_without_node_and_cdk(tmp_path: Path) -> None:
    path = tmp_path / "stack.json"
    path.write_text(json.dumps(many(50)))
    seconds, done = run_alone(str(path), "--engine", "automata")
    assert done.returncode == 0, done.stderr
    assert done.stderr.strip() == "[]"
    # About one second on an idle machine; the bound is for a busy one.
    assert seconds < 10
