"""What the node tells for the record, written into it."""

from __future__ import annotations

from sequencer.follower.door import LogLine, Noted, RefusedMessage
from sequencer.messages import decode_message
from sequencer.record.recorder import Recorder


def write_note(recorder: Recorder, noted: Noted) -> None:
    """Some microseconds. Raises `MalformedMessage` for a payload that is none."""
    match noted:
        case LogLine(time_ms, level, source, text, fields):
            recorder.log(level, text, fields, source=source, time_ms=time_ms)
        case RefusedMessage(time_ms, payload, rule, why):
            recorder.refused_by(decode_message(payload), rule, why, time_ms)
        case _:
            recorder.facts(noted)
