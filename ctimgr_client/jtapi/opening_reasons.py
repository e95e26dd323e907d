"""Why a provider could not be opened: what the library said, as one of the labels of `failures.FAILURES`.

Tables as data, from Cisco's troubleshooting notes and the names of CiscoJtapiException. CTIManager's own code
says most, the tail of the library's sentence comes next, the kind of exception last. Pure: knows no Java.
"""

from collections.abc import Iterable


class OpeningFailed(Exception):
    """No provider. `reason` is a label of failures.FAILURES, `detail` what the library said, no secrets."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


#: What the library's sentence begins with; a tail follows.
SENTENCE = "Unable to create provider --"
HIDDEN = "***"

#: CTIManager's codes, unsigned. Names: CiscoJtapiException.
CODES: dict[int, str] = {
    0x8CCC0001: "timed_out",  # TIMEOUT
    0x8CCC0047: "too_many",  # MAX_NUMBER_OF_CTI_CONNECTIONS_REACHED
    0x8CCC0050: "no_version",  # INCOMPATIBLE_PROTOCOL_VERSION
    0x8CCC005E: "directory_down",  # DIRECTORY_TEMPORARY_UNAVAILABLE
    0x8CCC005F: "bad_login",  # DIRECTORY_LOGIN_NOT_ALLOWED
    0x8CCC0060: "bad_login",  # DIRECTORY_LOGIN_FAILED
    0x8CCC0075: "directory_down",  # CTIERR_DIRECTORY_LOGIN_TIMEOUT
    0x8CCC00D0: "security",  # CTIERR_USER_NOT_AUTH_FOR_SECURITY
    0x8CCC00D1: "security",  # CTIERR_CONNECTION_ON_INVALID_PORT
    0x8CCC011D: "login_expired",  # LOGIN_FAILED_PWD_EXPIRED_USER_CAN_RESET
    0x8CCC011E: "login_expired",  # LOGIN_FAILED_PWD_EXPIRED_USER_CANNOT_RESET
    0x8CCC011F: "login_locked",  # LOGIN_FAILED_ACCOUNT_LOCKED
    0x8CCC0145: "login_locked",  # LOGIN_FAILED_ACCOUNT_DISABLED
    0xBEEFBEEF: "timed_out",  # PROTOCOL_TIMEOUT
}
#: The tails as they are documented, whole and in lower case.
TAILS: dict[str, str] = {
    "bad login or password": "bad_login",
    "connection refused": "refused",
    "login=": "no_login",
    "operation timed out": "timed_out",
    "null": "no_version",
}
#: Words that other releases and other sentences have; the first that is found counts.
WORDS: tuple[tuple[str, str], ...] = (
    ("connection refused", "refused"),
    ("timed out", "timed_out"),
    ("unknownhost", "not_resolvable"),
    ("expired", "login_expired"),
    ("locked", "login_locked"),
    ("disabled", "login_locked"),
    ("directory", "directory_down"),
    ("certificate", "security"),
    ("handshake", "security"),
    ("login", "bad_login"),
)
#: Parts of the names of exceptions that say it by themselves.
CLASSES: tuple[tuple[str, str], ...] = (
    ("JtapiPeerUnavailable", "peer"),
    ("UnknownHost", "not_resolvable"),
    ("NoClassDefFound", "library"),
    ("ClassNotFound", "library"),
    ("NoSuchMethod", "library"),
    ("UnsupportedClassVersion", "library"),
    ("SSL", "security"),
    ("Certificate", "security"),
)
#: What separates the parts of the provider string, so that no part can contain it.
SEPARATORS = ";="


def reason_of_opening(class_name: str, text: str, code: int = 0, *, host: str = "") -> tuple[str, str]:
    """Label and detail. `code` is unsigned, 0 for none; a tail that is the host means it has no address."""
    return _label(class_name, text, code, host), text or class_name


def _label(class_name: str, text: str, code: int, host: str) -> str:
    known = CODES.get(code)
    if known is not None:
        return known
    tail = text.rpartition(SENTENCE)[2].strip().lower()
    if tail in TAILS:
        return TAILS[tail]
    if tail and tail == host.lower():
        return "not_resolvable"
    for part, label in CLASSES:
        if part in class_name:
            return label
    return next((label for words, label in WORDS if words in tail), "other")


def redacted(text: str, secrets: Iterable[str]) -> str:
    """The text without any of these."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, HIDDEN)
    return text


def provider_string(host: str, user: str, password: str, appinfo: str, instance: str = "") -> str:
    """What JtapiPeer.getProvider is given. The password is in it. `instance`: of a secure connection."""
    words = [host, f"login={user}", f"passwd={password}", f"appinfo={appinfo}"]
    if instance:
        words.append(f"InstanceID={instance}")
    return ";".join(words)


def refused_text(
    host: str, user: str, password: str, appinfo: str, instance: str = ""
) -> OpeningFailed | None:
    """What cannot be put into a provider string: its parts are separated and are not escaped."""
    for reason, name, value, signs in (
        ("not_resolvable", "the host", host, SEPARATORS + ","),
        ("bad_login", "the user", user, SEPARATORS),
        ("bad_login", "the password", password, SEPARATORS),
        ("other", "appinfo", appinfo, SEPARATORS),
        ("security", "the instance id", instance, SEPARATORS),
    ):
        found = [sign for sign in signs if sign in value]
        if found:
            return OpeningFailed(reason, f"{name} has a '{found[0]}' in it, which JTAPI cannot pass on")
    return None
