"""The record as values: patient, study, series, instance. Sees base only; never Qt, files or the network."""
