"""Why a database cannot be used, in the words an administrator of PostgreSQL knows.

One table as data: what happened, and the next step. Pure: knows neither exceptions of a driver nor sockets;
the shell finds out the label, which is the server's SQLSTATE (PostgreSQL manual, appendix A) where the server
said one.
"""

from __future__ import annotations

from dataclasses import dataclass

from cstagw.config.databases import DatabaseUrl

_MAX_SAID = 300


class DatabaseError(Exception):
    """The database cannot be used. The text names the cause, `cure` the next step; `label` is a key of
    FAILURES or an SQLSTATE."""

    def __init__(self, text: str, cure: str, label: str = "other") -> None:
        super().__init__(text)
        self.cure = cure
        self.label = label

    @property
    def is_loss(self) -> bool:
        """Whether a connection that stood is gone, whatever was done with it."""
        return self.label == "lost" or self.label.startswith("08")


@dataclass(frozen=True, slots=True)
class Failure:
    """One line of the table; {place}, {host}, {user} and {database} are those of the URL."""

    text: str
    cure: str


#: By label, by SQLSTATE, or by the class of an SQLSTATE, which is its first two characters.
FAILURES: dict[str, Failure] = {
    # Nobody was reached.
    "not_installed": Failure(
        "the driver for PostgreSQL is not installed",
        "pip install 'cstagw[postgres]'",
    ),
    "password": Failure(
        "the password cannot be read",
        "check the password file, and that the user the gateway runs as may read it",
    ),
    "not_resolvable": Failure(
        "{host} not resolvable: the name service does not know this host name",
        "check DNS, or give the IP address",
    ),
    "refused": Failure(
        "connection refused: nothing listens on {place}",
        "check that PostgreSQL runs there, its listen_addresses, and that the port is right",
    ),
    "no_socket": Failure(
        "there is no socket {place}",
        "check that PostgreSQL runs on this host, its unix_socket_directories, and that the port is right",
    ),
    "forbidden": Failure(
        "the gateway may not open {place}",
        "check the rights of that folder and socket, and the user the gateway runs as",
    ),
    "unreachable": Failure(
        "no route to {host}: the network reports that it cannot be reached",
        "check address, gateway, routing and firewall",
    ),
    "timed_out": Failure(
        "no answer in time from {place}",
        "check whether the server hangs or is overloaded, then address, routing and firewall",
    ),
    "no_tls": Failure(
        "the server at {place} refuses TLS",
        "set ssl = on at the server, or say sslmode=prefer or sslmode=disable in the URL",
    ),
    "tls": Failure(
        "the TLS handshake with {place} failed",
        "check the server's certificate against sslmode and sslrootcert of the URL",
    ),
    "trust": Failure(
        "the certificates to verify {host} by cannot be read",
        "check the file that sslrootcert names: CA certificates in PEM, readable for the gateway",
    ),
    "closed": Failure(
        "the connection to {place} was closed before anybody could log in",
        "check that host and port are those of a PostgreSQL server; its log says more",
    ),
    "lost": Failure(
        "the connection to {place} was lost",
        "check whether PostgreSQL was stopped, restarted or crashed; its log says so",
    ),
    # The server lets nobody in.
    "28P01": Failure(
        "the server does not accept the password of user {user}",
        "check user and password, and the line of pg_hba.conf that is meant for this gateway",
    ),
    "28": Failure(
        "the server does not let user {user} into database {database}",
        "check that the role exists and may log in, and that pg_hba.conf lets this gateway in",
    ),
    "3D000": Failure(
        "there is no database {database}",
        "check the name in the URL, or create it",
    ),
    "53": Failure(
        "the server is out of resources",
        "check its max_connections and its disk",
    ),
    "57P03": Failure(
        "the server is starting up or shutting down",
        "wait until it has started; its log says what it is doing",
    ),
    "57014": Failure(
        "the server gave a command up that took too long",
        "try the query with psql and see what it waits for: a lock, or an index that is missing",
    ),
    "57": Failure(
        "the server ended the connection",
        "check whether PostgreSQL was stopped, restarted or crashed; its log says so",
    ),
    "08": Failure(
        "the connection to {place} was lost",
        "check whether PostgreSQL was stopped, restarted or crashed; its log says so",
    ),
    # The server does not do what it was asked.
    "42P01": Failure(
        "there is no such table for user {user} in database {database}",
        "create it as deploy/postgresql.sql does, or check the name and the search_path of the role",
    ),
    "42501": Failure(
        "user {user} has not the right to do this in database {database}",
        "GRANT it, as deploy/postgresql.sql shows",
    ),
    "42": Failure(
        "the server does not understand the query",
        "try the query with psql as user {user}",
    ),
    "too_many": Failure(
        "the query gives too many rows",
        "narrow it to the users of this gateway",
    ),
    "25006": Failure(
        "the server is read-only",
        "give the address of the primary server, not of a standby",
    ),
    "40": Failure(
        "the server rolled the transaction back, because another one was in its way",
        "nothing needs to be done unless this repeats",
    ),
    "22": Failure(
        "the server cannot work with a value",
        "check the values in the tables and in the query",
    ),
    "23": Failure(
        "a constraint of the table forbids this",
        "compare the table with deploy/postgresql.sql",
    ),
    "other": Failure(
        "the database cannot be used",
        "see the detail in brackets, and the log of the server",
    ),
}


def failure(label: str, url: DatabaseUrl, said: str = "") -> DatabaseError:
    """The failure in words for humans; `said` is what the server or the system said about it."""
    line = FAILURES.get(label) or FAILURES.get(label[:2]) or FAILURES["other"]
    text, cure = (
        part.format(place=url.place, host=url.host, user=url.user, database=url.database)
        for part in (line.text, line.cure)
    )
    return DatabaseError(f"{text} ({_printable(said)})" if said else text, cure, label)


def _printable(said: str) -> str:
    """A foreign text must not break out of a log line or fill it."""
    return "".join(sign if sign.isprintable() else " " for sign in said[:_MAX_SAID]).strip()
