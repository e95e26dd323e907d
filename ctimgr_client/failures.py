"""Why a link cannot be opened or was lost, in the words an administrator of a CTIManager knows.

One table as data: what happened, the likely cause, the cure. Reason labels are also metric labels, so they
are few and fixed. Knows neither exceptions nor sockets: the shell finds out the label.
"""

from dataclasses import dataclass
from math import inf

from ctimgr_client.address import CtiManagerAddress

SAY_AGAIN_AFTER = 60.0
QUIET_AFTER_LOSS = 10.0
_MAX_DETAIL = 200


@dataclass(frozen=True, slots=True)
class LinkDown:
    """`reason` is a label of FAILURES; `cause` and `cure` are for humans, a line each."""

    reason: str
    cause: str
    cure: str = ""

    @property
    def text(self) -> str:
        """Both in one line."""
        return f"{self.cause}; {self.cure}" if self.cure else self.cause


@dataclass(frozen=True, slots=True)
class Failure:
    """One line of the table; {host} and {port} are those of the address."""

    what: str
    cause: str
    cure: str


FAILURES: dict[str, Failure] = {
    # The link could not be opened.
    "refused": Failure(
        "Connection refused",
        "nothing listens on port {port} of {host}",
        "check that the CTIManager service runs and that the port is right",
    ),
    "timed_out": Failure(
        "Operation timed out",
        "no IP connectivity to {host}",
        "check address, gateway, routing and firewall, then ping it",
    ),
    "not_resolvable": Failure(
        "{host} not resolvable",
        "the name service does not know this host name",
        "check DNS, or configure the IP address",
    ),
    "unreachable": Failure(
        "No route to host",
        "the network or {host} itself reports that it cannot be reached",
        "check address, gateway and routing",
    ),
    "no_answer": Failure(
        "Operation timed out",
        "{host} accepted the connection but opened no application session",
        "check that port {port} is a CSTA XML port and that the CTIManager is not overloaded",
    ),
    "bad_login": Failure(
        "bad login or password",
        "the CTIManager does not accept this application",
        "check the application's user and password in CUCM",
    ),
    "no_login": Failure(
        "login=",
        "no user is configured for this application behind {host}",
        "configure the application's user and password there",
    ),
    "no_version": Failure(
        "null",
        "no protocol version in common, or a bridge without a host or with a library of another release",
        "check the versions the CTIManager speaks; give a bridge its host and the library of its own CUCM",
    ),
    "session_refused": Failure(
        "application session refused",
        "the CTIManager opens no session for this application",
        "check its limit of sessions and the protocol versions it offers",
    ),
    "tls": Failure(
        "TLS handshake failed",
        "certificates or TLS versions do not fit, or only one of the two sides uses TLS",
        "check the trusted certificates, and csta:// against cstas://",
    ),
    # What only a bridge to JTAPI says.
    "extra": Failure(
        "JPype1 is not installed",
        "the bridge to {host} cannot start a JVM without it",
        "install the extra: pip install 'cstagw[jtapi]'",
    ),
    "jvm": Failure(
        "no JVM",
        "the bridge to {host} found no Java virtual machine that it could start",
        "install Java 11 or 17, or set [jtapi] jvm to its libjvm.so; check [jtapi] jvm_options",
    ),
    "library": Failure(
        "JTAPI library not usable",
        "what [jtapi] jar names is missing, cannot be read, or is no JTAPI library",
        "take jtapi.jar from this CUCM's own plug-in page; `cstagw bridge --check` says what a jar has",
    ),
    "peer": Failure(
        "JTAPI peer not usable",
        "the library has no such peer class, or it cannot be made",
        "leave [jtapi] peer out for Cisco's library; for another one write its class name",
    ),
    "opening": Failure(
        "provider is being opened",
        "the bridge waits until {host} has answered and is in service",
        "wait; look at the CTIManager service of {host} if this lasts for minutes",
    ),
    "provider_down": Failure(
        "JTAPI provider out of service",
        "the CTIManager of {host} was lost, or is not ready yet; the library reconnects by itself",
        "check the CTIManager service of {host} and the network on the way",
    ),
    "provider_shut": Failure(
        "JTAPI provider shut down",
        "the library gave the connection up",
        "nothing needs to be done, it is opened anew; look at the bridge's log if this repeats",
    ),
    "login_expired": Failure(
        "password expired",
        "CUCM wants a new password for the application's user",
        "set a password that does not expire in CUCM, and put it into [jtapi] password_file",
    ),
    "login_locked": Failure(
        "account locked or disabled",
        "CUCM locked the application's user, as after too many wrong passwords",
        "unlock it in CUCM, then check [jtapi] user and password_file",
    ),
    "directory_down": Failure(
        "CUCM's directory unavailable",
        "{host} could not look up the application's user",
        "check the directory services of CUCM; it is tried again",
    ),
    "too_many": Failure(
        "too many CTI connections",
        "the CTIManager of {host} serves as many applications as it may",
        "close others, or raise its limit of CTI connections",
    ),
    "security": Failure(
        "secure connection refused",
        "the user may connect over TLS only, or may not, or the certificate is not accepted",
        "check [jtapi.security], the instance id, and the group Standard CTI Secure Connection",
    ),
    "library_hung": Failure(
        "JTAPI library hangs",
        "a call into the library did not return",
        "nothing needs to be done, the bridge is started anew; look at its log if this repeats",
    ),
    "bridge_secret": Failure(
        "wrong secret",
        "the bridge demands another shared secret, or one at all",
        "give both sides the same: secret_file of the [[ctimanager]] entry, --secret-file of the bridge",
    ),
    "bridge_gone": Failure(
        "bridge not running",
        "the bridge process to {host} has ended, or could not be started",
        "it is started anew; its last words are in the log",
    ),
    "bridge_hung": Failure(
        "bridge hangs",
        "the bridge process to {host} did not answer and is replaced",
        "nothing needs to be done; check memory and load of this machine if it repeats",
    ),
    # An established link was lost, or the connection ended while it was being opened.
    "closed": Failure(
        "connection closed by the CTIManager",
        "the CTIManager was stopped, restarted, or ended the session",
        "look at the CTIManager's own log if this repeats",
    ),
    "reset": Failure(
        "connection reset",
        "the CTIManager or a firewall on the way dropped the connection",
        "look at the CTIManager's own log and at firewall time-outs",
    ),
    "silent": Failure(
        "no heartbeat",
        "nothing was received for two heartbeat intervals",
        "check whether the CTIManager hangs and whether packets are lost on the way",
    ),
    "session_terminated": Failure(
        "application session terminated",
        "the CTIManager ended the session",
        "look at the CTIManager's own log if this repeats",
    ),
    "session_expired": Failure(
        "session timer not reset",
        "the CTIManager no longer knows the session or cannot prolong it",
        "look at the CTIManager's own log if this repeats",
    ),
    "disabled": Failure(
        "system status disabled",
        "the CTIManager reports that it serves nobody",
        "enable it, or wait until its start is complete",
    ),
    "framing": Failure(
        "framing lost",
        "what {host} sends on port {port} is not CSTA XML over TCP",
        "check that the port is right and that nothing on the way changes the stream",
    ),
    "not_reading": Failure(
        "CTIManager stopped reading",
        "what was sent to it is piling up unread",
        "check whether the CTIManager hangs or is overloaded",
    ),
    "stopped": Failure(
        "link closed by the gateway",
        "the gateway was stopped, or the CTIManager was taken out of its configuration",
        "nothing needs to be done",
    ),
    "internal": Failure(
        "fault of the gateway",
        "the gateway itself went wrong at this link",
        "report the log line cti.failed with its traceback",
    ),
    "other": Failure(
        "connection failed",
        "the operating system reports an error",
        "see the detail in brackets",
    ),
}


