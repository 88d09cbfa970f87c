/** From a series on the server to frames in slice order, with their grid when they form one. */

import { cache, metaData, utilities, volumeLoader } from "@cornerstonejs/core";
import { wadors } from "@cornerstonejs/dicom-image-loader";

import { ask } from "./answers";
import { startEngine } from "./engine";
import { DRAWN_AS } from "./fractions";
import { cross, dot, subtract, type Grid } from "./grid";
import type { DicomJson } from "./header";
import { hold } from "./holding";
import type { SliceShape } from "./labelGrid";
import { holdInOnePiece } from "./onePiece";
import { mammogramOf, type Mammogram } from "./mammograms";
import { withTables } from "./palette";
import { isAtDetector, isInverse, withSpacing } from "./projection";
import type { FrameKey, ImageSource, Vec3 } from "./types";

type Volume = Awaited<ReturnType<typeof volumeLoader.createAndCacheVolume>>;

/** The series could not be read from the server. */
export class ImageSourceError extends Error {
  override readonly name = "ImageSourceError";
}

/** Images ready to be put into panes; `imageIds[k]`, `shapes[k]` and the grid's k mean the same frame. */
export interface Images {
  readonly source: ImageSource;
  readonly displaySetId: string;
  readonly imageIds: readonly string[];
  /** Choose the frame with which it comes on the screen. */
  beginAt(index: number): void;
  readonly shapes: readonly SliceShape[];
  readonly grid: Grid | null;
  readonly volume: Volume | null;
  readonly unit: string;
  /** Frame of Reference UID: points of images with the same one can be compared. */
  readonly frameOfReference: string;
  /** The images say how they lie in the patient. */
  readonly placed: boolean;
  /** The images say how large a pixel is. */
  readonly scaled: boolean;
  /** Their millimetres are those of the detector, not of the patient. */
  readonly atDetector: boolean;
  /** Low values are bright. */
  readonly inverse: boolean;
  /** The header of a frame's instance, as DICOM JSON. */
  header(index: number): DicomJson;
  /** The frame whose plane is nearest to a point, or -1 where the frames do not say where they lie. */
  nearest(point: Vec3): number;
}

const metadataBySeries = new Map<string, Promise<DicomJson[]>>();

const metadataUrl = ({ studyUid, seriesUid }: Pick<ImageSource, "studyUid" | "seriesUid">) =>
  `/dicomweb/studies/${studyUid}/series/${seriesUid}/metadata`;

function seriesMetadata(source: Pick<ImageSource, "studyUid" | "seriesUid">): Promise<DicomJson[]> {
  const url = metadataUrl(source);
  const known = metadataBySeries.get(url);
  if (known) {
    return known;
  }
  const request = ask(url, "application/dicom+json", "the series' metadata").then(
    (response) => response.json() as Promise<DicomJson[]>,
  );
  metadataBySeries.set(url, request);
  request.catch(() => metadataBySeries.delete(url));
  return request;
}

/** The frame of reference of a series, "" where its images name none. */
export async function frameOfReferenceOf(studyUid: string, seriesUid: string): Promise<string> {
  const [first] = await seriesMetadata({ studyUid, seriesUid });
  return first ? text(first, FRAME_OF_REFERENCE) : "";
}

/** What the images of a series show where they are mammograms in the usual views. */
export async function mammogramsIn(studyUid: string, seriesUid: string): Promise<readonly Mammogram[]> {
  return (await seriesMetadata({ studyUid, seriesUid })).flatMap((instance) => mammogramOf(instance) ?? []);
}

const text = (instance: DicomJson, tag: string): string => String(instance[tag]?.Value?.[0] ?? "");

function imageIdOf(source: ImageSource, sop: string, frame: number): string {
  const path = `/dicomweb/studies/${source.studyUid}/series/${source.seriesUid}/instances/${sop}/frames/${frame}`;
  return `wadors:${window.location.origin}${path}`;
}

/**
 * What PET is scaled by, as the server says. Cornerstone would work it out from each image alone, taking every decay
 * correction for START, and so show other values than all our other doors.
 */
