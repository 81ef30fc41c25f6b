"""Mailbox of the local cloud: e-mails and SMS that its user pools would have sent, and the codes in them."""

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from constructs_lib.local.emulator_http import call_control
from constructs_lib.local.errors import LocalCloudError

_MAIL: Final = "/_ministack/ses/messages"
_SMS: Final = "/_ministack/sns/sms-messages"
_CODE: Final = re.compile(r"(?<!\d)(\d{6}|\d{8})(?!\d)")
_SECONDS: Final = 10
_LOOK_SECONDS: Final = 0.05


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """An e-mail or SMS.

    Args:
        to: The address or number.
        subject: The subject; empty for an SMS.
        body: The text.
    """

    to: str
    subject: str
    body: str

    @property
    def codes(self) -> list[str]:
        """The verification codes in the text: six or eight digits."""
        return _CODE.findall(self.body)


class Mailbox:
    """E-mails and SMS of a local cloud's user pools, for its administrator.

    Args:
        endpoint_url: The local cloud.
        secret_key: Its administrator's secret access key.
    """

    def __init__(self, endpoint_url: str, secret_key: str) -> None:
        """Store the address and the key."""
        self._endpoint_url, self._secret_key = endpoint_url, secret_key

    def letters(self, to: str = "") -> list[Letter]:
        """Return the sent messages, oldest first.

        Args:
            to: An address or number. Empty: all messages.

        Raises:
            LocalCloudError: If the local cloud refuses the request or does not respond.
        """
        found = [*_mails(self._ask(_MAIL)), *_texts(self._ask(_SMS))]
        return [each for each in found if to in ("", each.to)]

    def last_code(self, to: str) -> str:
        """Return the newest code sent to an address or number, and wait up to 10 seconds for one.

        Raises:
            LocalCloudError: If there is none.
        """
        deadline = time.monotonic() + _SECONDS
        while True:
            codes = [code for each in self.letters(to) for code in each.codes]
            if codes:
                return codes[-1]
            if time.monotonic() > deadline:
                raise LocalCloudError(f"no code was sent to {to}; check the address with `cognito-app messages`")
            time.sleep(_LOOK_SECONDS)

    def _ask(self, path: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(
            call_control(self._endpoint_url, path, method="GET", secret_key=self._secret_key)
        )
        return found


def _mails(found: dict[str, Any]) -> Iterator[Letter]:
    for sent in found.get("messages", {}).values():
        for each in sent:
            for to in each["To"]:
                yield Letter(to=to, subject=each["Subject"], body=each["BodyText"] or each["BodyHtml"])


def _texts(found: dict[str, Any]) -> Iterator[Letter]:
    for to, sent in found.get("sms_messages", {}).items():
        for each in sent:
            yield Letter(to=to, subject="", body=each["Message"])
