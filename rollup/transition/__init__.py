"""From a state and a batch to the next state: `transition`, and one module for each kind of transaction."""

from rollup.transition.transition import Outcome, Touched, transition

__all__ = ["Outcome", "Touched", "transition"]
