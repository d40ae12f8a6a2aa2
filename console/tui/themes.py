"""Two themes, and the colours that mean something in each: what a pane draws by itself takes them from here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from textual.theme import Theme

if TYPE_CHECKING:
    from textual.app import App

DARK_NAME: Final = "zkclear-dark"
LIGHT_NAME: Final = "zkclear-light"


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours by what they say, as rich names them. `is_plain`: colours are not to be relied on, signs are put too."""

    text: str
    faint: str
    strong: str
    good: str
    bad: str
    caution: str
    link: str
    sealed: str
    committed: str
    proven: str
    executed: str
    heat_text: str
    heat_low: tuple[int, int, int]
    heat_middle: tuple[int, int, int]
    heat_high: tuple[int, int, int]
    is_plain: bool = False


DARK_PALETTE: Final = Palette(
    text="#d6dbe4",
    faint="#7d8a9c",
    strong="bold #f4f6fa",
    good="#56c888",
    bad="#ff6b70",
    caution="#f0b64e",
    link="#5fb3f6",
    sealed="#f0b64e",
    committed="#5fb3f6",
    proven="#c08cff",
    executed="#56c888",
    heat_text="#f4f6fa",
    heat_low=(0x9E, 0x1C, 0x2B),
    heat_middle=(0x2A, 0x33, 0x40),
    heat_high=(0x12, 0x75, 0x45),
)
LIGHT_PALETTE: Final = Palette(
    text="#1d2530",
    faint="#69727f",
    strong="bold #000000",
    good="#137a43",
    bad="#bb1f2c",
    caution="#9a5b00",
    link="#0b62ad",
    sealed="#9a5b00",
    committed="#0b62ad",
    proven="#7432b8",
    executed="#137a43",
    heat_text="#101418",
    heat_low=(0xF5, 0x8B, 0x8B),
    heat_middle=(0xEC, 0xEC, 0xE6),
    heat_high=(0x85, 0xD6, 0xA4),
)


def _theme(name: str, palette: Palette, *, background: str, surface: str, panel: str, second: str) -> Theme:
    """What frames and scrollbars are drawn in means the same as in the palette."""
    return Theme(
        name=name,
        primary=palette.link,
        secondary=second,
        accent=palette.caution,
        success=palette.good,
        warning=palette.caution,
        error=palette.bad,
        foreground=palette.text,
        background=background,
        surface=surface,
        panel=panel,
        dark=name == DARK_NAME,
    )


DARK: Final = _theme(
    DARK_NAME, DARK_PALETTE, background="#0f141b", surface="#151c25", panel="#1d2733", second="#8f9dff"
)
LIGHT: Final = _theme(
    LIGHT_NAME, LIGHT_PALETTE, background="#fbfbf9", surface="#f1f2f0", panel="#e3e6e8", second="#4a51b8"
)


def heat(palette: Palette, share: float) -> str:
    """The style of a cell that is `share` of the way from nothing to good (1) or bad (-1)."""
    bounded = min(max(share, -1.0), 1.0)
    end = palette.heat_high if bounded >= 0 else palette.heat_low
    mixed = (round(m + (e - m) * abs(bounded)) for m, e in zip(palette.heat_middle, end, strict=True))
    return f"{palette.heat_text} on #" + "".join(f"{part:02x}" for part in mixed)


def give_themes(app: App[None]) -> None:
    """Both themes, the dark one in force: a theme that comes after styles are parsed has all of them parsed again."""
    for theme in (DARK, LIGHT):
        app.register_theme(theme)
    app.set_reactive(type(app).theme, DARK_NAME)
    app.stylesheet.set_variables(app.get_css_variables())
