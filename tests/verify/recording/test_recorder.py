"""A recording has every call and response of a run; identifiers are replaced or omitted before it is written."""

import io
import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.session
import pytest
import requests
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.exceptions import ClientError

from constructs_lib.client.botocore_sessions import core_session
from constructs_lib.verify.recording import FORMAT, FileRecorder
from constructs_lib.verify.run import Run
from tests.verify.faults import Fault, error, response

ACCOUNT, USER = "418402739516", "3e5b6a10-9c1d-4a53-8f6e-2b7c9d0e1f23"
RUN = Run(run_id="8f2a91c4", account=ACCOUNT, region="eu-west-1")
TOKEN = "IQoJb3JpZ2luX2VjEJr//////////wEaCXVzLWVhc3QtMSJHMEUCIQDx"


@pytest.fixture
def recorder(tmp_path: Path) -> FileRecorder:
    return FileRecorder(tmp_path / "run.jsonl", RUN)


def lines(recorder: FileRecorder) -> list[dict[str, Any]]:
    return [json.loads(line) for line in recorder.path.read_text(encoding="utf-8").splitlines()]


def client(recorder: FileRecorder, fault: Fault, service: str, *, key: str = "AKIAIOSFODNN7EXAMPLE") -> Any:
    session = botocore.session.Session()
    recorder.attach(session)
    fault.attach(session)
    return session.create_client(
        service,
        region_name="eu-west-1",
        aws_access_key_id=key,
        aws_secret_access_key="x",
        config=Config(retries={"mode": "standard", "total_max_attempts": 3}),
    )


def says(body: Any) -> Fault:
    return Fault(lambda request, *_: response(request.url, 200, json.dumps(body).encode()))


def test_the_first_line_says_what_it_is_and_nothing_of_the_account(recorder: FileRecorder) -> None:
    [first] = lines(recorder)
    assert first.keys() == {"format", "library", "region", "partition", "local"}
    assert first["format"] == FORMAT
    assert stat.S_IMODE(recorder.path.stat().st_mode) == 0o600


def test_a_file_that_is_there_is_not_written_over(recorder: FileRecorder) -> None:
    with pytest.raises(FileExistsError):
        FileRecorder(recorder.path, RUN)


def test_a_call_is_there_with_who_called_what_was_asked_and_what_came_back(recorder: FileRecorder) -> None:
    given = {"IdentityId": f"eu-west-1:{USER}", "Credentials": {"SessionToken": TOKEN, "Expiration": 1795929859}}
    with recorder.during("guests"):
        client(recorder, says(given), "cognito-identity").get_credentials_for_identity(IdentityId=f"eu-west-1:{USER}")
    [_, line] = lines(recorder)
    assert line == {
        "call": 1,
        "attempt": 1,
        "check": "guests",
        "service": "cognito-identity",
        "operation": "GetCredentialsForIdentity",
        "by": "nobody",
        "request": {"IdentityId": "eu-west-1:⟪uuid-1⟫"},
        "status": 200,
        "error": "",
        "message": "",
        "answer": {
            "IdentityId": "eu-west-1:⟪uuid-1⟫",
            "Credentials": {"SessionToken": "⟪session-token-1⟫", "Expiration": "⟪date-1⟫"},
        },
    }


def test_administrators_and_users_are_told_apart_and_users_by_their_keys(recorder: FileRecorder) -> None:
    client(recorder, says({}), "dynamodb").list_tables()
    session = core_session()
    recorder.users.attach(session)
    says({}).attach(session)
    for key in ("ASIAQ3EGXR7PLW4MZTKN", "ASIAQ3EGXR7PLW4MZTKM", "ASIAQ3EGXR7PLW4MZTKN"):
        dynamodb: Any = session.create_client(
            "dynamodb", region_name="eu-west-1", aws_access_key_id=key, aws_secret_access_key="x"
        )
        dynamodb.list_tables()
    assert [line["by"] for line in lines(recorder)[1:]] == [
        "administrator",
        "⟪access-key-1⟫",
        "⟪access-key-2⟫",
        "⟪access-key-1⟫",
    ]


def test_each_attempt_is_there_under_the_number_of_its_call(recorder: FileRecorder, monkeypatch: Any) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)

    def twice(request: AWSPreparedRequest, service: str, _: str, before: int) -> AWSResponse | None:
        if before < 2:
            return error(request, service, 400, "ThrottlingException")
        return response(request.url, 200, b"{}")

    client(recorder, Fault(twice), "dynamodb").list_tables()
    found = [(line["call"], line["attempt"], line["status"], line["error"]) for line in lines(recorder)[1:]]
    assert found == [(1, 1, 400, "ThrottlingException"), (1, 2, 400, "ThrottlingException"), (1, 3, 200, "")]


def test_an_error_is_there_with_its_code_and_without_whom_it_names(recorder: FileRecorder) -> None:
    message = f"User: arn:aws:sts::{ACCOUNT}:assumed-role/x/y is not authorized to perform: dynamodb:ListTables"
    refusing = Fault(lambda request, service, *_: error(request, service, 400, "AccessDeniedException", message))
    with pytest.raises(ClientError):
        client(recorder, refusing, "dynamodb").list_tables()
    [_, line] = lines(recorder)
    assert (line["status"], line["error"]) == (400, "AccessDeniedException")
    assert line["message"].startswith("User: arn:aws:sts::⟪account-1⟫:assumed-role/x/y")


def test_an_answer_that_may_identify_is_withheld_with_its_place_and_the_run_goes_on(recorder: FileRecorder) -> None:
    row = {"text": {"S": "Zq8Xk29DfQw7Lm3"}}
    asking = client(recorder, says({"Item": row}), "dynamodb")
    assert asking.get_item(TableName="notes", Key={"owner": {"S": "x"}})["Item"] == row
    [_, line] = lines(recorder)
    assert line["withheld"] == "dynamodb:GetItem"
    [withheld] = recorder.withheld
    assert withheld.place == "dynamodb:GetItem answer.Item.text.S"
    assert "Zq8Xk29DfQw7Lm3" not in recorder.path.read_text(encoding="utf-8")


def test_of_lists_of_the_whole_account_only_what_is_the_run_s_is_there(recorder: FileRecorder) -> None:
    names = ["payroll", "cognito-verify-8f2a91c4-Notes", "customers"]
    asking = client(recorder, says({"TableNames": names}), "dynamodb")
    assert asking.list_tables(Limit=3)["TableNames"] == names
    assert lines(recorder)[1]["answer"] == {"TableNames": ["cognito-verify-⟪run-1⟫-Notes"]}
    assert "payroll" not in recorder.path.read_text(encoding="utf-8")


def test_a_list_about_something_of_the_run_is_there_whole(recorder: FileRecorder) -> None:
    asking = client(recorder, says({"Groups": [{"GroupName": "editors"}]}), "cognito-idp")
    recorder.add_identifier("pool", "Xk29DfQw7")
    asking.list_groups(UserPoolId="eu-west-1_Xk29DfQw7")
    assert lines(recorder)[1]["answer"] == {"Groups": [{"GroupName": "editors"}]}


def test_a_stream_is_recorded_and_can_still_be_read(recorder: FileRecorder) -> None:
    got = Fault(lambda request, *_: response(request.url, 200, b"hello maria@corp.io", {"content-length": "19"}))
    answer = client(recorder, got, "s3").get_object(Bucket="documents", Key="public/x")
    assert answer["Body"].read() == b"hello maria@corp.io"
    assert lines(recorder)[1]["answer"]["Body"] == "hello ⟪email-1⟫"


def test_a_file_that_is_sent_is_recorded_and_still_sent(recorder: FileRecorder, tmp_path: Path) -> None:
    sent = list[bytes]()

    def take(request: AWSPreparedRequest, *_: Any) -> AWSResponse:
        body: Any = request.body
        sent.append(body.read() if hasattr(body, "read") else body)
        return response(request.url, 200, b"")

    (tmp_path / "x").write_bytes(b"hello")
    with (tmp_path / "x").open("rb") as file:
        client(recorder, Fault(take), "s3").put_object(Bucket="documents", Key="public/x", Body=file)
    assert sent
    assert b"hello" in sent[0]
    assert lines(recorder)[1]["request"]["Body"] == "hello"


def test_a_package_of_this_library_is_there_by_its_name(recorder: FileRecorder) -> None:
    recorder.redactor.names_package("Shares Code", b"\xff\x00zip")
    done = Fault(lambda request, *_: response(request.url, 200, b""))
    for body in (b"\xff\x00zip", b"\xff\x00other"):
        client(recorder, done, "s3").put_object(Bucket="documents", Key="x", Body=body)
    assert [line["request"]["Body"] for line in lines(recorder)[1:]] == [
        {"package of this library": "Shares Code"},
        "⟪bytes-1⟫",
    ]


