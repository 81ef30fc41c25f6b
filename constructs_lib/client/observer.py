"""The observer of a client's calls: a subclass records requests and responses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.argument_checks import checked

if TYPE_CHECKING:
    import botocore.session
    import requests


@checked
class Observer:
    """Observes the requests of a client and the responses to them. This class does nothing; subclasses override it."""

    def attach(self, session: botocore.session.Session) -> None:
        """Register handlers for the events of a botocore session. It is called before the first request.

        Args:
            session: The session.
        """

    def answered(self, response: requests.Response) -> None:
        """Observe an HTTP response that botocore did not receive: from an API, a function URL or a signed URL.

        Args:
            response: The response.
        """
