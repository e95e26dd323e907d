"""What one application has opened through a simulated CTIManager, for the services that act for it."""

from ctimgr_client.serving.application import Application as Base
from ctimgr_client.serving.application import Tell
from ctimgr_client.serving.monitors import Deliver
from ctimgr_client.simulator.cluster import Cluster
from ctimgr_client.simulator.ctimanager import CtiManager


class Application(Base):
    """Services act for one of these, on the cluster."""

    def __init__(
        self, cti: CtiManager, name: str, deliver: Deliver, tell: Tell, *, has_session: bool
    ) -> None:
        super().__init__(cti, name, deliver, tell, has_session=has_session)
        self.cluster: Cluster = cti.cluster
