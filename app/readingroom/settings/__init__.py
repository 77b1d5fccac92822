"""Typed settings, the places on disk, the keeper of secrets, and the seals and locks that guard what lies there.

Sees base only; owns keyring and platformdirs.
"""
