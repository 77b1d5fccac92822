"""The audit trail: who did what to which study, each event chained to the one before by SHA-256."""
