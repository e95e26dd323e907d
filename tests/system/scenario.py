"""SIPp scenarios of remote call control, written as Python so that Content-Length is right where two requests
share a write."""

from __future__ import annotations

import shlex
from xml.sax.saxutils import escape

from .whole import Whole, expression_of, known_names, names

NS = "http://www.ecma-international.org/standards/ecma-323/csta/ed3"
LCS = "http://schemas.microsoft.com/Lcs/2005/04/RCCExtension"
LINE = "tel:1001;phone-context=dialstring"
#: The line of each user of many, out of a file of numbers.
EACH_LINE = "tel:[field0];phone-context=dialstring"


def private_line(name: str, line: str = LINE) -> str:
    """A request that carries the Line URI as Microsoft's clients do."""
    return (
        f'<{name} xmlns="{NS}"><extensions><privateData><private>'
        f'<lcs:line xmlns:lcs="{LCS}">{line}</lcs:line></private></privateData></extensions></{name}>'
    )


def csta(name: str, inner: str) -> str:
    return f'<{name} xmlns="{NS}">{inner}</{name}>'


def connection(element: str, call: str = "[$call]", line: str = LINE) -> str:
    return f"<{element}><callID>{call}</callID><deviceID>{line}</deviceID></{element}>"


def request(method: str, cseq: int, body: str = "", *, branch: str = "", fixed_length: bool = False) -> str:
    """One request. In dialog, unless it is the INVITE."""
    initial = method == "INVITE"
    uri = "sip:ctigw@[remote_ip]:[remote_port]" if initial else "[next_url]"
    content = (
        "Content-Disposition: signal;handling=required\nContent-Type: application/csta+xml\n" if body else ""
    )
    # SIPp puts these in after the length is written: a monitor reference has nine characters, a line seven.
    filled = body.replace("[$monitor]", "123456789").replace("[field0]", "2000000")
    length = str(len(filled.encode())) if fixed_length else "[len]"
    return f"""{method} {uri} SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]{branch}
From: "User" <sip:user[call_number]@example.com>;tag=[pid]t[call_number];epid=0a1b2c3d4e
To: <sip:ctigw@[remote_ip]:[remote_port]>{"" if initial else "[peer_tag_param]"}
Call-ID: [call_id]
CSeq: {cseq} {method}
Max-Forwards: 69
Contact: <sip:user[call_number]@[local_ip]:[local_port];transport=[transport]>
User-Agent: UCCP/2.0.6362.0 OC/2.0.6362.0 (Microsoft Office Communicator)
Supported: timer
{content}Content-Length: {length}

{body}"""


_OK = """SIP/2.0 200 OK
Via: [${via}]
[last_From:]
[last_To:]
[last_Call-ID:]
CSeq: [${cseq}]
Content-Length: 0

"""


#: A body to come: the whole of it, or texts that it contains.
Body = Whole | tuple[str, ...]


class Scenario:
    """Builds up the XML step by step."""

    def __init__(self, name: str) -> None:
        self._steps: list[str] = []
        self._variables: set[str] = set()
        self._name = name

    def send(self, *requests: str) -> Scenario:
        """Send these requests in one write."""
        # Between two messages there must be no line of its own: a body ends where Content-Length says.
        # SIPp cuts empty lines off the end of a send; a variable that is never set keeps them.
        text = "".join(requests) + "[$nothing]"
        self._variables.add("nothing")
        self._steps.append(f"<send><![CDATA[\n{text}\n]]></send>")
        return self

    def answer(self, *contains: str, opens: bool = False, **variables: str) -> Scenario:
        """A 200 must come; its body contains these texts; variables are taken out of it by expression."""
        return self._answer(self._checks(contains) + self._taken(variables), opens=opens)

    def answer_is(self, body: Whole) -> Scenario:
        """A 200 with this body must come."""
        return self._answer(self._checks(body))

    def _answer(self, checks: str, *, opens: bool = False) -> Scenario:
        routes = ' rrs="true"' if opens else ""
        action = f"<action>{checks}</action>" if checks else ""
        self._steps.append(f'<recv response="200"{routes}>{action}</recv>')
        return self

    def events(self, *expected: Body) -> Scenario:
        """These INFOs of the gateway must come, in this order, each with this body; all are answered then.

        They may arrive in one segment, and SIPp cannot send while it has something to receive.
        """
        answers = []
        for body in expected:
            number = len(self._variables)
            via, cseq = f"via{number}", f"cseq{number}"
            self._variables |= {via, cseq}
            keep = "".join(
                f'<ereg regexp=".*" search_in="hdr" header="{header}" assign_to="{name}"/>'
                for header, name in (("Via:", via), ("CSeq:", cseq))
            )
            self._steps.append(f'<recv request="INFO"><action>{keep}{self._checks(body)}</action></recv>')
            answers.append(f"<send><![CDATA[\n{_OK.format(via=via, cseq=cseq)}\n]]></send>")
        self._steps += answers
        return self

    def skipped(self, message: str) -> Scenario:
        """A send that is jumped over: SIPp takes answers only to methods that some send before began with."""
        label = str(len(self._steps))
        self._steps.append(f'<nop next="{label}"/>')
        self.send(message)
        self._steps.append(f'<label id="{label}"/>')
        return self

    def optional(self, status: int) -> Scenario:
        self._steps.append(f'<recv response="{status}" optional="true"/>')
        return self

    def run(self, *command: str) -> Scenario:
        """Start a command; the scenario goes on and sees what comes of it."""
        line = self._variable("run")
        quoted = _attribute(shlex.join(command))
        self._steps.append(
            f'<nop><action><assignstr assign_to="{line}" value="{quoted}"/>'
            f'<exec command="[${line}]"/></action></nop>'
        )
        return self

    def _checks(self, body: Body) -> str:
        if isinstance(body, Whole):
            return self._whole(body)
        return "".join(
            f'<ereg regexp="{_attribute(text)}" search_in="body" check_it="true"'
            f' assign_to="{self._variable("c")}"/>'
            for text in body
        )

    def _whole(self, body: Whole) -> str:
        self._variables |= set(names(body))
        came, both, all_of_it = (self._variable(letter) for letter in ("b", "v", "w"))
        value = "".join(f"[${name}] " for name in known_names(body)) + f"[${came}]"
        return (
            f'<ereg regexp=".*" search_in="body" assign_to="{came}"/>'
            f'<assignstr assign_to="{both}" value="{value}"/>'
            f'<ereg regexp="{_attribute(expression_of(body))}" search_in="var" variable="{both}"'
            f' check_it="true" assign_to="{",".join([all_of_it, *names(body)])}"/>'
        )

    def _taken(self, variables: dict[str, str]) -> str:
        actions = []
        for name, expression in variables.items():
            self._variables.add(name)
            actions.append(
                f'<ereg regexp="{_attribute(expression)}" search_in="body" check_it="true"'
                f' assign_to="{self._variable("w")},{name}"/>'
            )
        return "".join(actions)

    def _variable(self, letter: str) -> str:
        """A variable of which nobody needs to know the name."""
        name = f"{letter}{len(self._variables)}"
        self._variables.add(name)
        return name

    def xml(self) -> str:
        reference = f'<Reference variables="{",".join(sorted(self._variables))}"/>' if self._variables else ""
        steps = "\n".join(self._steps)
        return f'<?xml version="1.0"?>\n<scenario name="{self._name}">\n{steps}\n{reference}\n</scenario>\n'


