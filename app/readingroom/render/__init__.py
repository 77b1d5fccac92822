"""Display values to pixels: one contract, a CPU engine on VTK and a GPU engine on one shader."""
