"""TLS as configured: contexts for both directions and the name in our certificate.

Shell: reads the files once, at the start. Mistakes become configuration errors that name key and file.
"""

from __future__ import annotations

import ssl
from pathlib import Path

from cryptography import x509

from sip import TlsContexts

from .config import ConfigError, Problem, Tls


def contexts(tls: Tls) -> TlsContexts | None:
    """What the SIP endpoint needs for TLS, None where there is no certificate. Raises ConfigError."""
    if tls.certificate is None:
        return None
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    client = _trusting(tls.ca)
    for context in (server, client):
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        _load_own(context, tls.certificate, tls.key)
    return TlsContexts(lambda: server, lambda: client, _name(tls.certificate))


def trusting(ca: Path | None) -> TlsContexts:
    """For a client without a certificate of its own: verify the peer by `ca`, else by the system's."""
    context = _trusting(ca)
    return TlsContexts(lambda: context, lambda: context)


def _trusting(ca: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca)
    except OSError as error:
        raise _problem("ca", ca, error) from None


def _load_own(context: ssl.SSLContext, certificate: Path, key: Path | None) -> None:
    try:
        # An encrypted key must not ask at a terminal that nobody watches.
        context.load_cert_chain(certificate, key, password=_no_password)
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            text = f"{key or certificate}: this private key does not belong to {certificate}"
            raise ConfigError([Problem("tls.key", text)]) from None
        raise _problem("certificate", certificate, error) from None
    except OSError as error:
        at_fault = key if key is not None and certificate.is_file() else certificate
        raise _problem("key" if at_fault is key else "certificate", at_fault, error) from None


def _no_password() -> str:
    return ""


def _name(certificate: Path) -> str:
    """The first DNS name that the certificate is for, empty where it names none (RFC 5922 §7.1)."""
    try:
        parsed = x509.load_pem_x509_certificate(certificate.read_bytes())
    except ValueError as error:
        raise _problem("certificate", certificate, error) from None
    try:
        names = parsed.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ""
    found = names.get_values_for_type(x509.DNSName)
    return found[0] if found else ""


def _problem(key: str, file: Path | None, error: Exception) -> ConfigError:
    reason = error.strerror if isinstance(error, OSError) and not isinstance(error, ssl.SSLError) else None
    text = f"{file}: {reason or 'no certificate, or no private key that fits it, in PEM'}"
    return ConfigError([Problem(f"tls.{key}", text)])
