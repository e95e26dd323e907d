"""Documents as nodes that lxml builds: a way to say what we expect without the table of csta_xml."""

from typing import TypeAlias, cast

from lxml import etree

import csta_xml as x

Node: TypeAlias = "tuple[str, str | list[Node]]"

#: Elements of other namespaces inside the open places.
FOREIGN = {
    "lcs:line": "http://schemas.microsoft.com/Lcs/2005/04/RCCExtension",
    "login": "urn:cstagw:login",
}

REF = x.MonitorCrossRefId("ref-1")
A, B, C, D, F = (x.DeviceId(f"tel:{number}") for number in (2001, 2002, 2003, 2004, 2005))
CON = x.ConnectionId(x.CallId("call-1"), A)
OTHER = x.ConnectionId(x.CallId("call-3"), D)
ONLY_CALL, ONLY_DEVICE = x.ConnectionId(x.CallId("call-2")), x.ConnectionId(None, B)


def tree(node: Node, namespace: str) -> etree._Element:
    """The element of a node, everything in one namespace."""
    name, content = node
    prefix, _, local = name.rpartition(":")
    namespace = FOREIGN.get(name, namespace)
    # lxml's stubs know no default namespace
    nsmap = cast(dict[str, str], {prefix or None: namespace})
    element = etree.Element(f"{{{namespace}}}{local}", nsmap=nsmap)
    if isinstance(content, str):
        element.text = content or None
    else:
        element.extend([tree(child, namespace) for child in content])
    return element


def con(name: str) -> Node:
    return name, [("callID", "call-1"), ("deviceID", "tel:2001")]


def other_con(name: str) -> Node:
    return name, [("callID", "call-3"), ("deviceID", "tel:2004")]


def party(name: str, number: int) -> Node:
    return name, [("deviceIdentifier", f"tel:{number}")]


def no_party(name: str, why: str) -> Node:
    return name, [(why, "")]


def line(text: str) -> Node:
    return "extensions", [("privateData", [("private", [("lcs:line", text)])])]


REF_NODE: Node = ("monitorCrossRefID", "ref-1")
PARTIES = [party("callingDevice", 2002), party("calledDevice", 2003)]
LAST: Node = ("lastRedirectionDevice", [("numberDialed", "tel:2004")])
TAIL: list[Node] = [("localConnectionInfo", "queued"), ("cause", "transfer")]
QUEUED, TRANSFER = x.LocalConnectionState.QUEUED, x.Cause.TRANSFER

#: A list of connections in every shape an item can have.
CONNECTIONS = (
    x.ConnectionListItem(new_connection=CON, old_connection=OTHER, endpoint=C),
    x.ConnectionListItem(new_connection=ONLY_CALL, endpoint=x.Absent.NOT_KNOWN),
    x.ConnectionListItem(old_connection=ONLY_DEVICE, endpoint=x.Absent.RESTRICTED),
    x.ConnectionListItem(),
)
CONNECTION_NODES: list[Node] = [
    (
        "connectionListItem",
        [con("newConnection"), other_con("oldConnection"), ("endpoint", [("deviceID", "tel:2003")])],
    ),
    ("connectionListItem", [("newConnection", [("callID", "call-2")]), no_party("endpoint", "notKnown")]),
    (
        "connectionListItem",
        [("oldConnection", [("deviceID", "tel:2002")]), no_party("endpoint", "restricted")],
    ),
    ("connectionListItem", ""),
]
