"""The state transition as constraints: what `rollup.transition` says, restated, rule by rule under the same names."""
