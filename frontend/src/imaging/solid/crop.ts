/** The box that is left of a volume in 3-D, and the first thing that a ray meets in it. Pure arithmetic. */

import { add, axesByPatientDirection, indexToWorld, scale, worldToIndex, type Grid } from "../grid";
import type { Vec3 } from "../types";
import { alphaAt, type Transfer } from "./presets";
import type { Reduced } from "./reduce";
import type { Cut } from "./scene";
import type { CropBox } from "./types";

type Ends = readonly [number, number];

/** Lowest and highest index that are shown along each axis of the grid, edges of voxels included. */
export function cropEnds(grid: Grid, crop: CropBox): readonly [Ends, Ends, Ends] {
  const order = axesByPatientDirection(grid);
  return ([0, 1, 2] as const).map((axis): Ends => {
    const patient = order.indexOf(axis) as 0 | 1 | 2;
    const [low, high] = crop[patient];
    const along = (grid.axes[axis][patient] ?? 1) >= 0;
    const count = grid.size[axis];
    return along ? [low * count - 0.5, high * count - 0.5] : [(1 - high) * count - 0.5, (1 - low) * count - 0.5];
  }) as [Ends, Ends, Ends];
}

/** The planes that cut a box out; sides that cut nothing need none. */
export function cutsOf(grid: Grid, crop: CropBox): readonly Cut[] {
  return cropEnds(grid, crop).flatMap(([low, high], axis) => {
    const direction = grid.axes[axis as 0 | 1 | 2];
    const at = (index: number): Vec3 => {
      const place: [number, number, number] = [0, 0, 0];
      place[axis as 0 | 1 | 2] = index;
      return indexToWorld(grid, place);
    };
    return [
      ...(low > -0.5 ? [{ point: at(low), normal: direction }] : []),
      ...(high < grid.size[axis as 0 | 1 | 2] - 0.5 ? [{ point: at(high), normal: scale(direction, -1) }] : []),
    ];
  });
}

/**
 * The point (LPS mm) that a person means by pointing at the picture: where the light is half used up, or the brightest
 * place of a projection; null beside the volume.
 */
export function met(
  { grid, values }: Reduced,
  crop: CropBox,
  transfer: Transfer,
  ray: { readonly from: Vec3; readonly direction: Vec3; readonly mm: number },
): Vec3 | null {
  const ends = cropEnds(grid, crop);
  const step = Math.min(...grid.spacing);
  let [light, best, brightest] = [1, null as Vec3 | null, -Infinity];
  for (let far = 0; far <= ray.mm; far += step) {
    const point = add(ray.from, scale(ray.direction, far));
    const index = worldToIndex(grid, point);
    if (index.some((value, axis) => value < (ends[axis]?.[0] ?? 0) || value > (ends[axis]?.[1] ?? 0))) {
      continue;
    }
    const [i, j, k] = index.map((value, axis) =>
      Math.min((grid.size[axis] ?? 1) - 1, Math.max(0, Math.round(value))),
    ) as [number, number, number];
    const value = values[(k * grid.size[1] + j) * grid.size[0] + i] ?? 0;
    if (transfer.blend === "maximum") {
      [best, brightest] = value > brightest ? [point, value] : [best, brightest];
    } else {
      light *= (1 - Math.min(0.999, alphaAt(transfer.opacity, value))) ** step;
      if (light < 0.5) {
        return point;
      }
    }
  }
  return best;
}
