"""What to read next: entries, filters and reading order, as pure values."""
