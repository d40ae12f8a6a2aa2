"""Files as the SPX data set has them, with a market that is made up: what replays are tested on everywhere."""

from __future__ import annotations

from pathlib import Path
from random import Random

CLOSE = 3_700.65
STRIKES = (3_690, 3_700, 3_710)


def write_spx_files(folder: Path, trades: int, seed: int = 1) -> Path:
    """Minutes from 15:30 in New York to the close at 16:00 of 2021-01-04, in options that expire then."""
    rng = Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    index = ["time_chicago,open,high,low,close"]
    quotes = ["time_ny,root,expiry,strike,type,bid_o,bid_h,bid_l,bid_c,bid_size,ask_o,ask_h,ask_l,ask_c,ask_size"]
    bars = ["time_ny,root,expiry,strike,type,open,high,low,close,volume"]
    for minute in range(31):
        hour, past = divmod(30 + minute, 60)
        price = CLOSE if minute == 30 else 3_701 + rng.randint(-200, 200) / 100
        index.append(f"2021-01-04T{14 + hour:02d}:{past:02d}:00,{price},{price},{price},{price}")
        for strike in STRIKES:
            for kind in ("call", "put"):
                inner = max(0.0, price - strike if kind == "call" else strike - price)
                low, high = round(inner + 0.5, 2), round(inner + 0.9, 2)
                quotes.append(
                    f"2021-01-04T{15 + hour:02d}:{past:02d}:00,SPXW,20210104,{strike},{kind},"
                    f"{low},{low},{low},{low},10,{high},{high},{high},{high},10"
                )
    for place in range(trades):
        minute = place * 29 // max(1, trades)
        strike, kind, price = rng.choice(STRIKES[:1]), rng.choice(("call", "put")), rng.randint(50, 1_500) / 100
        size = rng.randint(1, 5)
        bars.append(
            f"2021-01-04T15:{30 + minute:02d}:00,SPXW,20210104,{strike},{kind},{price},{price},{price},{price},{size}"
        )
    for name, lines in (("index_minute", index), ("option_quote_bars", quotes), ("option_trade_bars", bars)):
        (folder / f"spx_{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder
