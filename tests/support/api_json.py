"""Texts that JSON parsers disagree about, and what a strict one in JavaScript says of them."""

from __future__ import annotations

import base64
import json
import random
import subprocess
from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).with_name("api_strict_json.mjs")
REFUSED = object()

NO_NUMBERS = (
    "1.0", "0.5", "1e3", "1E3", "1e0", "-0", "-0.0", "01", "007", "+1", "- 1", ".5", "5.", "0x10", "1_000", "٣", "１",
    "²", "NaN", "-NaN", "Infinity", "-Infinity", "9007199254740992", "-9007199254740992", "18446744073709551616",
    "9" * 400, "1" + "0" * 308, "--1", "1-", "0b1", "1n", "''", "undefined", "True",
)  # fmt: skip
NUMBERS = ("0", "1", "-1", "42", "9007199254740991", "-9007199254740991", "4503599627370496")
NO_STRINGS = (
    r'"\ud800"',
    r'"\udfff"',
    r'"\udc00\ud800"',
    r'"a\u0000b"',
    '"\x00"',
    '"\n"',
    r'"\x41"',
    r'"\u12g4"',
    '"',
    r'"\"',
)
STRINGS = ('""', r'"\u00e9"', r'"\ud83d\ude00"', r'"\""', r'"\\ud800"', '"é"', '"😀"', r'"\/"', '"\x7f"')
NO_TEXTS = (
    b"",
    b" ",
    b"{",
    b"}",
    b"[1,]",
    b"[,1]",
    b'{"a":1,}',
    b'{"a"}',
    b"{1:2}",
    b'{"a":1 "b":2}',
    b"[1 2]",
    b"[1]x",
    b"nul",
    b"[" * 33 + b"]" * 33,
    b"\xff\xfe1\x00",
    b"\xef\xbb\xbf1",
    b'"\xc0\x80"',
    b'"\xed\xa0\x80"',
    b'"\xff"',
    b"//1",
    b"[1]/**/",
    b"'a'",
    b"{a:1}",
    b'{"a":1,"a":1}',
    b'{"a":1,"\\u0061":2}',
    b'[{"b":{"a":1,"c":2,"a":3}}]',
    b'{"":1,"":2}',
    b"\x0b1",
    b"\xa01",
    b"1\x00",
    b"[" * 10_000,
    b"[" * 10_000 + b"]" * 10_000,
    b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
)
TEXTS = (
    b"[" * 32 + b"]" * 32,
    b'{"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[":1}',
    b"{}",
    b"[]",
    b"null",
    b"true",
    b"false",
    b" [ 1 , 2 ] ",
    b'\t{"a" : [ ] }\r\n',
    b'{"a":{"b":1},"c":{"b":1}}',
)


def corpus(count: int, seed: int = 7) -> list[bytes]:
    """All of the above, in several places, and `count` random mutations of a request."""
    scalars = [text.encode("utf-8", "surrogatepass") for text in (*NO_NUMBERS, *NUMBERS, *NO_STRINGS, *STRINGS)]
    places = (b"%s", b"[%s]", b'{"a":%s}', b'{"a":[1,{"b":%s}]}', b"[%s,1]")
    found = [place % text for text in scalars for place in places]
    rng = random.Random(seed)
    base = b'{"jsonrpc":"2.0","id":1,"method":"public/ticker","params":{"instrument_name":"A\\u0041","depth":[10,-7]}}'
    pieces = [*scalars, b"{", b"}", b"[", b"]", b",", b":", b'"', b"\\", b" ", b"0", b"9", b".", b"e", b"-"]
    for _ in range(count):
        text = bytearray(base)
        for _ in range(rng.randint(1, 3)):
            at = rng.randrange(len(text))
            text[at : at + rng.randint(0, 3)] = rng.choice(pieces)
        found.append(bytes(text))
    return [*found, *NO_TEXTS, *TEXTS]


def javascript_verdicts(texts: list[bytes]) -> list[Any]:
    """What the rules written in JavaScript make of each text; `REFUSED` for what they refuse."""
    given = json.dumps([base64.b64encode(text).decode() for text in texts])
    done = subprocess.run(["node", str(SCRIPT)], input=given, capture_output=True, text=True, check=True, timeout=60)
    return [REFUSED if verdict is None else json.loads(verdict) for verdict in json.loads(done.stdout)]
