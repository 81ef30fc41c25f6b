"""REST and HTTP APIs from one list of routes, each of which says who may call it."""

from constructs_lib.api.access import anyone, api_key, jwt
from constructs_lib.api.api import Api
from constructs_lib.api.routes import Route, Throttle

__all__ = ["Api", "Route", "Throttle", "anyone", "api_key", "jwt"]
