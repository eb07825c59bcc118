"""`memos tui` and `memos serve --tui`: where they run, where they refuse, and who may look."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from memos.apps.tui import web
from memos.config import Settings
from memos.errors import ConfigError, InputError
from tests.apps.conftest import Cli

pytest.importorskip("textual_serve")


def test_the_inspector_needs_a_terminal(cli_run: Cli) -> None:
    done = cli_run("tui")
    assert done.code == 2 and "needs a terminal" in done.err and "Traceback" not in done.err


def test_serve_says_what_it_can_serve(cli_run: Cli) -> None:
    done = cli_run("serve")
    assert done.code == 2 and "memos serve --tui" in done.err


def test_without_textual_serve_the_pip_line_is_given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "textual_serve.server", None)
    with pytest.raises(ConfigError, match="needs textual-serve") as told:
        web.inspector_server(Settings(home=tmp_path), port=8765, readonly=True)
    assert "pip install" in told.value.hint


def test_a_port_that_is_taken_is_a_clear_error(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind((web.HOST, 0))
        taken.listen()
        with pytest.raises(InputError, match="cannot be used"):
            web.serve_inspector(Settings(home=tmp_path), port=taken.getsockname()[1], readonly=True)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[int]:
    """The port of a server that runs in a thread."""
    from aiohttp import web as aiohttp_web

    with socket.socket() as found:
        found.bind((web.HOST, 0))
        port: int = found.getsockname()[1]
    server = web.inspector_server(Settings(home=tmp_path / "home", namespace="ana"), port=port, readonly=True)
    loop = asyncio.new_event_loop()
    runners: list[aiohttp_web.AppRunner] = []
    started = threading.Event()

    async def start() -> None:
        runners.append(aiohttp_web.AppRunner(await server._make_app(), shutdown_timeout=5.0))
        await runners[0].setup()
        await aiohttp_web.TCPSite(runners[0], server.host, port).start()

    def run() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(start())
        started.set()
        loop.run_forever()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert started.wait(20)
    yield port
    asyncio.run_coroutine_threadsafe(runners[0].cleanup(), loop).result(60)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(20)


def get(port: int, path: str = "/", **headers: str) -> tuple[int, str, str]:
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    with socket.create_connection((web.HOST, port), timeout=20) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\n{lines}Connection: close\r\n\r\n".encode())
        answer = b""
        while part := connection.recv(65536):
            answer += part
    head, _, body = answer.decode("utf-8", "replace").partition("\r\n\r\n")
    return int(head.split()[1]), head, body


def test_the_page_is_served_to_this_machine(served: int) -> None:
    code, head, body = get(served, Host=f"127.0.0.1:{served}")
    assert code == 200 and "memos" in body
    policy = re.search(r"(?im)^content-security-policy: (.*)$", head)
    assert policy is not None and "default-src 'self'" in policy[1], "the page fetches nothing from elsewhere"
    assert not re.findall(r"https?://", policy[1])


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "memos.example:{port}"},  # a name that a foreign site made point here
        {"Host": "127.0.0.1:{port}", "Origin": "http://elsewhere.example"},
        {"Host": "127.0.0.1:{port}", "Origin": "null"},
    ],
    ids=["rebound name", "foreign origin", "no origin to speak of"],
)
@pytest.mark.parametrize("path", ["/", "/ws"])
def test_pages_of_other_sites_are_refused(served: int, path: str, headers: dict[str, str]) -> None:
    code, _, body = get(served, path, **{name: value.format(port=served) for name, value in headers.items()})
    assert code == 403 and "own browser" in body


def test_it_listens_to_this_machine_alone(tmp_path: Path) -> None:
    server = web.inspector_server(Settings(home=tmp_path, namespace="ana"), port=8765, readonly=True)
    assert (server.host, server.public_url) == ("127.0.0.1", "http://127.0.0.1:8765")
    assert "--readonly" in server.command and "--namespace ana" in server.command


def no_inspector_left() -> bool:
    """Whether every inspector that this process started ends; waits for it a while."""
    for _ in range(600):
        here = psutil.Process().children(recursive=True)
        if not any("tui" in one.cmdline() for one in here if one.is_running() and one.status() != psutil.STATUS_ZOMBIE):
            return True
        threading.Event().wait(0.1)
    return False


def test_the_page_gets_the_inspector_itself(served: int) -> None:
    """What a browser does: open the socket the page names, and draw what comes."""
    import aiohttp

    async def first_screen() -> bytes:
        found = b""
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(f"http://127.0.0.1:{served}/ws?width=100&height=30", origin=f"http://127.0.0.1:{served}") as socket_,
        ):
            while b"Overview" not in found or b"Decisions" not in found:
                message = await socket_.receive(timeout=60)
                assert message.type in (aiohttp.WSMsgType.BINARY, aiohttp.WSMsgType.TEXT), found
                found += message.data if isinstance(message.data, bytes) else message.data.encode()
        return found

    assert b"read-only" in asyncio.run(first_screen())
    assert no_inspector_left()


@pytest.mark.skipif(shutil.which("chromium") is None, reason="no chromium on this machine")
def test_a_browser_draws_the_page(served: int, tmp_path: Path) -> None:
    picture = tmp_path / "page.png"
    subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=4000", "--window-size=1000,600",
         f"--user-data-dir={tmp_path / 'browser'}", f"--screenshot={picture}", f"http://127.0.0.1:{served}/"],
        check=True, capture_output=True, timeout=90,
    )  # fmt: skip
    from PIL import Image

    colours = Image.open(picture).convert("RGB").getcolors(1_000_000)
    assert colours is not None and len(colours) > 8, "an empty page has a colour or two"
    assert no_inspector_left()  # the browser ended without a word


@pytest.mark.skipif(os.name != "posix", reason="parents are told apart by their number")
def test_an_inspector_ends_with_the_server_that_started_it(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "memos", "--home", str(tmp_path / "home"), "--namespace", "ana", "tui", "--readonly"]
    server = (
        "import os, subprocess, sys\n"
        "given = dict(os.environ, TEXTUAL_DRIVER='textual.drivers.web_driver:WebDriver')\n"
        f"child = subprocess.Popen({command!r}, env=given, stdin=subprocess.PIPE, stdout=subprocess.PIPE)\n"
        "assert child.stdout.read(100)\n"  # it draws
        "print(child.pid, flush=True)\n"
        "os._exit(0)\n"
    )
    done = subprocess.run([sys.executable, "-c", server], capture_output=True, text=True, timeout=120, check=True)
    inspector = int(done.stdout)

    def ended() -> bool:
        try:
            return psutil.Process(inspector).status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return True

    patience = 600
    while not ended() and patience:
        patience -= 1
        threading.Event().wait(0.1)
    assert ended()
