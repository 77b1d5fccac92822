"""Sentences about reading, each with a truth known beforehand."""