PARTIAL = LinkDown(
    "partial_service",
    "partial service: the CTIManager says that some of its lines cannot be controlled",
    "wait until its start is complete, then look at the nodes its devices are registered with",
)


def link_down(reason: str, address: CtiManagerAddress, detail: str = "") -> LinkDown:
    """The failure in words for humans; `detail` is what the far side or the system said about it."""
    failure = FAILURES[reason]
    what, cause, cure = (
        part.format(host=address.host, port=address.port)
        for part in (failure.what, failure.cause, failure.cure)
    )
    said = f" ({_printable(detail)})" if detail else ""
    return LinkDown(reason, f"{what}{said}: {cause}", cure)


def _printable(detail: str) -> str:
    """A foreign text must not break out of a log line or fill it."""
    return "".join(c if c.isprintable() else " " for c in detail[:_MAX_DETAIL]).strip()


class Repeats:
    """Which failures of one kind are worth a log line: the first, a new reason, else one per minute."""

    def __init__(self) -> None:
        self._reason: str | None = None
        self._said_at = self._quiet_until = -inf
        self._count = 0

    def note(self, reason: str, now: float) -> int | None:
        """How many failures the line to be written stands for; None: write nothing."""
        self._count += 1
        if now < self._quiet_until or (reason == self._reason and now - self._said_at < SAY_AGAIN_AFTER):
            return None
        said, self._count = self._count, 0
        self._reason, self._said_at = reason, now
        return said

    def forget(self, quiet_until: float = -inf) -> None:
        """It worked meanwhile: the next failure is a first one. Until then nothing of it is said at all."""
        self._reason, self._count, self._quiet_until = None, 0, quiet_until
