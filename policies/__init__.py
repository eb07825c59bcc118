"""What decides: pure functions of values, each decision with its reason. Knows no store, no model and no clock."""
