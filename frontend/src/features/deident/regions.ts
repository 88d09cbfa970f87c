import type { Region } from "@/shared/api/deidentification";

export interface Size {
  width: number;
  height: number;
}

const within = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));

/** Returns the region in whole pixels, moved and cut so that it lies in the picture and is at least one pixel large. */
export function fitted(region: Region, picture: Size): Region {
  const x = within(Math.round(region.x), 0, picture.width - 1);
  const y = within(Math.round(region.y), 0, picture.height - 1);
  return {
    x,
    y,
    width: within(Math.round(region.width), 1, picture.width - x),
    height: within(Math.round(region.height), 1, picture.height - y),
  };
}

/** Returns the region between two corners, in whichever order they were drawn; both pixels belong to it. */
export function between(a: { x: number; y: number }, b: { x: number; y: number }, picture: Size): Region {
  const [left, right] = [Math.floor(Math.min(a.x, b.x)), Math.ceil(Math.max(a.x, b.x))];
  const [top, bottom] = [Math.floor(Math.min(a.y, b.y)), Math.ceil(Math.max(a.y, b.y))];
  const x = within(left, 0, picture.width - 1);
  const y = within(top, 0, picture.height - 1);
  return fitted({ x, y, width: right - x, height: bottom - y }, picture);
}

/** Returns the region moved, keeping its size: it stops at the edges of the picture. */
export function moved(region: Region, dx: number, dy: number, picture: Size): Region {
  return {
    ...region,
    x: within(region.x + dx, 0, picture.width - region.width),
    y: within(region.y + dy, 0, picture.height - region.height),
  };
}

/** Returns the region made larger or smaller at its right and lower edges. */
export function resized(region: Region, dw: number, dh: number, picture: Size): Region {
  return fitted({ ...region, width: region.width + dw, height: region.height + dh }, picture);
}

/** Returns a first region for those who draw with the keyboard: a tenth of the picture, in the upper left corner. */
export function beginning(picture: Size): Region {
  return fitted({ x: 0, y: 0, width: picture.width / 2, height: picture.height / 10 }, picture);
}

/** Returns which share of the picture the regions cover, overlaps counted once. */
export function share(regions: readonly Region[], picture: Size): number {
  const xs = [...new Set(regions.flatMap(({ x, width }) => [x, x + width]))].sort((a, b) => a - b);
  const ys = [...new Set(regions.flatMap(({ y, height }) => [y, y + height]))].sort((a, b) => a - b);
  let covered = 0;
  for (let i = 0; i + 1 < xs.length; i += 1) {
    for (let j = 0; j + 1 < ys.length; j += 1) {
      const [x = 0, y = 0, right = 0, bottom = 0] = [xs[i], ys[j], xs[i + 1], ys[j + 1]];
      const inside = regions.some(
        (one) => one.x <= x && right <= one.x + one.width && one.y <= y && bottom <= one.y + one.height,
      );
      if (inside) covered += (right - x) * (bottom - y);
    }
  }
  return covered / (picture.width * picture.height);
}
