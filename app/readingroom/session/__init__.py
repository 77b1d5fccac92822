"""One reader at one desk: the only mutable state. States what it needs of the doors as Protocols in ports."""
