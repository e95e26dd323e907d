"""The open sessions, found by their dialog and by their link. Pure bookkeeping."""

from __future__ import annotations

from collections.abc import Iterator

from ctimgr_client import LinkId
from sip import Dialog

from .session import Session


class Sessions:
    """Every session is in here exactly as long as its dialog can be spoken in."""

    def __init__(self) -> None:
        self._by_dialog: dict[Dialog, Session] = {}
        self._dialogs: dict[Session, Dialog] = {}
        self._by_link: dict[LinkId, set[Session]] = {}

    def __len__(self) -> int:
        return len(self._by_dialog)

    def __iter__(self) -> Iterator[Session]:
        return iter(self._by_dialog.values())

    def add(self, dialog: Dialog, session: Session) -> None:
        """A session has begun in this dialog."""
        self._by_dialog[dialog] = session
        self._dialogs[session] = dialog
        self._by_link.setdefault(session.link, set()).add(session)

    def remove(self, dialog: Dialog) -> Session | None:
        """The dialog is over; its session, if it had one."""
        session = self._by_dialog.pop(dialog, None)
        if session is not None:
            del self._dialogs[session]
            of_link = self._by_link[session.link]
            of_link.discard(session)
            if not of_link:
                del self._by_link[session.link]
        return session

    def of(self, dialog: Dialog) -> Session | None:
        """The session of a dialog."""
        return self._by_dialog.get(dialog)

    def dialog_of(self, session: Session) -> Dialog | None:
        """The dialog of a session; None once it is over."""
        return self._dialogs.get(session)

    def on_link(self, link: LinkId) -> list[Session]:
        """The sessions bound to a link."""
        return list(self._by_link.get(link, ()))

    def count_by_link(self) -> dict[str, int]:
        """Sessions by the name of the CTIManager that carries them."""
        counts: dict[str, int] = {}
        for link, sessions in self._by_link.items():
            counts[link.name] = counts.get(link.name, 0) + len(sessions)
        return counts
