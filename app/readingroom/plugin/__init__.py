"""How others add: manifests read at start, code loaded at first use, one api module."""
