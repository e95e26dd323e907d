"""Where a directory or the choices of users are kept, as the configuration writes it: a word, a file after a
scheme, the URL of a server.

Values only: nothing is opened or dialled here.
"""

from cstagw.config import databases
from cstagw.config.axl_urls import parse_axl_url


def scheme_of(place: str) -> str:
    """csv, sqlite, postgresql, axl; "open" has none but itself."""
    scheme = place.partition(":")[0]
    return "postgresql" if scheme == "postgres" else scheme


def path_in(place: str) -> str:
    """The file behind csv: or sqlite:."""
    return place.partition(":")[2]


def masked(place: str | None) -> str | None:
    """The same without a password, fit to be shown."""
    if place is None or scheme_of(place) != "postgresql":
        return place
    return databases.masked(place)


def check_source(place: str) -> str:
    """Raises ValueError for what names no directory."""
    scheme = scheme_of(place)
    if scheme == "axl":
        parse_axl_url(place)
    elif scheme == "csv":
        _check_file(place)
    elif place != "open":
        check_store(place)
    return place


def check_store(place: str) -> str:
    """Raises ValueError for what names no store."""
    scheme = scheme_of(place)
    if scheme == "sqlite":
        _check_file(place)
    elif scheme == "postgresql":
        databases.parse_database_url(place)
    else:
        raise ValueError("the scheme is not known")
    return place


def _check_file(place: str) -> None:
    path = path_in(place)
    if not path or path.startswith("//"):
        raise ValueError("the path of a file follows the colon, without the slashes of a URL")
