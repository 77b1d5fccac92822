"""The local disk: encrypted packs of what was fetched, the journal, the outbox. The only room with SQLite."""
