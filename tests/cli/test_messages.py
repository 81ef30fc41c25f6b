"""Messages shows what users would have got, to one address or to all."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from constructs_lib.cli import messages
from constructs_lib.local.mailbox import Letter
from tests.cli.schemas import fits

SENT = [
    Letter(to="alice@example.com", subject="Your verification code", body="Your verification code is 828210"),
    Letter(to="+15555550100", subject="", body="Your authentication code is 123123"),
]


def test_where_nothing_runs_it_says_how_to_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    said = CliRunner().invoke(messages.command, [])
    assert said.exit_code == 1
    assert "start one with `cognito-app up`" in said.output


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> None:
    box = SimpleNamespace(letters=lambda to: [each for each in SENT if to in ("", each.to)])
    monkeypatch.setattr("constructs_lib.local.LocalCloud.attach", lambda: SimpleNamespace(mailbox=box))


@pytest.mark.usefixtures("sent")
def test_it_shows_mails_and_sms_with_their_codes() -> None:
    everything = CliRunner().invoke(messages.command, []).stdout
    assert "828210" in everything
    assert "123123" in everything
    assert "123123" not in CliRunner().invoke(messages.command, ["alice@example.com"]).stdout
    assert CliRunner().invoke(messages.command, ["nobody"]).stdout == "Nothing was sent.\n"


@pytest.mark.usefixtures("sent")
def test_the_json_form_follows_the_published_schema() -> None:
    told = fits(CliRunner().invoke(messages.command, ["--format", "json"]).stdout, "messages-1")
    assert [each["to"] for each in told["messages"]] == [each.to for each in SENT]
    assert (
        fits(CliRunner().invoke(messages.command, ["nobody", "--format", "json"]).stdout, "messages-1")["messages"]
        == []
    )
