"""The bridge: a CUCM node behind the wire, through the operator's own JTAPI library in a JVM.

    wire (CSTA XML) ── server ── services ── workers ──► telephony ──► JVM     blocking calls, in threads
                                    ▲                                   │
                        monitors ───┴── tracker ◄── records ◄── observers     events, from foreign threads

One process per CUCM node. Java objects stay in `java`: what leaves it are the keys and records of this
package. Everything else is pure or knows the event loop only.
"""
