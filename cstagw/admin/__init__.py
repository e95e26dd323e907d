"""The admin listener: probes, metrics, JSON about the gateway, and what others mount on it.

Knows the gateway only through `GatewayView`.
"""

from cstagw.admin.app import make_app
from cstagw.admin.server import AdminServer
from cstagw.admin.view import GatewayView

__all__ = ["AdminServer", "GatewayView", "make_app"]
