"""Hears a client's calls, for whoever records them or keeps some back."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import botocore.session
    import requests


class Observer:
    """Hears what a client asks and what it is answered. This one does nothing; subclasses say what they hear."""

    def attach(self, session: botocore.session.Session) -> None:
        """Hear the calls of a botocore session, before its first one: register handlers of its events.

        Args:
            session: The session.
        """

    def answered(self, response: requests.Response) -> None:
        """Hear one answer over HTTP that no botocore session got: of an API, a function URL, a signed address.

        Args:
            response: The answer.
        """
