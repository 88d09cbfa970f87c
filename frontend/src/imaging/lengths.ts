/** Length measurements, drawn by Cornerstone's own tool and handed out as plain values. */

import { eventTarget, metaData, utilities } from "@cornerstonejs/core";
import { annotation, LengthTool, Enums as ToolEnums, type Types as ToolTypes } from "@cornerstonejs/tools";

import { distance, dot, worldToIndex } from "./grid";
import type { Pane } from "./pane";
import type { Images } from "./source";
import type { Axis, FrameKey, LengthMeasurement, PaneName, Vec3 } from "./types";

type LengthAnnotation = ToolTypes.Annotation;

const { state: annotations, locking } = annotation;
const EVENTS = [
  ToolEnums.Events.ANNOTATION_COMPLETED,
  ToolEnums.Events.ANNOTATION_MODIFIED,
  ToolEnums.Events.ANNOTATION_REMOVED,
  ToolEnums.Events.ANNOTATION_ADDED,
] as const;
const AXIS_OF: Record<PaneName, Axis> = { axial: 2, stack: 2, coronal: 1, sagittal: 0 };

const drawn = (): LengthAnnotation[] =>
  annotations.getAllAnnotations().filter((item) => item.metadata?.toolName === LengthTool.toolName);

const emptyBox = () => ({ topLeft: [0, 0, 0], topRight: [0, 0, 0], bottomLeft: [0, 0, 0], bottomRight: [0, 0, 0] });

/** The lengths on the open images. */
export class Lengths {
  private readonly changed: () => void;
  private readonly panes: () => readonly Pane[];
  private readonly stop: () => void;
  private images: Images | null = null;
  private quiet = false;

  constructor(panes: () => readonly Pane[], changed: () => void) {
    this.panes = panes;
    this.changed = changed;
    const listener = () => !this.quiet && this.images && this.changed();
    EVENTS.forEach((name) => eventTarget.addEventListener(name, listener));
    this.stop = () => EVENTS.forEach((name) => eventTarget.removeEventListener(name, listener));
  }

  dispose(): void {
    this.stop();
    this.quietly(() => this.clear());
  }

  /** Start anew on other images. */
  open(images: Images): void {
    this.quietly(() => this.clear());
    this.images = images;
  }

  /** Change lengths without telling: they come from the server, or leave with their images. */
  private quietly(change: () => void): void {
    this.quiet = true;
    change();
    this.quiet = false;
  }

  private clear(): void {
    drawn().forEach((item) => item.annotationUID && annotations.removeAnnotation(item.annotationUID));
  }

  all(): LengthMeasurement[] {
    return drawn().flatMap((item) => {
      const [from, to] = (item.data.handles?.points ?? []) as unknown as Vec3[];
      if (!item.annotationUID || !from || !to) {
        return [];
      }
      const points = [[from[0], from[1], from[2]] as Vec3, [to[0], to[1], to[2]] as Vec3] as const;
      const middle: Vec3 = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2, (from[2] + to[2]) / 2];
      const frame = this.frameAt(middle, item.metadata?.referencedImageId);
      const plane = this.paneAlong(item.metadata?.viewPlaneNormal as unknown as Vec3 | undefined);
      const place = { sop: frame?.sop ?? "", frame: frame?.frame ?? 1, plane };
      return [{ key: item.annotationUID, ...place, pointsLps: points, lengthMm: distance(from, to) }];
    });
  }

  /** The frame of a point: the nearest of the grid, or the image it was drawn on where there is no grid. */
  private frameAt(point: Vec3, imageId: string | undefined): FrameKey | undefined {
    const { images } = this;
    if (!images?.grid) {
      const drawnOn = images?.imageIds.indexOf(imageId ?? "") ?? -1;
      return images?.shapes[drawnOn]?.key;
    }
    const slice = Math.round(worldToIndex(images.grid, point)[2]);
    return images.shapes[Math.min(images.shapes.length - 1, Math.max(0, slice))]?.key;
  }

  private paneAlong(normal: Vec3 | undefined): PaneName {
    const found = this.panes().find(
      ({ planeView }) => normal && planeView && Math.abs(dot(planeView.normal, normal)) > 0.99,
    );
    return found?.name ?? "stack";
  }

  /** Show these lengths and no others (state from the server). */
  restore(lengths: readonly LengthMeasurement[], locked: boolean): void {
    this.quietly(() => {
      this.clear();
      lengths.forEach((length) => this.add(length));
      this.lock(locked);
    });
    this.changed();
    this.render();
  }

  private add(length: LengthMeasurement): void {
    const { images } = this;
    const slice = images?.shapes.findIndex(({ key }) => key.sop === length.sop && key.frame === length.frame) ?? -1;
    const imageId = images?.imageIds[slice];
    if (!imageId) {
      return;
    }
    const plane = metaData.get("imagePlaneModule", imageId) as { frameOfReferenceUID?: string } | undefined;
    const frameOfReference = plane?.frameOfReferenceUID ?? this.panes()[0]?.viewport.getFrameOfReferenceUID() ?? "";
    const normal = images?.grid?.axes[this.axisOf(length.plane)] ?? [0, 0, -1];
    annotations.addAnnotation(
      {
        annotationUID: length.key,
        highlighted: false,
        invalidated: true,
        isLocked: false,
        isVisible: true,
        metadata: {
          toolName: LengthTool.toolName,
          viewPlaneNormal: [...normal],
          FrameOfReferenceUID: frameOfReference,
          referencedImageId: imageId,
        },
        data: {
          label: "",
          handles: {
            points: length.pointsLps.map((point) => [...point]),
            activeHandleIndex: null,
            textBox: { hasMoved: false, worldPosition: [0, 0, 0], worldBoundingBox: emptyBox() },
          },
          cachedStats: {},
        },
      } as unknown as LengthAnnotation,
      frameOfReference,
    );
  }

  private axisOf(name: PaneName): Axis {
    return this.panes().find((pane) => pane.name === name)?.axis ?? AXIS_OF[name];
  }

  /** Delete one length as a step that can be undone. */
  remove(key: string): void {
    const item = annotations.getAnnotation(key) as LengthAnnotation | undefined;
    if (!item) {
      return;
    }
    utilities.HistoryMemo.DefaultHistoryMemo.push({
      id: key,
      operationType: "annotation",
      restoreMemo: (undo?: boolean) => {
        if (undo === false) {
          annotations.removeAnnotation(key);
        } else {
          annotations.addAnnotation(item, item.metadata?.FrameOfReferenceUID ?? "");
        }
        this.render();
      },
    } as never);
    annotations.removeAnnotation(key);
    this.render();
  }

  /** On: lengths can be looked at only. */
  lock(locked: boolean): void {
    drawn().forEach((item) => item.annotationUID && locking.setAnnotationLocked(item.annotationUID, locked));
  }

  private render(): void {
    this.panes().forEach((pane) => pane.ready && pane.viewport.render());
  }
}
