"""Services behind a load balancer that authenticates callers: `LoadBalancedService`, `ListenerRules`.

The service verifies the caller again, with `constructs_lib.verified`, because it needs the caller's identity.
"""

from constructs_lib.services.listener_rules import ListenerRules
from constructs_lib.services.routes import ServiceRoute
from constructs_lib.services.service import LoadBalancedService

__all__ = ["ListenerRules", "LoadBalancedService", "ServiceRoute"]
