"""Typed settings and the places on disk, and the keeper of secrets. Sees base only; owns keyring and platformdirs."""
