"""What vendors put where the standards leave room: the Line URI of TR/87 clients, login data of a session.

Reading is lenient about the wrapping, because nobody standardised it; writing uses one form.
"""

from typing import Any

from csta_xml.errors import InvalidMessage
from csta_xml.kinds import Kind, Reader, Writer, escape, text_of
from csta_xml.names import LOGIN, RCC_EXTENSION
from csta_xml.parser import Element
from csta_xml.structure import Inline

#: user as in most switches, userName as in DMCC.
_LOGIN_FIELDS = {"user": "user", "userName": "user", "password": "password"}


class Line(Kind[str | None]):
    """extensions/privateData/private/lcs:line: which line a TR/87 client wants to control."""

    def reader(self, name: str, namespace: str) -> Reader[str | None]:
        tag = f"{{{RCC_EXTENSION}}}line"

        def read(element: Element) -> str | None:
            line = next(element.iter(tag), None)
            return None if line is None else text_of(line)

        return read

    def writer(self, before: str, after: str) -> Writer[str | None]:
        before = f'{before}<privateData><private><lcs:line xmlns:lcs="{RCC_EXTENSION}">'
        after = f"</lcs:line></private></privateData>{after}"
        return lambda value: f"{before}{escape(value or '')}{after}"


class ApplicationInfo(Inline):
    """applicationInfo of ECMA-354: the application's name and, as private data, its login."""

    def reader(self, name: str, namespace: str) -> Reader[dict[str, str]]:
        id_tag, specific_tag = f"{{{namespace}}}applicationID", f"{{{namespace}}}applicationSpecificInfo"

        def read(element: Element) -> dict[str, str]:
            values: dict[str, str] = {}
            for child in element[:]:
                if child.tag == id_tag:
                    values["application_id"] = text_of(child)
                elif child.tag == specific_tag:
                    values |= _login(child)
            if "application_id" not in values:
                raise InvalidMessage(name, "applicationID is missing")
            return values

        return read

    def writer(self, before: str, after: str) -> Writer[Any]:
        def write(value: Any) -> str:
            login = {"user": value.user, "password": value.password}
            given = [f"<{key}>{escape(text)}</{key}>" for key, text in login.items() if text is not None]
            specific = f'<login xmlns="{LOGIN}">{"".join(given)}</login>' if given else ""
            wrapped = f"<applicationSpecificInfo>{specific}</applicationSpecificInfo>" if specific else ""
            return f"{before}<applicationID>{escape(value.application_id)}</applicationID>{wrapped}{after}"

        return write


def _login(element: Element) -> dict[str, str]:
    names = [(child.tag.rpartition("}")[2], child) for child in element.iter()]
    return {_LOGIN_FIELDS[name]: text_of(child) for name, child in names if name in _LOGIN_FIELDS}
