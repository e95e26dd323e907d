"""The open sessions, found by their dialog, by their link and by their user. Pure bookkeeping."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ctimgr_client import LinkId
from sip import Dialog

from .identity import LineAppearance
from .session import Session


class Sessions:
    """Every session is in here exactly as long as its dialog can be spoken in."""

    def __init__(self) -> None:
        self._by_dialog: dict[Dialog, Session] = {}
        self._dialogs: dict[Session, Dialog] = {}
        self._by_link: dict[LinkId, set[Session]] = {}
        self._devices: dict[LinkId, Counter[str]] = {}
        self._by_owner: dict[str, dict[Session, None]] = {}

    def __len__(self) -> int:
        return len(self._by_dialog)

    def __iter__(self) -> Iterator[Session]:
        return iter(self._by_dialog.values())

    def add(self, dialog: Dialog, session: Session) -> None:
        """A session has begun in this dialog."""
        self._by_dialog[dialog] = session
        self._dialogs[session] = dialog
        self._by_owner.setdefault(session.owner, {})[session] = None
        self._join_link(session)

    def remove(self, dialog: Dialog) -> Session | None:
        """The dialog is over; its session, if it had one."""
        session = self._by_dialog.pop(dialog, None)
        if session is not None:
            del self._dialogs[session]
            self._disown(session)
            self._leave_link(session)
        return session

    def rebind(self, session: Session, link: LinkId, appearance: LineAppearance) -> None:
        """A session goes on over this link and at this appearance."""
        self._leave_link(session)
        session.bind(link, appearance)
        self._join_link(session)

    def _disown(self, session: Session) -> None:
        of_owner = self._by_owner[session.owner]
        del of_owner[session]
        if not of_owner:
            del self._by_owner[session.owner]

    def _join_link(self, session: Session) -> None:
        self._by_link.setdefault(session.link, set()).add(session)
        self._devices.setdefault(session.link, Counter())[_device(session)] += 1

    def _leave_link(self, session: Session) -> None:
        of_link, devices, device = self._by_link[session.link], self._devices[session.link], _device(session)
        of_link.discard(session)
        devices[device] -= 1
        if not devices[device]:
            del devices[device]
        if not of_link:
            del self._by_link[session.link]
            del self._devices[session.link]

    def of(self, dialog: Dialog) -> Session | None:
        """The session of a dialog."""
        return self._by_dialog.get(dialog)

    def dialog_of(self, session: Session) -> Dialog | None:
        """The dialog of a session; None once it is over."""
        return self._dialogs.get(session)

    def of_user(self, owner: str) -> list[Session]:
        """The sessions of a user, as users are compared, the oldest first."""
        return list(self._by_owner.get(owner, ()))

    def on_link(self, link: LinkId) -> list[Session]:
        """The sessions bound to a link."""
        return list(self._by_link.get(link, ()))

    def devices_on(self, link: LinkId) -> int:
        """Devices that are used over a link, by however many sessions each."""
        return len(self._devices.get(link, ()))

    def devices_by_link(self) -> dict[str, int]:
        """Devices in use by the name of the CTIManager that carries them."""
        counts: dict[str, int] = {}
        for link in self._devices:
            counts[link.name] = counts.get(link.name, 0) + self.devices_on(link)
        return counts

    def count_by_link(self) -> dict[str, int]:
        """Sessions by the name of the CTIManager that carries them."""
        counts: dict[str, int] = {}
        for link, sessions in self._by_link.items():
            counts[link.name] = counts.get(link.name, 0) + len(sessions)
        return counts


def _device(session: Session) -> str:
    """Where the client leaves the choice of the device to the CTIManager, its line stands for it."""
    appearance = session.appearance
    return appearance.device.casefold() if appearance.device else appearance.dn