def test_what_a_token_says_is_there_once(recorder: FileRecorder) -> None:
    token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJtYXJpYSIsInRva2VuX3VzZSI6ImlkIn0.c2lnbmF0dXJl"
    given = {"AuthenticationResult": {"IdToken": token}}
    cognito = client(recorder, says(given), "cognito-idp")
    for _ in range(2):
        cognito.initiate_auth(AuthFlow="REFRESH_TOKEN_AUTH", ClientId="x" * 5, AuthParameters={"REFRESH_TOKEN": "y"})
    _, first, second = lines(recorder)
    said = {"header": {"alg": "RS256"}, "claims": {"sub": "⟪username-1⟫", "token_use": "id"}}
    assert first["tokens"] == {"⟪jwt-1⟫": said}
    assert "tokens" not in second


class Answering(requests.adapters.BaseAdapter):
    """Returns one page for every HTTP request."""

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:  # type: ignore[override] # what it is given is not looked at
        """Answer."""
        found = requests.Response()
        found.status_code, found.request, found.url = 403, request, str(request.url)
        found.headers.update({"content-type": "application/json", "x-amzn-requestid": USER, "set-cookie": f"a={TOKEN}"})
        found.headers["access-control-allow-origin"] = "https://verify.example.com"
        found.raw = io.BytesIO(json.dumps({"message": f"no route for {USER}"}).encode())
        return found

    def close(self) -> None:
        """Do nothing."""


@pytest.fixture
def http() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.mount("https://", Answering())
        yield session


def test_a_call_over_http_is_there_with_the_headers_that_a_browser_acts_on(
    recorder: FileRecorder, http: requests.Session
) -> None:
    headers = {
        "Origin": "https://verify.example.com",
        "Authorization": f"Bearer {'eyJhbGciOiJub25lIn0.e30.'}",
        "X-Of": TOKEN,
    }
    address = f"https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/shares?of={USER}"
    recorder.users.answered(http.get(address, headers=headers))
    [_, line] = lines(recorder)
    del line["tokens"]
    assert line == {
        "call": 1,
        "attempt": 1,
        "check": "",
        "method": "GET",
        "url": "https://⟪host-1⟫.execute-api.eu-west-1.amazonaws.com/shares",
        "query": [{"Key": "of", "Value": "⟪uuid-1⟫"}],
        "by": {"token": "⟪jwt-1⟫", "scheme": "Bearer "},
        "headers": {"origin": "https://verify.example.com", "accept": "*/*"},
        "request": "",
        "status": 403,
        "answer_headers": {
            "access-control-allow-origin": "https://verify.example.com",
            "content-type": "application/json",
        },
        "answer": '{"message": "no route for ⟪uuid-1⟫"}',
    }


def test_a_caller_without_keys_differs_from_a_user_of_that_name(recorder: FileRecorder) -> None:
    idp = client(recorder, says({}), "cognito-idp")
    idp.forgot_password(ClientId="x", Username="nobody")
    idp.sign_up(ClientId="x", Username="administrator", Password="y")
    [_, first, second] = lines(recorder)
    assert [first["request"]["Username"], second["request"]["Username"]] == ["⟪username-1⟫", "⟪username-2⟫"]
    assert [first["by"], second["by"]] == ["nobody", "nobody"]


def test_the_last_line_says_how_many_there_are(recorder: FileRecorder) -> None:
    client(recorder, says({}), "dynamodb").list_tables()
    recorder.end()
    assert lines(recorder)[-1] == {"calls": 1}


def test_a_file_that_cannot_be_written_ends_the_recording_and_not_the_call(recorder: FileRecorder) -> None:
    dynamodb = client(recorder, says({"TableNames": ["x"]}), "dynamodb")
    recorder.path.unlink()
    recorder.path.mkdir()
    assert dynamodb.list_tables()["TableNames"] == ["x"]
    assert "Is a directory" in recorder.broken
    recorder.end()


def test_the_administrator_is_not_named(recorder: FileRecorder) -> None:
    for name in ("user/maria", "maria"):
        recorder.add_identifier("administrator", name)
    message = f"User: arn:aws:iam::{ACCOUNT}:user/maria is not authorized"
    fault = Fault(lambda request, service, *_: error(request, service, 400, "AccessDeniedException", message))
    with pytest.raises(ClientError):
        client(recorder, fault, "dynamodb").list_tables()
    assert "maria" not in recorder.path.read_text(encoding="utf-8")
