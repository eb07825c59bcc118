"""The first Ctrl-C asks for a stop at a safe place; the second interrupts. Progress never reaches a pipe."""

from __future__ import annotations

import io
import signal
import sys

import pytest

from memos.apps import progress


def test_the_first_interrupt_asks_and_the_second_interrupts(capsys: pytest.CaptureFixture[str]) -> None:
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), progress.safe_stop("this batch") as stop:
        stop.check()
        signal.raise_signal(signal.SIGINT)
        assert stop.requested
        assert "stopping after this batch" in capsys.readouterr().err
        signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_work_that_reports_progress_stops_at_its_next_report() -> None:
    with progress.safe_stop("this step") as stop, progress.bar("learning", stop=stop) as report:
        report(1, 3, "one")
        stop.requested = True
        with pytest.raises(KeyboardInterrupt):
            report(2, 3, "two")


def test_a_pipe_sees_no_bar(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.bar("importing", total=2) as report:
        report(1, 0, "x")
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err == ""


def test_a_terminal_sees_what_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    with progress.bar("importing", total=2) as report:
        report(2, 0, "\x1b[31mhostile")
    assert "importing" in screen.getvalue() and "2/2" in screen.getvalue()
    assert "\x1b[31mhostile" not in screen.getvalue()
