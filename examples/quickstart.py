"""The library in fifteen lines: tell, ask, learn, ask the weights, take it back."""

from memos import open_memory

with open_memory(home="./memory", namespace="ana") as memory:
    memory.observe("I live in Lyon.")
    memory.observe("My dog is called Biscuit.")
    answer = memory.answer("Where do I live?")
    print(answer.text, answer.tier, answer.cited)  # from the token store, and which record said so

    run = memory.consolidate(memory.plan_consolidation(everything=True))
    print(
        run.status, run.reason
    )  # COMMITTED, when held-out wordings, old knowledge and honesty passed the gate
    answer = memory.answer("What is my dog called?", tier="parameters")
    print(answer.text, answer.runs)  # from the weights, and the run that taught it

    memory.revert(run.id)
    print(memory.answer("What is my dog called?", tier="parameters").text)  # I do not know yet.
