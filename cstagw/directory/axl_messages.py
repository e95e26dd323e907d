"""AXL in texts: what is asked of it, and what answers and faults say.

Pure; knows no connection, no time and no second try: `axl` asks.

Documented (Cisco's AXL Developer Guide for CUCM 11.5 to 15; HCL's Informix Guide to SQL for SKIP and FIRST):
a request names its schema version in SOAPAction and in its namespace; without the one and with version 1.0 in
the other CUCM applies its oldest. A new schema comes with each major and minor release (8.6 alone had none).
executeSQLQuery answers <return><row><column>...; more than 8 MB are refused with a fault that says how many
rows matched and how many to fetch; so is what would take all answers in progress over their bound. A fault
comes with status 500.

Not in those documents, but in what others have published of working systems: status 599 and its list of
versions; `tkuserassociation` 1 for a controlled device and `tkclass` 1 for a phone; `enduser.status` 1 for
active, 2 for gone from LDAP; `extensionmobilitydynamic` with the phone, the profile in force and the user.
Nothing was tried with a live CUCM.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from html import escape
from typing import TypeAlias

from lxml import etree

from cstagw.aor import user_key
from cstagw.config.axl_urls import UserColumn
from cstagw.errors import BadNumber
from cstagw.numbers import diallable

from .entries import Row

#: One row of an answer by its column labels; what is NULL is empty.
Record: TypeAlias = dict[str, str]

#: Bytes of one answer: the 8 MB of CUCM and the markup that it may not count.
MAX_ANSWER = 10 * 1024 * 1024

_SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_AXL = "http://www.cisco.com/AXL/API/"
_ANY_VERSION = "1.0"
_RELEASE = re.compile(r"(\d{1,3}\.\d{1,3})(?:\.|\Z)")
_WITHOUT_SCHEMA = {"8.6": "8.5"}
_TOO_LARGE = re.compile(r"Query request too large\D*(\d{1,12})\D+(\d{1,12})", re.IGNORECASE)
_BUSY = "Maximum AXL Memory Allocation Consumed"
_SERVED = re.compile(r"Supported axl versions are ([0-9x., and]{1,200})", re.IGNORECASE)


class Unreadable(Exception):
    """Bytes that are no answer of AXL to what was asked."""


class Fault(Exception):
    """CUCM's refusal in its own words, cut to 200 characters."""


class TooLarge(Fault):
    """The answer would be more than CUCM gives, or is more than we take; fewer than `suggested` rows may fit,
    0 where it does not say."""

    def __init__(self, text: str, suggested: int = 0) -> None:
        super().__init__(text)
        self.suggested = suggested


class Busy(Exception):
    """CUCM wants to be asked later, after `retry_after` seconds where it names a time."""

    def __init__(self, retry_after: float | None = None) -> None:
        super().__init__("AXL is throttled")
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Question:
    """An envelope to post; `action` is the value of SOAPAction, None where no version is known yet."""

    body: bytes
    action: str | None


@dataclass(frozen=True, slots=True)
class Query:
    """SQL that can be asked for in parts: its order is total, so that parts fit together."""

    columns: tuple[str, ...]
    text: str

    def part(self, skip: int, first: int) -> str:
        """Informix' SELECT for `first` rows from the row `skip` on, counted from 0."""
        skipped = f"SKIP {skip} " if skip else ""
        return f"SELECT {skipped}FIRST {first} {self.text}"


def ask_version() -> Question:
    """Which release this is, in the one form that every release takes."""
    return Question(_envelope(_ANY_VERSION, "getCCMVersion", "<processNodeName/>"), None)


def ask_rows(version: str, sql: str) -> Question:
    """The rows of a SELECT."""
    operation = "executeSQLQuery"
    body = _envelope(version, operation, f"<sql>{escape(sql, quote=False)}</sql>")
    return Question(body, f'"CUCM:DB ver={version} {operation}"')


def _envelope(version: str, operation: str, content: str) -> bytes:
    return (
        f'<soapenv:Envelope xmlns:soapenv="{_SOAP}" xmlns:ns="{_AXL}{version}"><soapenv:Header/>'
        f"<soapenv:Body><ns:{operation}>{content}</ns:{operation}></soapenv:Body></soapenv:Envelope>"
    ).encode()


def read_version(body: bytes) -> str:
    """The schema version of an answer to `ask_version`: 12.5 for CUCM 12.5.1.11900-146.

    Raises Unreadable, Fault, Busy.
    """
    answer = _answer(body, "getCCMVersion")
    release = (answer.findtext("return/componentVersion/version") or "").strip()
    found = _RELEASE.match(release)
    if found is None:
        raise Unreadable("no version of CUCM in it")
    return _WITHOUT_SCHEMA.get(found[1], found[1])


def read_records(body: bytes, columns: tuple[str, ...], most: int) -> list[Record]:
    """The rows of an answer to `ask_rows`, at most so many. Raises Unreadable, TooLarge, Fault, Busy."""
    result = _answer(body, "executeSQLQuery").find("return")
    if result is None:
        raise Unreadable("no <return> in it")
    records = []
    wanted = set(columns)
    for row in result.iterchildren("row"):
        values = {str(column.tag): column.text or "" for column in row.iterchildren()}
        # What is NULL may be left out; an address never is.
        if not values.keys() <= wanted or columns[0] not in values:
            raise Unreadable("a row has other columns than were asked for")
        records.append({column: values.get(column, "") for column in columns})
        if len(records) > most:
            raise Unreadable("it has more rows than were asked for")
    return records


