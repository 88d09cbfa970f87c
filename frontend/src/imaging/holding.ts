/** What the browser keeps of series: those that somebody uses, and a few that were just left, in bounds. */

import { cache, utilities, type Types } from "@cornerstonejs/core";
import { wadors } from "@cornerstonejs/dicom-image-loader";
import { Enums as MetadataEnums, utilities as metadata } from "@cornerstonejs/metadata";

import { forgetView } from "./loading";
import { letPieceGo } from "./onePiece";

/** Series that were left while a case is open stay up to so many bytes, so that going back is quick. */
const IDLE_BYTES = 256 * 1024 * 1024;

/** As much of `source.Images` as is to be kept or given back. */
interface Held {
  readonly displaySetId: string;
  readonly imageIds: readonly string[];
  readonly volume: Types.IImageVolume | null;
}

const users = new Map<string, number>();
const forgetters = new Map<string, () => void>();
let idle: Held[] = [];

const bytesOf = ({ imageIds }: Held) =>
  imageIds.reduce((sum, imageId) => sum + (cache.getImage(imageId)?.sizeInBytes ?? 0), 0);

/** Use images; they stay until `letGo` was called as often. */
export function hold(images: Held, forget: () => void): void {
  const { displaySetId } = images;
  users.set(displaySetId, (users.get(displaySetId) ?? 0) + 1);
  forgetters.set(displaySetId, forget);
  idle = idle.filter((one) => one.displaySetId !== displaySetId);
  const status = images.volume?.loadStatus;
  if (status?.cancelled) {
    status.cancelled = false; // it was let go half loaded: `load` goes on
  }
}

/** Images are not used any more here. */
export function letGo(images: Held): void {
  const { displaySetId } = images;
  const left = (users.get(displaySetId) ?? 0) - 1;
  if (left > 0) {
    users.set(displaySetId, left);
    return;
  }
  users.delete(displaySetId);
  images.volume?.cancelLoading?.();
  idle.push(images);
  trim(IDLE_BYTES);
}

/** Give back the memory of everything that nobody uses. */
export function releaseIdle(): void {
  trim(0);
}

/** Release the series that were left longest ago, until the others hold no more than `limit` bytes. */
function trim(limit: number): void {
  let kept = 0;
  const latest = idle.toReversed();
  const stay = latest.findIndex((images) => {
    kept += Math.max(1, bytesOf(images));
    return kept > limit;
  });
  if (stay >= 0) {
    latest.slice(stay).forEach(release);
    idle = latest.slice(0, stay).toReversed();
  }
}

function release(images: Held): void {
  const { displaySetId, volume, imageIds } = images;
  if (volume && cache.getVolumeLoadObject(volume.volumeId)) {
    cache.removeVolumeLoadObject(volume.volumeId);
    forgetView(volume.volumeId);
    letPieceGo(volume);
  }
  for (const imageId of imageIds) {
    if (cache.getImageLoadObject(imageId)) {
      cache.removeImageLoadObject(imageId, { force: true });
    }
    wadors.metaDataManager.remove(imageId);
    metadata.clearTypedCacheData(MetadataEnums.MetadataModules.NATURALIZED, imageId); // with all that is made of it
  }
  utilities.genericViewportDisplaySetMetadataProvider.remove(displaySetId);
  forgetters.get(displaySetId)?.();
  forgetters.delete(displaySetId);
}
