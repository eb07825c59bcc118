"""What remembers: the SQL store with its derived indexes, the audit log, the context buffer and the slot ledger."""
