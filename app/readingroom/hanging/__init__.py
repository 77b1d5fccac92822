"""Which image hangs where, and why: pure rules over a study, its priors and the screens."""
