"""`python -m memos` is the `memos` program."""

from memos.apps.cli import main

if __name__ == "__main__":
    main()