def _answer(body: bytes, operation: str) -> etree._Element:
    envelope = _parse(body)
    content = envelope.find(f"{{{_SOAP}}}Body")
    answer = next(content.iterchildren(), None) if content is not None else None
    if envelope.tag != f"{{{_SOAP}}}Envelope" or answer is None:
        raise Unreadable("no SOAP message")
    if answer.tag == f"{{{_SOAP}}}Fault":
        raise _fault(_short(answer.findtext("faultstring") or "a fault without words"))
    name = str(answer.tag)
    if not name.startswith(f"{{{_AXL}") or not name.endswith(f"}}{operation}Response"):
        raise Unreadable(f"no answer to {operation}")
    return answer


def _parse(body: bytes) -> etree._Element:
    # Refused unparsed, so that no entity is ever declared.
    if b"<!DOCTYPE" in body:
        raise Unreadable("it has a DOCTYPE, as a page for people")
    # One for each answer: threads would wait for each other's.
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise Unreadable("no well-formed XML") from None


def _fault(text: str) -> Exception:
    too_large = _TOO_LARGE.search(text)
    if too_large:
        return TooLarge(text, int(too_large[2]))
    return Busy() if _BUSY in text else Fault(text)


def served_versions(page: bytes) -> str:
    """What the page of status 599 says of versions, empty where it does not."""
    found = _SERVED.search(page.decode("utf-8", "replace"))
    return _short(found[1]).rstrip(" .,") if found else ""


def retry_after(value: str, date: str) -> float | None:
    """The seconds of a Retry-After header, None where there are none to be had. A date counts from that of
    the answer, so that clocks need not agree (RFC 9110 §10.2.3)."""
    if value.isascii() and value.isdigit() and len(value) < 10:
        return float(value)
    try:
        return max((parsedate_to_datetime(value) - parsedate_to_datetime(date)).total_seconds(), 0.0)
    except (TypeError, ValueError):
        return None


def _short(text: str) -> str:
    return "".join(sign for sign in " ".join(text.split()) if sign.isprintable())[:200]


# What is asked. The first columns are the order: a user's devices and their first lines first; keys make it
# total.
_ORDERING = 5
_NUMBERS = """
 INNER JOIN typemodel tm ON d.tkmodel = tm.enum
 INNER JOIN numplan np ON dnm.fknumplan = np.pkid
 LEFT OUTER JOIN routepartition rp ON np.fkroutepartition = rp.pkid
 WHERE d.tkclass = 1 AND """
_ASSOCIATED = f"""enduser eu
 INNER JOIN enduserdevicemap m ON m.fkenduser = eu.pkid
 INNER JOIN device d ON m.fkdevice = d.pkid
 INNER JOIN devicenumplanmap dnm ON dnm.fkdevice = d.pkid{_NUMBERS}m.tkuserassociation = 1 AND """
_LOGGED_IN = f"""enduser eu
 INNER JOIN extensionmobilitydynamic m ON m.fkenduser = eu.pkid
 INNER JOIN device d ON m.fkdevice = d.pkid
 INNER JOIN devicenumplanmap dnm ON dnm.fkdevice = m.fkdevice_currentloginprofile{_NUMBERS}"""


def associated_lines(column: UserColumn) -> Query:
    """A row for each line of each phone that an active end user may control."""
    return _lines(_ASSOCIATED, column)


def logged_in_lines(column: UserColumn) -> Query:
    """A row for each line of the profile that an end user is logged in with, at the phone where he is."""
    return _lines(_LOGGED_IN, column)


def end_users(column: UserColumn) -> Query:
    """A row for each active end user with an address."""
    return _query({"address": f"eu.{column}", "userkey": "eu.pkid"}, "enduser eu WHERE ", column)


def _lines(source: str, column: UserColumn) -> Query:
    selected = {
        "address": f"eu.{column}",
        "devicename": "d.name",
        "lineindex": "dnm.numplanindex",
        "mapkey": "m.pkid",
        "linekey": "dnm.pkid",
        "dnorpattern": "np.dnorpattern",
        "partitionname": "rp.name",
        "modelname": "tm.name",
    }
    return _query(selected, source, column)


def _query(selected: Mapping[str, str], source: str, column: UserColumn) -> Query:
    columns = ", ".join(f"{what} AS {label}" for label, what in selected.items())
    order = ", ".join(list(selected.values())[:_ORDERING])
    text = f"{columns} FROM {source}eu.status = 1 AND eu.{column} != '' ORDER BY {order}"
    return Query(tuple(selected), " ".join(text.split()))


def line_row(record: Record, domain: str) -> Row | None:
    """A row of either kind of line; None where its number cannot be dialled (1XXX, 12[3-5], 9!: CUCM lets a
    phone have them), or its user has no address
    that could be a SIP address. The plus of a number stays as CUCM writes it, `\\+`."""
    user = _address(record["address"], domain)
    dn, device = record["dnorpattern"].strip(), record["devicename"].strip()
    try:
        diallable(dn.removeprefix("\\"))
    except BadNumber:
        return None
    if not user:
        return None
    place = f"{device} line {record['lineindex']} of {user}"
    return Row(place, user, dn, record["partitionname"].strip(), device, record["modelname"].strip())


def user_row(record: Record, domain: str) -> Row | None:
    """A row of an end user, without a line."""
    user = _address(record["address"], domain)
    return Row(f"end user {user}", user) if user else None


def _address(value: str, domain: str) -> str:
    """Empty for what is no address: one odd mail address in CUCM must not make the whole directory wrong."""
    text = value.strip()
    address = f"{text}@{domain}" if text and domain and "@" not in text else text
    try:
        user_key(address)
    except ValueError:
        return ""
    return address
