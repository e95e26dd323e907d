"""From settings to a provider: peer, properties, provider string, and the library's words where it fails.

Blocks. The provider that is got is out of service as a rule; its observer is told what becomes of it.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from ctimgr_client.jtapi.java.failures import failure_of
from ctimgr_client.jtapi.java.library import Library
from ctimgr_client.jtapi.java.machine import start_machine
from ctimgr_client.jtapi.java.properties import configure
from ctimgr_client.jtapi.java.services import JavaTelephony
from ctimgr_client.jtapi.opening_reasons import (
    OpeningFailed,
    provider_string,
    reason_of_opening,
    redacted,
    refused_text,
)
from ctimgr_client.jtapi.settings import BridgeSettings
from ctimgr_client.jtapi.telephony import Enqueue

_FACTORY = "javax.telephony.JtapiPeerFactory"
_CISCO_PEER = "com.cisco.jtapi.extensions.CiscoJtapiPeer"


def open_provider(
    settings: BridgeSettings, enqueue: Enqueue, complain: Callable[[str], None]
) -> JavaTelephony:
    """Raises OpeningFailed."""
    secure = settings.secure
    instance = "" if secure is None else secure.instance_id
    refused = refused_text(settings.host, settings.user, settings.password, settings.appinfo, instance)
    if refused is not None:
        raise refused
    library = start_machine(settings)
    text = provider_string(settings.host, settings.user, settings.password, settings.appinfo, instance)
    provider = None
    try:
        peer = _peer(library, settings)
        if library.is_a(peer, _CISCO_PEER):
            configure(peer, library, settings)
        elif secure is not None:
            raise OpeningFailed("security", "only Cisco's library has secure connections")
        provider = peer.getProvider(text)
        return JavaTelephony(library, provider, enqueue, complain)
    except library.exception as error:
        if provider is not None:
            with suppress(library.exception):
                provider.shutdown()
        raise _failed(error, library, settings, text) from None


def _peer(library: Library, settings: BridgeSettings) -> Any:
    try:
        return library.find(_FACTORY).getJtapiPeer(settings.peer or None)
    except library.exception as error:
        failure = failure_of(error, library)
        raise OpeningFailed("peer", f"{settings.peer or 'the default peer'}: {failure.text}") from None


def _failed(error: Any, library: Library, settings: BridgeSettings, text: str) -> OpeningFailed:
    failure = failure_of(error, library)
    secrets = [text, settings.password]
    if settings.secure is not None:
        secrets += [settings.secure.authorization_code, settings.secure.passphrase]
    reason, detail = reason_of_opening(failure.name, failure.text, failure.code, host=settings.host)
    return OpeningFailed(reason, redacted(detail, secrets))
