/** Length measurements, drawn by Cornerstone's own tool and handed out as plain values. */

import { eventTarget, utilities } from "@cornerstonejs/core";
import { LengthTool, annotation, Enums as ToolEnums, type Types as ToolTypes } from "@cornerstonejs/tools";

import { distance } from "./grid";
import type { LengthMeasurement, Vec3 } from "./types";

type LengthAnnotation = ToolTypes.Annotation;

const EVENTS = [
  ToolEnums.Events.ANNOTATION_COMPLETED,
  ToolEnums.Events.ANNOTATION_MODIFIED,
  ToolEnums.Events.ANNOTATION_REMOVED,
  ToolEnums.Events.ANNOTATION_ADDED,
] as const;

export interface StoredLength {
  readonly key: string;
  readonly points: readonly [Vec3, Vec3];
  readonly lengthMm: number;
  readonly normal: Vec3 | null;
}

/** Subscribe to any change of lengths; returns the unsubscriber. */
export function onLengthsChanged(listener: () => void): () => void {
  for (const name of EVENTS) {
    eventTarget.addEventListener(name, listener);
  }
  return () => {
    for (const name of EVENTS) {
      eventTarget.removeEventListener(name, listener);
    }
  };
}

const lengthsOf = (): LengthAnnotation[] =>
  annotation.state.getAllAnnotations().filter((item) => item.metadata?.toolName === LengthTool.toolName);

/** All lengths that are drawn, the one under the hand included. */
export function storedLengths(): StoredLength[] {
  return lengthsOf().flatMap((item) => {
    const [from, to] = (item.data.handles?.points ?? []) as unknown as Vec3[];
    if (!item.annotationUID || !from || !to) {
      return [];
    }
    const normal = item.metadata?.viewPlaneNormal;
    return [
      {
        key: item.annotationUID,
        points: [[...from] as unknown as Vec3, [...to] as unknown as Vec3],
        lengthMm: distance(from, to),
        normal: normal ? ([...normal] as unknown as Vec3) : null,
      },
    ];
  });
}

/** Replace all lengths by these, without a step in the undo history. */
export function restoreLengths(
  element: HTMLDivElement,
  measurements: readonly (LengthMeasurement & {
    readonly normal: Vec3;
    readonly frameOfReference: string;
    readonly imageId: string;
  })[],
): void {
  clearLengths();
  for (const item of measurements) {
    annotation.state.addAnnotation(
      {
        annotationUID: item.key,
        highlighted: false,
        invalidated: true,
        isLocked: false,
        isVisible: true,
        metadata: {
          toolName: LengthTool.toolName,
          viewPlaneNormal: [...item.normal],
          FrameOfReferenceUID: item.frameOfReference,
          referencedImageId: item.imageId,
        },
        data: {
          label: "",
          handles: {
            points: item.pointsLps.map((point) => [...point]),
            activeHandleIndex: null,
            textBox: { hasMoved: false, worldPosition: [0, 0, 0], worldBoundingBox: emptyBox() },
          },
          cachedStats: {},
        },
      } as unknown as LengthAnnotation,
      element,
    );
  }
}

const emptyBox = () => ({ topLeft: [0, 0, 0], topRight: [0, 0, 0], bottomLeft: [0, 0, 0], bottomRight: [0, 0, 0] });

/** Delete one length as a step that can be undone. */
export function deleteLength(element: HTMLDivElement, key: string): void {
  const item = annotation.state.getAnnotation(key);
  if (!item) {
    return;
  }
  utilities.HistoryMemo.DefaultHistoryMemo.push({
    id: key,
    operationType: "annotation",
    restoreMemo: (undo?: boolean) => {
      if (undo === false) {
        annotation.state.removeAnnotation(key);
      } else {
        annotation.state.addAnnotation(item, element);
      }
    },
  } as never);
  annotation.state.removeAnnotation(key);
}

export function clearLengths(): void {
  for (const item of lengthsOf()) {
    if (item.annotationUID) {
      annotation.state.removeAnnotation(item.annotationUID);
    }
  }
}

/** Length drawing off, on, or on for reading only. */
export function lockLengths(locked: boolean): void {
  for (const item of lengthsOf()) {
    if (item.annotationUID) {
      annotation.locking.setAnnotationLocked(item.annotationUID, locked);
    }
  }
}
