"""What the API shows, kept up to date from durable events alone: the same events give the same answers."""

from sequencer.api.projection.projection import EventGap, Projection

__all__ = ["EventGap", "Projection"]
