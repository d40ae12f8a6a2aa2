"""Real trades through a whole node: signed, matched, proven, executed on L1, expired, settled, and withdrawn again."""