def _attribute(text: str) -> str:
    return escape(text, {'"': "&quot;"})


def sign_in(scenario: Scenario, line: str = LINE, *, one_by_one: bool = False) -> Scenario:
    """INVITE, ACK, then features and monitor: in one segment, or one after the other."""
    features = private_line("GetCSTAFeatures", line)
    monitor = csta("MonitorStart", f"<monitorObject><deviceObject>{line}</deviceObject></monitorObject>")
    reference = "<monitorCrossRefID>([^<]*)</monitorCrossRefID>"
    scenario.send(request("INVITE", 1, private_line("RequestSystemStatus", line)))
    scenario.optional(100).answer("<systemStatus>normal</systemStatus>", opens=True).send(request("ACK", 1))
    if one_by_one:
        scenario.send(request("INFO", 2, features)).answer("<makeCall")
        return scenario.send(request("INFO", 3, monitor)).answer(monitor=reference)
    scenario.send(
        request("INFO", 2, features, branch="-a", fixed_length=True),
        request("INFO", 3, monitor, branch="-b", fixed_length=True),
    )
    return scenario.answer("<makeCall").answer(monitor=reference)


def sign_out(scenario: Scenario, cseq: int, *, one_by_one: bool = False) -> Scenario:
    """MonitorStop and BYE: back to back and then both answers, or one after the other."""
    stop = csta("MonitorStop", "<monitorCrossRefID>[$monitor]</monitorCrossRefID>")
    if one_by_one:
        scenario.send(request("INFO", cseq, stop)).answer("MonitorStopResponse")
        return scenario.send(request("BYE", cseq + 1)).answer()
    both = (
        request("INFO", cseq, stop, branch="-a", fixed_length=True),
        request("BYE", cseq + 1, branch="-b", fixed_length=True),
    )
    scenario.skipped(request("BYE", 1))
    return scenario.send(*both).answer("MonitorStopResponse").answer()


def the_call(line: str = LINE) -> str:
    """Sign-in, a call to 1902 followed to its end, sign-out."""
    own = f"<deviceID>{line.replace('[field0]', '2[0-9]*')}</deviceID>"
    make = csta(
        "MakeCall",
        f"<callingDevice>{line}</callingDevice><calledDirectoryNumber>tel:1902</calledDirectoryNumber>"
        "<autoOriginate>doNotPrompt</autoOriginate>",
    )
    scenario = sign_in(Scenario("a call"), line)
    scenario.send(request("INFO", 4, make)).answer(own, call="<callID>([^<]*)</callID>")
    scenario.events(
        ("ServiceInitiatedEvent", own),
        ("OriginatedEvent", own, "<localConnectionInfo>connected<"),
        ("DeliveredEvent", "tel:1902", "<localConnectionInfo>connected<"),
    )
    scenario.events(("EstablishedEvent", "tel:1902", "<localConnectionInfo>connected<"))
    clear = csta("ClearConnection", connection("connectionToBeCleared", line=line))
    scenario.send(request("INFO", 5, clear)).answer("ClearConnectionResponse")
    scenario.events(
        ("ConnectionClearedEvent", own, "<localConnectionInfo>null<"),
        ("ConnectionClearedEvent", "tel:1902", "<localConnectionInfo>null<"),
    )
    return sign_out(scenario, 6).xml()
