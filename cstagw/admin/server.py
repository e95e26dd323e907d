"""Binds the admin application to its address.

The shell of this package: the only module here that opens a socket.
"""

from aiohttp import web

from cstagw.config import HostPort

_SHUTDOWN = 1.0  # probes are short; a slow reader of /metrics must not delay a stop


class AdminServer:
    """One listener; start() binds, stop() closes it and its connections."""

    def __init__(self, app: web.Application, address: HostPort) -> None:
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=_SHUTDOWN)
        self._address = address

    async def start(self) -> HostPort:
        """The address bound, with the real port where 0 was asked. Raises OSError."""
        await self._runner.setup()
        await web.TCPSite(self._runner, self._address.host, self._address.port).start()
        return HostPort(self._address.host, self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Close everything; may be called without a start."""
        await self._runner.cleanup()
