"""What the actions do: each asks where something is hard to take back, works in a thread, and says in a line what came of it.

Knows the manager's verbs. Does not know widgets but for the questions it puts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from memos.apps import stories
from memos.apps.render import one_line
from memos.apps.stories import Line
from memos.apps.tui.dialogs import Edit, Question, Told, Working
from memos.apps.tui.panes import LogPane, ParametersPane, StorePane
from memos.apps.views import plural, short_id
from memos.errors import InputError, MemosError
from memos.types import ConsolidationPlan, ConsolidationRun, ForgetReport, Recall, RecordState, RunStatus

if TYPE_CHECKING:
    from memos.apps.tui.app import InspectorApp


class Changes:
    """The actions of the registry that change something, and those that only look further."""

    def __init__(self, app: InspectorApp) -> None:
        self._app = app
        self._undo: list[tuple[str, Callable[[], Any]]] = []

    # --- how ----------------------------------------------------------------------------------------------------------

    def _record(self) -> str | None:
        pane = self._app.pane
        found = pane.record_id if isinstance(pane, StorePane) else None
        if found is None:
            self._app.notify("no record is chosen", severity="warning", markup=False)
        return found

    def _run(self) -> int | None:
        pane = self._app.pane
        found = pane.run_id if isinstance(pane, ParametersPane | LogPane) else None
        if found is None:
            self._app.notify("no run is chosen", severity="warning", markup=False)
        return found

    def _quick(self, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        """Work of a moment, in a thread."""

        def run() -> None:
            try:
                made = work()
            except MemosError as error:
                self._app.call_from_thread(self._app.tell_error, error)
                return
            self._app.call_from_thread(then, made)

        self._app.run_worker(run, thread=True, group="change")

    def _long(self, title: str, work: Callable[[Any], Any], then: Callable[[Any], None]) -> None:
        """Long work with progress; it may be stopped."""

        def done(made: Any) -> None:
            self._app.read_again()
            if isinstance(made, MemosError):
                self._app.tell_error(made)
            elif made is None:
                self._app.notify("stopped; everything is as it was", severity="warning", markup=False)
            else:
                then(made)

        self._app.push_screen(Working(title, work), done)

    def _said(self, text: str) -> None:
        self._app.notify(one_line(text), markup=False)
        self._app.read_again()

    def _ask(self, title: str, lines: list[Line], then: Callable[[], None], yes: str = "y yes", no: str = "n no") -> None:
        self._app.push_screen(Question(title, lines, yes, no), lambda sure: then() if sure else None)

    # --- records ------------------------------------------------------------------------------------------------------

    def pause(self) -> None:
        record_id = self._record()
        if record_id is None:
            return
        manager = self._app.manager

        def turn() -> str:
            paused = manager.get(record_id).state is RecordState.PAUSED
            (manager.resume if paused else manager.pause)(record_id)
            back = manager.pause if paused else manager.resume
            self._undo.append((f"{short_id(record_id)} {'resumed' if paused else 'paused'}", lambda: back(record_id)))
            return f"{short_id(record_id)} {'is recalled again' if paused else 'is out of recall until resumed; u takes it back'}"

        self._quick(turn, self._said)

    def approve(self) -> None:
        record_id = self._record()
        if record_id is not None:
            self._quick(lambda: self._app.manager.approve([record_id]),
                        lambda _: self._said(f"{short_id(record_id)} may reach the parameters"))  # fmt: skip

    def edit(self) -> None:
        record_id = self._record()
        if record_id is None:
            return
        manager = self._app.manager

        def show(text: str) -> None:
            def edited(wanted: str | None) -> None:
                if wanted is None or wanted == text:
                    return

                def change() -> str:
                    made = manager.edit(record_id, wanted)
                    self._undo.append((f"{short_id(made.id)} edited", lambda: manager.edit(made.id, text)))
                    return f"{short_id(made.id)} is revision {made.revision}; u takes it back"

                self._quick(change, self._said)

            self._app.push_screen(Edit(f"Edit {short_id(record_id)}", text), edited)

        self._quick(lambda: manager.get(record_id).text, show)

    def forget(self) -> None:
        record_id = self._record()
        if record_id is None:
            return
        manager = self._app.manager

        def ask(found: tuple[str, ForgetReport]) -> None:
            text, report = found
            lines = [Line(text), stories.gap(), *(Line(str(count), kind) for kind, count in report.copies.items() if count),
                     stories.gap(), Line("It is erased from every tier. Nothing brings it back.", tone="bad")]  # fmt: skip
            self._ask(f"Forget {short_id(record_id)}?", lines, go, "y forget it", "n keep it")

        def go() -> None:
            self._undo.clear()  # what could be taken back may hold the text
            self._long(f"Forgetting {short_id(record_id)}", lambda progress: manager.forget([record_id], progress=progress), told)

        def told(report: ForgetReport) -> None:
            self._app.push_screen(Told("Forgotten", stories.forgotten(report)))

        self._quick(lambda: (manager.get(record_id).text, manager.forget([record_id], dry_run=True)), ask)

    # --- parameters ---------------------------------------------------------------------------------------------------

    def learn(self) -> None:
        record_id = self._record()
        if record_id is not None:
            self._plan(lambda: self._app.manager.plan_consolidation([record_id]))

    def consolidate(self) -> None:
        self._plan(self._app.manager.plan_consolidation)

    def _plan(self, make: Callable[[], ConsolidationPlan]) -> None:
        manager = self._app.manager

        def show(plan: ConsolidationPlan) -> None:
            if not plan.chosen:
                self._app.push_screen(Told("Nothing to write", stories.plan(plan), self._app.follow))
                return
            self._ask(f"Write {plural(len(plan.chosen), 'record')} into the parameters?", stories.plan(plan), lambda: go(plan),
                      "y write them", "n leave it")  # fmt: skip

        def go(plan: ConsolidationPlan) -> None:
            self._long(f"Learning {plural(len(plan.chosen), 'record')}",
                       lambda progress: manager.consolidate(plan, progress=progress), told)  # fmt: skip

        def told(run: ConsolidationRun) -> None:
            title = f"Run {run.id}: {run.status.value.casefold()}"
            lines = stories.gate(run.gate) if run.gate is not None else [Line(run.reason)]
            if run.status is RunStatus.COMMITTED:
                lines = [*lines, stories.gap(), Line(f"{plural(len(run.record_ids), 'record')}, {plural(run.rows, 'row')}", "learned"),
                         Line("r on the Parameters screen takes it back, bit for bit", stories.BESIDE, "dim")]  # fmt: skip
            self._app.push_screen(Told(title, lines))

        self._quick(make, show)

    def revert(self) -> None:
        run_id = self._run()
        if run_id is None:
            return
        manager = self._app.manager

        def ask(run: ConsolidationRun) -> None:
            if run.status is not RunStatus.COMMITTED:
                self._app.tell_error(InputError(f"run {run_id} is {run.status.value.casefold()}", hint="only a committed run can be reverted",
                                                code="input.run"))  # fmt: skip
                return
            lines = [Line(f"{plural(len(run.record_ids), 'record')} leave the parameters; they stay in the store."),
                     Line("Later runs that share rows with it are trained again, so this may take a while.", tone="dim")]  # fmt: skip
            self._ask(f"Revert run {run_id}?", lines, go, "y revert it", "n leave it")

        def go() -> None:
            self._long(f"Reverting run {run_id}", lambda progress: manager.revert(run_id, progress=progress),
                       lambda report: self._said(f"run {run_id} reverted: {report.method}, {'exact' if report.exact else 'NOT exact'}"))  # fmt: skip

        self._quick(lambda: manager.run(run_id), ask)

    def undo(self) -> None:
        """The latest change made here; where there is none, the run that wrote last."""
        if self._undo:
            what, back = self._undo.pop()
            self._quick(back, lambda _: self._said(f"taken back: {what}"))
            return
        manager = self._app.manager

        def ask(runs: list[ConsolidationRun]) -> None:
            last = next((run for run in runs if run.status is RunStatus.COMMITTED), None)
            if last is None:
                self._app.notify("nothing was changed here and no run is live", severity="warning", markup=False)
                return
            self._ask(f"Take back run {last.id}?", [Line("Its rows get their former bits; its records stay in the store.")],
                      lambda: self._long(f"Taking back run {last.id}", lambda _: manager.undo(),
                                         lambda report: self._said(f"run {last.id} taken back: {report.method}")))  # fmt: skip

        self._quick(manager.runs, ask)

    # --- looking further ----------------------------------------------------------------------------------------------

    def recalled(self, question: str | None) -> None:
        """What recall finds for a question; not counted as a use."""
        if question is not None:
            self._quick(lambda: self._app.manager.preview(question), self._tell_recall)

    def _tell_recall(self, found: Recall) -> None:
        self._app.push_screen(Told("Recall", stories.recalled(found), self._app.follow))

    def verify(self) -> None:
        def told(events: int) -> None:
            self._app.notify(f"{plural(events, 'event')}: each follows from the one before", markup=False)

        self._quick(self._app.manager.check_log, told)
