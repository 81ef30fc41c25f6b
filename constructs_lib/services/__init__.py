"""Services of your own behind a load balancer that asks who calls: `LoadBalancedService`, `ListenerRules`.

What runs there verifies the caller once more, by `constructs_lib.verified`: it needs to know who it is.
"""

from constructs_lib.services.listener_rules import ListenerRules
from constructs_lib.services.routes import ServiceRoute
from constructs_lib.services.service import LoadBalancedService

__all__ = ["ListenerRules", "LoadBalancedService", "ServiceRoute"]
