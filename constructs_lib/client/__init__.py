"""Client configuration, and a small client that uses an app the way a browser does. Imports no aws_cdk.

The construct that puts the configuration into a stack is `constructs_lib.client.construct.ClientConfig`.
"""

from constructs_lib.client.app import AppClient
from constructs_lib.client.caller import Caller, Guest, Tokens, User
from constructs_lib.client.settings import ClientSettings

__all__ = ["AppClient", "Caller", "ClientSettings", "Guest", "Tokens", "User"]
