"""Where things are: points, planes and stacks in patient millimetres (LPS). Sees record; never pixels or Qt."""
