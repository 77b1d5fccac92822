"""The embedded demo region: phantoms with anatomy and a known truth, made by our own code. Sees base."""
