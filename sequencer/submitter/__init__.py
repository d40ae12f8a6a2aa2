"""All that an operator sends to L1: each batch exactly once and in order, whatever nodes, reorgs and crashes do."""
