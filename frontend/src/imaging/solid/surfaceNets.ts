/**
 * The surface of a mask: constrained surface nets (S. Gibson, MICCAI 1998). Pure arithmetic, run in a worker.
 *
 * Each cell of eight voxel centres that the surface goes through gets one point. The points are relaxed towards their
 * neighbours but never leave their cells, so the surface is smooth and yet nowhere farther than a voxel from the mask.
 */

import type { Vec3 } from "../types";

export interface Net {
  /** x, y, z in voxel units of the mask. */
  readonly points: Float32Array;
  /** Four points each, counter-clockwise as seen from outside. */
  readonly quads: Uint32Array;
}

const ROUNDS = 6;
/** Corner pairs along x, y and z of a cell whose corners are numbered x + 2 y + 4 z. */
const EDGES = [0, 1, 2].flatMap((axis) =>
  [0, 1, 2, 3, 4, 5, 6, 7]
    .filter((corner) => !(corner & (1 << axis)))
    .map((corner) => [corner, corner | (1 << axis)] as const),
);

/** Where a cell's point begins, by which corners are inside: the mean of the middles of the edges that are crossed. */
const STARTS: readonly Vec3[] = Array.from({ length: 256 }, (_, inside) => {
  const crossed = EDGES.filter(([a, b]) => ((inside >> a) & 1) !== ((inside >> b) & 1));
  const mean = (bit: number) =>
    crossed.reduce((sum, [a, b]) => sum + (((a >> bit) & 1) + ((b >> bit) & 1)) / 2, 0) / Math.max(1, crossed.length);
  return [mean(0), mean(1), mean(2)];
});

/** The surface of all voxels that are not 0. The outermost voxels of the box must be 0. */
export function surfaceNet(mask: Uint8Array, [nx, ny, nz]: Vec3): Net {
  const pointOf = new Int32Array(mask.length).fill(-1);
  const cells: number[] = [];
  const points: number[] = [];
  const corners = [0, 1, nx, nx + 1, nx * ny, nx * ny + 1, nx * ny + nx, nx * ny + nx + 1];
  for (let z = 0; z < nz - 1; z += 1) {
    for (let y = 0; y < ny - 1; y += 1) {
      for (let x = 0, at = (z * ny + y) * nx; x < nx - 1; x += 1, at += 1) {
        let inside = 0;
        for (let corner = 0; corner < 8; corner += 1) {
          inside |= mask[at + (corners[corner] ?? 0)] ? 1 << corner : 0;
        }
        if (inside !== 0 && inside !== 255) {
          const start = STARTS[inside] ?? [0, 0, 0];
          pointOf[at] = cells.length / 3;
          cells.push(x, y, z);
          points.push(x + start[0], y + start[1], z + start[2]);
        }
      }
    }
  }
  const quads = quadsOf(mask, [nx, ny, nz], pointOf);
  const net = { points: Float32Array.from(points), quads };
  relax(net, Float32Array.from(cells));
  return net;
}

/** One quad for each pair of neighbouring voxels of which one is inside: the points of the four cells around them. */
function quadsOf(mask: Uint8Array, [nx, ny, nz]: Vec3, pointOf: Int32Array): Uint32Array {
  const quads: number[] = [];
  const steps = [1, nx, nx * ny];
  for (let z = 1; z < nz - 1; z += 1) {
    for (let y = 1; y < ny - 1; y += 1) {
      for (let x = 1, at = (z * ny + y) * nx + 1; x < nx - 1; x += 1, at += 1) {
        const here = mask[at] ? 1 : 0;
        for (let axis = 0; axis < 3; axis += 1) {
          pushQuad(quads, pointOf, at, steps, axis, here, mask);
        }
      }
    }
  }
  return Uint32Array.from(quads);
}

function pushQuad(
  quads: number[],
  pointOf: Int32Array,
  at: number,
  steps: readonly number[],
  axis: number,
  here: number,
  mask: Uint8Array,
): void {
  const [along = 1, u = 1, v = 1] = [steps[axis], steps[(axis + 1) % 3], steps[(axis + 2) % 3]];
  for (const [side, toward] of [
    [0, at + along],
    [1, at - along],
  ] as const) {
    if (!here || mask[toward]) {
      continue; // each crossing is seen from the voxel inside
    }
    const cell = side === 0 ? at : at - along;
    const ring = [cell - u - v, cell - v, cell, cell - u].map((index) => pointOf[index] ?? -1);
    quads.push(...(side === 0 ? ring : ring.reverse()));
  }
}

function relax({ points, quads }: Net, cells: Float32Array): void {
  const sum = new Float32Array(points.length);
  const count = new Uint16Array(points.length / 3);
  for (let round = 0; round < ROUNDS; round += 1) {
    sum.fill(0);
    count.fill(0);
    for (let at = 0; at < quads.length; at += 1) {
      const one = quads[at] ?? 0;
      const two = quads[at % 4 === 3 ? at - 3 : at + 1] ?? 0;
      for (let axis = 0; axis < 3; axis += 1) {
        sum[3 * one + axis] = (sum[3 * one + axis] ?? 0) + (points[3 * two + axis] ?? 0);
        sum[3 * two + axis] = (sum[3 * two + axis] ?? 0) + (points[3 * one + axis] ?? 0);
      }
      count[one] = (count[one] ?? 0) + 1;
      count[two] = (count[two] ?? 0) + 1;
    }
    for (let at = 0; at < points.length; at += 1) {
      const low = cells[at] ?? 0;
      const mean = (sum[at] ?? 0) / Math.max(1, count[Math.floor(at / 3)] ?? 1);
      points[at] = Math.min(low + 1, Math.max(low, mean));
    }
  }
}
