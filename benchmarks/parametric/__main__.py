"""`python -m benchmarks.parametric`: the comparison of arms; `python -m benchmarks.parametric.words`: public data."""

from .run import main

if __name__ == "__main__":
    raise SystemExit(main())
