"""The windows: worklist and reading."""
