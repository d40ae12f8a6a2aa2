"""The specification of the rollup: what a batch means."""
