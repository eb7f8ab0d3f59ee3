"""A measured figure, and its gate."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of a table: what was measured, in which unit, against which gate (`None`: shown only)."""

    name: str
    value: float
    unit: str
    gate: float | None = None
    stretch: float | None = None
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the gate is met; None where there is none."""
        return None if self.gate is None else self.value <= self.gate

    def row(self) -> str:
        """The figure as a row of a Markdown table."""
        mark = {True: "met", False: "**missed**", None: ""}[self.met]
        if self.met and self.stretch is not None and self.value <= self.stretch:
            mark = "met, stretch too"
        gate = f"≤ {_short(self.gate)}" if self.gate is not None else ""
        stretch = f"≤ {_short(self.stretch)}" if self.stretch is not None else ""
        return f"| {self.name} | {_short(self.value)} {self.unit} | {gate} | {stretch} | {mark} | {self.note} |"


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 100 or value == int(value) else f"{value:.2f}"


@dataclass(frozen=True, slots=True)
class Table:
    """A titled table of figures with a sentence about how it was measured."""

    title: str
    how: str
    figures: list[Figure]

    def markdown(self) -> str:
        """The table in Markdown."""
        head = "| | measured | gate | stretch | | |\n| --- | --- | --- | --- | --- | --- |"
        return "\n".join([f"## {self.title}", "", self.how, "", head, *(f.row() for f in self.figures), ""])
