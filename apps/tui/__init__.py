"""memos tui: the three tiers on a full screen. `app.MemosTui` is the whole of it; `serving` shows the same in a browser."""
