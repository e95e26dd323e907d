"""A CTIManager cluster to connect to when you have none: nodes, phones, calls, faults, the production wire.

Every party of a call sees one truth, through whichever CTIManager. Knows CSTA values, frames and device
identifiers; does not know the client of the same wire, SIP or users.
"""

from ctimgr_client.serving.limits import Limits
from ctimgr_client.simulator.cluster import Cluster
from ctimgr_client.simulator.ctimanager import Fault
from ctimgr_client.simulator.simulator import Simulator

__all__ = ["Cluster", "Fault", "Limits", "Simulator"]
