"""The admin listener: probes, metrics, JSON about the gateway, and what others mount on it.

Knows the gateway only through `GatewayView`, and what can be done to it through `control`.
"""

from cstagw.admin.app import make_app
from cstagw.admin.control import control_routes
from cstagw.admin.server import AdminServer
from cstagw.admin.users import user_routes
from cstagw.admin.view import GatewayView

__all__ = ["AdminServer", "GatewayView", "control_routes", "make_app", "user_routes"]