const petScaling = new Map<string, { readonly suvbw?: number }>();
metaData.addProvider(
  (type: string, imageId: string) => (type === "scalingModule" ? petScaling.get(imageId) : undefined),
  20_000,
);

/** Return the scaling of one PET image: empty where there is no SUV, so that nobody else makes one. */
export function petScalingOf(source: ImageSource, sop: string): { readonly suvbw?: number } {
  const factor = source.suvFactors[sop] ?? source.suvFactor;
  return factor === null ? {} : { suvbw: factor };
}

const FRAME_OF_REFERENCE = "00200052";
const PIXEL_SPACING = "00280030";
const IMAGER_PIXEL_SPACING = "00181164";
const ORIENTATION = "00200037";
const VOI_LUT_FUNCTION = "00281056";
const FRAME_VOI_LUT = "00289132";
const MODALITY = "00080060";
const FUNCTIONAL_GROUPS = ["52009229", "52009230"] as const;

/** True when an attribute has values, at the top or anywhere in the functional groups of an enhanced object. */
export function says(instance: DicomJson, tag: string): boolean {
  if ((instance[tag]?.Value?.length ?? 0) > 0) {
    return true;
  }
  const items = FUNCTIONAL_GROUPS.flatMap((group) => instance[group]?.Value ?? []) as DicomJson[];
  return items.some((item) =>
    Object.values(item).some((macro) => ((macro?.Value ?? []) as DicomJson[]).some((part) => tag in part)),
  );
}

/**
 * Cornerstone fails at images without a modality, and at windows that name their function: a straight line is what it
 * takes without a name, and others we draw ourselves (see curves.ts).
 */
export function understood(instance: DicomJson): DicomJson {
  const groups = FUNCTIONAL_GROUPS.flatMap((tag) => {
    const group = instance[tag];
    const items = (group?.Value ?? []) as readonly DicomJson[];
    return group ? [[tag, { ...group, Value: items.map(withoutFunction) }] as const] : [];
  });
  return {
    ...instance,
    ...Object.fromEntries(groups),
    [VOI_LUT_FUNCTION]: undefined,
    ...(text(instance, MODALITY) ? {} : { [MODALITY]: { vr: "CS", Value: ["OT"] } }),
  };
}

/** A functional group whose windows do not name their function. */
function withoutFunction(group: DicomJson): DicomJson {
  const windows = group[FRAME_VOI_LUT];
  const items = (windows?.Value ?? []) as readonly DicomJson[];
  return windows
    ? { ...group, [FRAME_VOI_LUT]: { ...windows, Value: items.map(({ [VOI_LUT_FUNCTION]: _, ...rest }) => rest) } }
    : group;
}

/** Register metadata and prepare the volume (its voxels are not loaded yet). Held until `letGo`. */
export async function openImages(source: ImageSource): Promise<Images> {
  const images = await registered(source);
  hold(images, () => forget(images));
  return images;
}

/** Forget what was registered for images whose memory is given back. */
function forget({ source, imageIds }: Images): void {
  metadataBySeries.delete(metadataUrl(source));
  imageIds.forEach((imageId) => petScaling.delete(imageId));
}

