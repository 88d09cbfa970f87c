/** The ring at the pointer that shows how large the brush is. */

export class BrushCursor {
  readonly element = document.createElement("div");

  constructor() {
    this.element.style.cssText =
      "position:absolute;left:0;top:0;border:1.5px solid;border-radius:50%;pointer-events:none;z-index:3;display:none;box-sizing:border-box;box-shadow:0 0 0 1px rgb(0 0 0 / 60%)";
  }

  /** Show it at a point of the pane, `pixels` wide, or hide it. */
  show(at: readonly [number, number] | null, pixels: number, colour: string): void {
    const { style } = this.element;
    const size = Math.max(3, pixels);
    style.display = at ? "block" : "none";
    if (at) {
      style.width = style.height = `${size}px`;
      style.borderColor = colour;
      style.transform = `translate(${at[0] - size / 2}px, ${at[1] - size / 2}px)`;
    }
  }
}
