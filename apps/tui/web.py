"""The inspector in a browser, through textual-serve: on 127.0.0.1 alone, and for pages of its own alone.

A page of another site can send a browser to any local port. So a request is answered only when it names this host as its
Host, and comes, where it says from where, from this origin.
"""

from __future__ import annotations

import asyncio
import os
import shlex
import sys
import threading
import time
from contextlib import suppress
from typing import Any

from memos.apps import render
from memos.config import Settings
from memos.errors import ConfigError, InputError

HOST = "127.0.0.1"
WATCH_SECONDS, QUIT_SECONDS = 0.5, 3.0


def serve_inspector(settings: Settings, *, port: int, readonly: bool) -> None:
    """Serve until Ctrl-C. Raises ConfigError without textual-serve, InputError where the port is taken."""
    server = inspector_server(settings, port=port, readonly=readonly)
    try:
        server.serve()
    except OSError as error:
        raise InputError(
            f"port {port} of {HOST} cannot be used: {error.strerror or error}", hint="choose another with --port", code="input.port"
        ) from error


def inspector_server(settings: Settings, *, port: int, readonly: bool) -> Any:
    """The server, not running yet."""
    try:
        from aiohttp import web
        from textual_serve.app_service import AppService
        from textual_serve.server import Server, to_int
    except ImportError as error:
        raise ConfigError(
            "showing the inspector in a browser needs textual-serve",
            hint="pip install 'memos-memory[web]'", code="config.missing_package",
        ) from error  # fmt: skip

    names = {f"{HOST}:{port}", f"localhost:{port}"}
    # the page asks a font of a site elsewhere, which would tell it that somebody looks: nothing but this server is let in
    policy = (
        "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        f"font-src 'self' data:; connect-src 'self' ws://{HOST}:{port}; frame-ancestors 'none'"
    )

    @web.middleware
    async def own_pages_only(request: web.Request, handler: Any) -> web.StreamResponse:
        origin = request.headers.get("Origin")
        if request.headers.get("Host") not in names or (origin is not None and origin not in {f"http://{name}" for name in names}):
            raise web.HTTPForbidden(text="this page is for this machine's own browser")
        response: web.StreamResponse = await handler(request)
        if not response.prepared:
            response.headers["Content-Security-Policy"] = policy
            response.headers["Referrer-Policy"] = "no-referrer"
        return response

    class LocalServer(Server):  # type: ignore[misc, unused-ignore]
        """textual-serve that refuses foreign pages and says one line."""

        async def _make_app(self) -> web.Application:
            made = await super()._make_app()
            made.middlewares.append(own_pages_only)
            return made

        async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
            """One page, one inspector: it ends when the page is closed, however the page was closed."""
            socket = web.WebSocketResponse(heartbeat=15)
            await socket.prepare(request)

            async def close() -> None:
                await socket.close()

            service = AppService(
                self.command, write_bytes=socket.send_bytes, write_str=socket.send_str, close=close,
                download_manager=self.download_manager,
            )  # fmt: skip
            try:
                await service.start(to_int(request.query.get("width", ""), 80), to_int(request.query.get("height", ""), 24))
                await self._process_messages(socket, service)
            finally:
                await _ended(service)
            return socket

        def initialize_logging(self) -> None:
            """The page's own errors go to its page; the terminal stays quiet."""

        async def on_startup(self, app: web.Application) -> None:
            render.say(f"memos tui at http://{HOST}:{port}   Ctrl-C ends it")

    flags = ["--readonly"] if readonly else []
    command = [sys.executable, "-m", "memos", "--home", str(settings.home)]
    command += ["--namespace", settings.namespace] if settings.namespace else []
    # `exec`: a shell between would outlive this server, and the inspector with it
    return LocalServer("exec " + shlex.join([*command, "tui", *flags]), host=HOST, port=port, title="memos",
                       public_url=f"http://{HOST}:{port}")  # fmt: skip


async def _ended(service: Any) -> None:
    """Ask an inspector to quit; one that does not, because nobody reads what it draws any more, is ended."""
    process = service._process
    with suppress(TimeoutError, OSError):
        await asyncio.wait_for(service.stop(), QUIT_SECONDS)
    if process is not None and process.returncode is None:
        process.kill()
        await process.wait()


def end_with_the_server() -> None:
    """In an inspector that a server started: end this process when the server is gone, and nobody sees it any more.

    At the end of its input the driver that draws for a browser reads on and on, so a quiet exit never comes. The store
    keeps what was committed, whenever its process ends.
    """
    started_by = os.getppid()

    def watch() -> None:
        while os.getppid() == started_by:
            time.sleep(WATCH_SECONDS)
        os._exit(0)

    threading.Thread(target=watch, daemon=True, name="end-with-the-server").start()
