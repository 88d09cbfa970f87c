"""A table of figures that prints itself."""

from dataclasses import dataclass, field


@dataclass
class Table:
    """Title, column heads, rows of texts and numbers, and a line of remarks."""

    title: str
    heads: list[str]
    rows: list[list[str | float]] = field(default_factory=list)
    remark: str = ""

    def add(self, *cells: str | float) -> None:
        """Add a row."""
        self.rows.append(list(cells))

    def to_dict(self) -> dict[str, object]:
        """Return plain values for JSON."""
        return {"title": self.title, "heads": self.heads, "rows": self.rows, "remark": self.remark}

    def __str__(self) -> str:
        texts = [[cell if isinstance(cell, str) else f"{cell:.3g}" for cell in row] for row in self.rows]
        widths = [max(len(row[n]) for row in [self.heads, *texts]) for n in range(len(self.heads))]
        lines = [self.title, "  ".join(head.ljust(width) for head, width in zip(self.heads, widths, strict=True))]
        lines.append("  ".join("-" * width for width in widths))
        for row, cells in zip(self.rows, texts, strict=True):
            lines.append(
                "  ".join(
                    text.ljust(width) if isinstance(cell, str) else text.rjust(width)
                    for cell, text, width in zip(row, cells, widths, strict=True)
                )
            )
        return "\n".join([*lines, self.remark]) if self.remark else "\n".join(lines)
