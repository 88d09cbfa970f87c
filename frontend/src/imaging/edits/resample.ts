/** Labels of other images brought onto these, by where they lie in the patient. */

import { indexToWorld, worldToIndex, type Grid } from "../grid";
import type { Vec3 } from "../types";
import { voxelsIn, type Region, type VoxelMap } from "./types";

/** Four rows of four numbers: maps (x, y, z, 1) to (x, y, z, 1), LPS mm. */
export type Motion = readonly (readonly number[])[];

const moved = (motion: Motion | null, [x, y, z]: Vec3): Vec3 => {
  const row = (at: number) => {
    const [a = 0, b = 0, c = 0, d = 0] = motion?.[at] ?? [];
    return a * x + b * y + c * z + d;
  };
  return motion ? [row(0), row(1), row(2)] : [x, y, z];
};

/** Both grids are regular, so the map between them is straight. `motion`: from places of the first to the second's. */
export function voxelMap(from: Grid, region: Region, to: Grid, motion: Motion | null = null): VoxelMap {
  const at = (i: number, j: number, k: number): Vec3 =>
    worldToIndex(to, moved(motion, indexToWorld(from, [region.lo[0] + i, region.lo[1] + j, region.lo[2] + k])));
  const [start, alongI, alongJ, alongK] = [at(0, 0, 0), at(1, 0, 0), at(0, 1, 0), at(0, 0, 1)];
  return ([0, 1, 2] as const).map(
    (axis) =>
      [alongI[axis] - start[axis], alongJ[axis] - start[axis], alongK[axis] - start[axis], start[axis]] as const,
  );
}

/** 1 where the nearest voxel of the source has the label, 0 elsewhere and outside it. */
export function resampled(source: Uint8Array, sourceSize: Vec3, value: number, size: Vec3, map: VoxelMap): Uint8Array {
  const result = new Uint8Array(voxelsIn(size));
  const [mi, mj, mk] = map;
  if (!mi || !mj || !mk) {
    return result;
  }
  let at = 0;
  for (let k = 0; k < size[2]; k += 1) {
    for (let j = 0; j < size[1]; j += 1) {
      for (let i = 0; i < size[0]; i += 1, at += 1) {
        const x = Math.round(mi[0] * i + mi[1] * j + mi[2] * k + mi[3]);
        const y = Math.round(mj[0] * i + mj[1] * j + mj[2] * k + mj[3]);
        const z = Math.round(mk[0] * i + mk[1] * j + mk[2] * k + mk[3]);
        const inside = x >= 0 && y >= 0 && z >= 0 && x < sourceSize[0] && y < sourceSize[1] && z < sourceSize[2];
        if (inside && source[(z * sourceSize[1] + y) * sourceSize[0] + x] === value) {
          result[at] = 1;
        }
      }
    }
  }
  return result;
}
