"""Everything that can change the venue, as it is logged: the log of these is the truth, all else follows from it."""

from sequencer.messages.codec import MalformedMessage, decode_message, encode_message
from sequencer.messages.types import (
    AllowSession,
    CancelOrder,
    EndBatch,
    EndSession,
    Message,
    NewTable,
    Operate,
    PlaceOrder,
    ReceiveQueue,
    SetStress,
    TakeQuote,
)

__all__ = [
    "AllowSession",
    "CancelOrder",
    "EndBatch",
    "EndSession",
    "MalformedMessage",
    "Message",
    "NewTable",
    "Operate",
    "PlaceOrder",
    "ReceiveQueue",
    "SetStress",
    "TakeQuote",
    "decode_message",
    "encode_message",
]
