"""The readingroom command: every verb without a window, through the same code as the window."""
