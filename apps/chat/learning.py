"""Learning from a chat and taking it back: `/consolidate /runs /revert`, and the offer when a conversation ends.

The offer: when something this conversation touched has proved stable enough for the consolidation policy, say what
would be learned and ask. Nothing is learned unasked, and a conversation that touched nothing new is never held up.
"""

from __future__ import annotations

from memos.apps import actions, views, views_learning
from memos.apps.chat.conversation import Change, Conversation
from memos.apps.chat.face import Face
from memos.errors import InputError, MemosError
from memos.types import ConsolidationPlan, RunStatus


def consolidate(face: Face, rest: str) -> None:
    memory = face.conversation.memory
    ids = actions.record_ids(memory, rest.split()) if rest not in ("", "all") else None
    learn(face, memory.plan_consolidation(ids, everything=rest == "all"))


def learn(face: Face, plan: ConsolidationPlan) -> None:
    """Carry out a plan and show the gate's report."""
    with face.work("learning") as report:
        run = face.conversation.memory.consolidate(plan, progress=report)
    face.show(views_learning.consolidation(run))
    if run.status is not RunStatus.REJECTED:
        face.conversation.changes.append(Change("learned", run=run.id))
        face.say(f"/revert {run.id} takes it back")


def offer(face: Face) -> None:
    """At the end of a conversation: what has proved stable, and whether to learn it now."""
    chat = face.conversation
    plan = stable(chat) if face.attended else None
    if plan is None:
        return
    face.say("what proved stable in this conversation can be learned into the parameters:")
    for one in plan.chosen:
        face.say(f"  {views.short_id(one.record_id)}  {one.text}")
    if not face.confirm(f"Learn {views.plural(len(plan.chosen), 'record')} now?"):
        face.say(
            "left in the store; memos consolidate learns it any time, and consolidation.offer false stops asking"
        )
        return
    try:
        learn(face, plan)
    except KeyboardInterrupt:
        face.say("stopped; nothing was learned")
    except MemosError as error:
        face.say(f"not learned: {error.message}")


def stable(chat: Conversation) -> ConsolidationPlan | None:
    """The plan to offer, None where there is nothing to offer."""
    memory = chat.memory
    settings = memory.settings
    if not settings.consolidation.offer or chat.mode != "on" or not chat.touched or settings.model.chat:
        return None
    if actions.verdict(settings).state != "accepted":
        return None
    plan = memory.plan_consolidation()
    return plan if any(one.record_id in chat.touched for one in plan.chosen) else None


def runs(face: Face, rest: str) -> None:
    face.show(views_learning.runs(face.conversation.memory.runs(20)))


def revert(face: Face, rest: str) -> None:
    if not rest:
        raise InputError("something is missing", hint="/revert RUN [RECORD]", code="input.command")
    number, _, record = rest.partition(" ")
    run = actions.run_number(number)
    if run is None:
        raise InputError(f"{number!r} is not the number of a run", hint="/runs", code="input.run")
    take_back(face, run, record.strip())


def take_back(face: Face, run: int, record: str = "") -> None:
    """A run, or one record of it, out of the parameters."""
    chat = face.conversation
    one = actions.record_id(chat.memory, record) if record else None
    with face.work("reverting") as report:
        done = chat.memory.revert(run, record_id=one, progress=report)
    chat.changes = [change for change in chat.changes if change.run != run]
    face.show(views_learning.revert(done))


def live_runs(chat: Conversation) -> dict[str, str]:
    """Runs that can be reverted, newest first."""
    return {
        str(run.id): f"{views.moment(run.created_at)}  {run.reason}"
        for run in chat.memory.runs(20)
        if run.status is RunStatus.COMMITTED
    }
