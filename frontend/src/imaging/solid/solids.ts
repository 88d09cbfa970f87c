/** The 3-D panes on the screen. */

import type { PaneSpec, Slot } from "../layouts";
import type { PaneName } from "../types";
import { SolidPane, type SolidHost, type SolidMemory } from "./solidPane";
import type { SolidSettings, StandardView } from "./types";

export class Solids {
  private readonly panes = new Map<PaneName, SolidPane>();
  private readonly memories = new Map<PaneName, SolidMemory>();
  private readonly host: SolidHost;

  constructor(host: SolidHost) {
    this.host = host;
  }

  /** Use an element as a pane; returns how to give it back. */
  attach(spec: PaneSpec, element: HTMLElement): () => void {
    this.panes.get(spec.id)?.dispose();
    const pane = new SolidPane(spec, element, this.host, this.memories.get(spec.id));
    this.panes.set(spec.id, pane);
    return () => {
      if (this.panes.get(spec.id) === pane) {
        this.memories.set(spec.id, pane.memory());
        this.panes.delete(spec.id);
        pane.dispose();
      }
    };
  }

  dispose(): void {
    this.panes.forEach((pane) => pane.dispose());
    this.panes.clear();
    this.memories.clear();
  }

  /** Another series is in a slot. */
  shown(slot: Slot): void {
    this.each((pane) => pane.spec.slot === slot && pane.show());
    this.masksChanged();
  }

  /** All voxels of a slot's series are here. */
  loaded(slot: Slot): void {
    this.each((pane) => pane.spec.slot === slot && void pane.loaded());
  }

  /** The window of a slot's series is another. */
  looked(slot: Slot): void {
    this.each((pane) => pane.spec.slot === slot && pane.looked());
  }

  masksChanged(): void {
    this.each((pane) => pane.masksChanged());
  }

  stylesChanged(): void {
    this.each((pane) => pane.stylesChanged());
  }

  figuresChanged(): void {
    this.each((pane) => pane.figuresChanged());
  }

  /** The measurements drawn in a pane, where they are seen there. */
  figuresIn(name: PaneName) {
    return this.panes.get(name)?.figures.seen ?? [];
  }

  set(name: PaneName, part: Partial<SolidSettings>): void {
    this.panes.get(name)?.set(part);
  }

  standard(name: PaneName, view: StandardView): void {
    this.panes.get(name)?.standard(view);
  }

  fit(): void {
    this.each((pane) => pane.fit());
  }

  reset(): void {
    this.each((pane) => pane.reset());
  }

  private each(act: (pane: SolidPane) => unknown): void {
    this.panes.forEach((pane) => void act(pane));
  }
}
