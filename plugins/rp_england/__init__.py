"""English rules as dated policy packs: what a suspension, a conference or a restraint requires, by when."""
