"""Numbers that go into reports: each with a unit and a basis, each a pure function of values.
Sees geometry, pixels, record. Never Qt, VTK, files or the network."""
