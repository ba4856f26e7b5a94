"""Learning curves as one SVG: how well people start, by the actions that were spent."""

from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 720, 440
LEFT, RIGHT, TOP, BOTTOM = 64, 170, 24, 52
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
"""Told apart by people who see fewer colours (Okabe and Ito)."""
TICKS = 5


def plot(summary: Mapping[str, Any]) -> str:
    """A line and its interval for each acquisition; the whole pool's figure is dashed."""
    curves = {name: one["curve"] for name, one in summary["acquisitions"].items() if one["curve"]}
    full = list(summary["full"].values())
    heights = [value for curve in curves.values() for at in curve for value in at["oks"][1:]] + full
    most = max((at["actions"] for curve in curves.values() for at in curve), default=1) or 1
    axes = _Axes(most, min(heights, default=0.0), max(heights, default=1.0))
    parts = [*axes.drawn()]
    if full:
        level = sum(full) / len(full)
        y = axes.y(level)
        parts.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#666" stroke-dasharray="5 4"/>')
        parts.append(_text(WIDTH - RIGHT + 8, y + 4, f"everybody labelled {level:.2f}"))
    for place, (name, curve) in enumerate(curves.items()):
        parts += _line(axes, name, curve, COLOURS[place % len(COLOURS)], place)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'role="img" font-family="sans-serif" font-size="12"><title>How well people start, by actions spent</title>'
        f'<path d="M0 0H{WIDTH}V{HEIGHT}H0Z" fill="#fff"/>' + "".join(parts) + "</svg>\n"
    )


class _Axes:
    """From actions and OKS to the picture's pixels."""

    def __init__(self, most: float, low: float, high: float) -> None:
        margin = max(0.02, 0.05 * (high - low))
        self.most, self.low, self.high = most, max(0.0, low - margin), min(1.0, high + margin)

    def x(self, actions: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * actions / self.most

    def y(self, oks: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (self.high - oks) / (self.high - self.low)

    def drawn(self) -> Sequence[str]:
        bottom = HEIGHT - BOTTOM
        parts = [f'<path d="M{LEFT} {TOP}V{bottom}H{WIDTH - RIGHT}" fill="none" stroke="#333"/>']
        for tick in range(TICKS + 1):
            oks = self.low + (self.high - self.low) * tick / TICKS
            actions = self.most * tick / TICKS
            parts.append(_text(LEFT - 8, self.y(oks) + 4, f"{oks:.2f}", anchor="end"))
            parts.append(_text(self.x(actions), bottom + 18, f"{actions:.0f}", anchor="middle"))
        parts.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, "actions spent on labels", anchor="middle"))
        return [*parts, _text(LEFT, TOP - 8, "mean OKS of starts, held-out people")]


def _line(axes: _Axes, name: str, curve: Sequence[Mapping[str, Any]], colour: str, place: int) -> Sequence[str]:
    upper = [f"{axes.x(at['actions']):.1f} {axes.y(at['oks'][2]):.1f}" for at in curve]
    lower = [f"{axes.x(at['actions']):.1f} {axes.y(at['oks'][1]):.1f}" for at in curve]
    middle = [f"{axes.x(at['actions']):.1f} {axes.y(at['oks'][0]):.1f}" for at in curve]
    key = TOP + 14 + 18 * place
    return [
        f'<path d="M{"L".join([*upper, *reversed(lower)])}Z" fill="{colour}" opacity=".15"/>',
        f'<path d="M{"L".join(middle)}" fill="none" stroke="{colour}" stroke-width="2"/>',
        *(f'<circle cx="{xy.split()[0]}" cy="{xy.split()[1]}" r="3" fill="{colour}"/>' for xy in middle),
        f'<path d="M{WIDTH - RIGHT + 8} {key - 4}h16" stroke="{colour}" stroke-width="3"/>',
        _text(WIDTH - RIGHT + 30, key, name),
    ]


def _text(x: float, y: float, said: str, *, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(said)}</text>'
