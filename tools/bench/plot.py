"""The figures as shares of their gates, drawn."""

from pathlib import Path

import pygal
from pygal.style import LightColorizedStyle

from tools.bench.figures import Table


def plot(tables: list[Table], target: Path) -> None:
    """A horizontal bar for each gated figure: 100 % is its gate."""
    gated = [(f, f.value / f.gate * 100) for t in tables for f in t.figures if f.gate]
    chart = pygal.HorizontalBar(
        style=LightColorizedStyle(font_family="sans-serif", label_font_size=9, title_font_size=14),
        show_legend=False,
        width=1000,
        height=60 + 22 * len(gated),
        title="Measured, as a share of the gate (100 % is the gate)",
        range=(0, max(100, *(share for _, share in gated))),
        js=[],
        disable_xml_declaration=True,
    )
    chart.x_labels = [f.name[:70] for f, _ in reversed(gated)]
    chart.add("share", [{"value": round(share, 1), "color": "#2e7d5b" if share <= 100 else "#c0392b"} for _, share in reversed(gated)])
    target.write_text(chart.render(), encoding="utf-8")
