"""How others add: manifests read at start, code loaded at first use, one api module.
May see every room below the glass; never Qt. A plug-in itself sees readingroom.plugin.api only."""
