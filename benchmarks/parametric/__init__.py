"""What is learned, and what is lost for it: memos on the shipped model against every other way to learn.

READ FIRST: `python -m benchmarks.parametric --help`. `world.py` makes facts and asks about them, `arms.py` names the
ways to learn, `measures.py` counts, `run.py` runs what is not in the cache yet, `report.py` writes the tables,
`words.py` leaves the grammar for relations and wordings of public data.
"""