async function registered(source: ImageSource): Promise<Images> {
  const headers = new Map((await seriesMetadata(source)).map((instance) => [text(instance, "00080018"), instance]));
  const instances = new Map(
    [...headers].map(([sop, instance]) => [sop, withTables(withSpacing(understood(instance)))]),
  );
  const keys = new Map<string, FrameKey>();
  const wanted: string[] = [];
  for (const { sop, frame } of source.frames) {
    const instance = instances.get(sop);
    if (!instance) {
      throw new ImageSourceError(`The series' metadata has no instance ${sop}`);
    }
    if (frame > 1) {
      wadors.metaDataManager.add(imageIdOf(source, sop, 1), instance as never);
    }
    const imageId = imageIdOf(source, sop, frame);
    wadors.metaDataManager.add(imageId, instance as never);
    if (source.modality === "PT") {
      petScaling.set(imageId, petScalingOf(source, sop));
    }
    keys.set(imageId, { sop, frame, layer: 0 });
    wanted.push(imageId);
  }
  const name = `${source.seriesUid}:${source.volumeIndex}`;
  const volume = source.regular ? await openVolume(name, wanted) : null;
  const imageIds = volume?.imageIds ?? wanted;
  const beginAt = (initialImageIdIndex: number) => {
    utilities.genericViewportDisplaySetMetadataProvider.add(name, {
      kind: "planar",
      imageIds,
      initialImageIdIndex,
      ...(volume ? { volumeId: volume.volumeId } : {}),
    });
  };
  beginAt(Math.floor(imageIds.length / 2));
  const first = instances.get(source.frames[0]?.sop ?? "");
  return {
    source,
    displaySetId: name,
    imageIds,
    beginAt,
    shapes: imageIds.map((imageId) => shapeOf(imageId, keys)),
    grid: volume ? gridOf(volume) : null,
    volume,
    unit: source.units,
    frameOfReference: first ? text(first, FRAME_OF_REFERENCE) : "",
    placed: first !== undefined && says(first, ORIENTATION),
    atDetector: first !== undefined && isAtDetector(first),
    inverse: first !== undefined && isInverse(first),
    scaled: first !== undefined && (says(first, PIXEL_SPACING) || says(first, IMAGER_PIXEL_SPACING)),
    header: (index) => headers.get(keys.get(imageIds[index] ?? "")?.sop ?? "") ?? {},
    nearest: (point) => nearestFrame(imageIds, point),
  };
}

function nearestFrame(imageIds: readonly string[], point: Vec3): number {
  let [best, smallest] = [-1, Infinity];
  imageIds.forEach((imageId, index) => {
    const plane = metaData.get("imagePlaneModule", imageId) as
      { imagePositionPatient?: Vec3; rowCosines?: Vec3; columnCosines?: Vec3 } | undefined;
    if (plane?.imagePositionPatient && plane.rowCosines && plane.columnCosines) {
      const normal = cross(plane.rowCosines, plane.columnCosines);
      const away = Math.abs(dot(normal, subtract(point, plane.imagePositionPatient)));
      if (away < smallest) {
        [best, smallest] = [index, away];
      }
    }
  });
  return best;
}

async function openVolume(name: string, imageIds: string[]): Promise<Volume> {
  const volumeId = `cornerstoneStreamingImageVolume:${name}`;
  const known = cache.getVolume(volumeId);
  if (known) {
    return known;
  }
  const volume = await volumeLoader.createAndCacheVolume(volumeId, { imageIds });
  holdInOnePiece(volume);
  if ((await startEngine()).backend === "cpu") {
    // Its panes look after themselves, at most every half second: fifty more pictures for each would only cost time.
    Object.assign(volume, { autoRenderOnLoad: false });
    if (volume.dataType === "Float32Array") {
      volume.metadata.Modality = DRAWN_AS;
    }
  }
  return volume;
}

function shapeOf(imageId: string, keys: ReadonlyMap<string, FrameKey>): SliceShape {
  const key = keys.get(imageId);
  const pixels = metaData.get("imagePixelModule", imageId) as { rows?: number; columns?: number } | undefined;
  if (!key || !pixels?.rows || !pixels.columns) {
    throw new ImageSourceError(`The metadata does not say how large ${imageId} is`);
  }
  return { key, rows: pixels.rows, columns: pixels.columns };
}

function gridOf(volume: Volume): Grid {
  const [i0, i1, i2, j0, j1, j2, k0, k1, k2] = volume.direction as readonly number[];
  const axes = [
    [i0 ?? 1, i1 ?? 0, i2 ?? 0],
    [j0 ?? 0, j1 ?? 1, j2 ?? 0],
    [k0 ?? 0, k1 ?? 0, k2 ?? 1],
  ] as const satisfies readonly [Vec3, Vec3, Vec3];
  return { size: volume.dimensions as Vec3, spacing: volume.spacing as Vec3, origin: volume.origin as Vec3, axes };
}
