"""What Cisco's library is told before it opens a provider: time-outs, trace, and the secure connection.

Durations are whole seconds. The order of the texts about security is that of the library's own settings file.
"""

from pathlib import Path
from typing import Any

from ctimgr_client.jtapi.java.failures import failure_of
from ctimgr_client.jtapi.java.library import Library
from ctimgr_client.jtapi.names import Feature
from ctimgr_client.jtapi.opening_reasons import OpeningFailed, redacted
from ctimgr_client.jtapi.settings import BridgeSettings, SecureConnection

TRACE_FILES, TRACE_FILE_BYTES = 10, 1024 * 1024


def configure(peer: Any, library: Library, settings: BridgeSettings) -> None:
    """`peer` is a CiscoJtapiPeer. Blocks to fetch a certificate. Raises OpeningFailed, and Java's own."""
    properties = peer.getJtapiProperties()
    properties.setDesiredServerHeartbeatInterval(settings.server_heartbeat)
    properties.setProviderOpenRequestTimeout(settings.open_timeout)
    properties.setProviderRetryInterval(settings.retry_interval)
    properties.setCtiRequestTimeout(settings.request_timeout)
    properties.setJtapiPostConditionTimeout(settings.post_condition_timeout)
    properties.setJavaSocketConnectTimeout(settings.request_timeout)
    properties.setUseJavaConsoleTrace(False)
    properties.setUseSyslog(False)
    properties.setUseAlarmService(False)
    _trace(properties, library, settings)
    peer.setJtapiProperties(properties)
    if settings.secure is not None:
        _secure(properties, library, settings.user, settings.secure)


def _trace(properties: Any, library: Library, settings: BridgeSettings) -> None:
    """Into a folder of the bridge's own, or none: two JVMs must not write into the same files."""
    wanted = bool(settings.trace) and library.offers(Feature.TRACE, cisco=True)
    properties.setUseFileTrace(wanted)
    if not wanted:
        return
    folder = Path(settings.trace)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OpeningFailed("other", f"no trace can be written to {folder}: {error.strerror}") from None
    properties.setTracePath(str(folder.parent))
    properties.setTraceDirectory(folder.name)
    properties.setFileNameBase("jtapi")
    properties.setFileNameExtension("log")
    properties.setNumTraceFiles(TRACE_FILES)
    properties.setTraceFileSize(TRACE_FILE_BYTES)
    for name in properties.getTraceNames() or ():
        properties.setTraceValue(name, True)


def _secure(properties: Any, library: Library, user: str, secure: SecureConnection) -> None:
    """The certificate is fetched once, with a code that is good once; the server's list every time."""
    if not library.offers(Feature.SECURITY, cisco=True):
        raise OpeningFailed("security", "this release of the library has no secure connections")
    servers = (secure.tftp, str(secure.tftp_port), secure.capf, str(secure.capf_port), secure.folder)
    words = (user, secure.instance_id, secure.authorization_code, *servers)
    more: tuple[object, ...] = ()
    if secure.fips:
        more = (secure.passphrase, True)
    elif secure.passphrase:
        more = (secure.passphrase,)
    try:
        properties.setSecurityPropertyForInstance(*words, True, *more)
        if not properties.IsCertificateUpdated(user, secure.instance_id):
            if not secure.authorization_code:
                raise OpeningFailed(
                    "security", f"{secure.instance_id} has no certificate yet, and no authorization code"
                )
            properties.updateCertificate(*words, *more)
        properties.updateServerCertificate(*words)
    except library.exception as error:
        failure = failure_of(error, library)
        secrets = [secure.authorization_code, secure.passphrase]
        raise OpeningFailed("security", redacted(failure.text or failure.name, secrets)) from None
