"""REST and HTTP APIs from one list of routes, each with its access rules."""

from constructs_lib.access.public_access import anyone
from constructs_lib.api.api import Api
from constructs_lib.api.caller_environment import caller_environment
from constructs_lib.api.domain import Domain
from constructs_lib.api.route_access import api_key, jwt
from constructs_lib.api.routes import Route, Throttle
from constructs_lib.api.usage_plans import UsagePlan
from constructs_lib.api.web_acl import WebAcl

__all__ = [
    "Api",
    "Domain",
    "Route",
    "Throttle",
    "UsagePlan",
    "WebAcl",
    "anyone",
    "api_key",
    "caller_environment",
    "jwt",
]
