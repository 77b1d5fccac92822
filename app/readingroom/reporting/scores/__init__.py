"""Scores and categories of the literature as pure functions: each from one publication, each with its reasons.

Nothing here signs or fills anything. A rule that its publication does not state is refused, not guessed.
"""
