/** Surfaces of masks, off the page's own thread. */

import { add, indexToWorld, scale, type Grid } from "../grid";
import type { Vec3 } from "../types";
import { surfaceNet } from "./surfaceNets";

/** A box cut out of a mask. `step`: every n-th voxel was taken. */
export interface SurfaceRequest {
  readonly key: string;
  readonly turn: number;
  readonly mask: Uint8Array;
  readonly size: Vec3;
  /** Index of the box's first voxel. */
  readonly first: Vec3;
  readonly step: number;
  readonly grid: Grid;
}

/** A closed surface in LPS mm; triangles as vtk.js counts them: 3, a, b, c. */
export interface SurfaceMesh {
  readonly points: Float32Array;
  readonly normals: Float32Array;
  readonly triangles: Uint32Array;
}

export type SurfaceAnswer =
  | { readonly key: string; readonly turn: number; readonly mesh: SurfaceMesh }
  | { readonly key: string; readonly turn: number; readonly message: string };

export function meshOf({ mask, size, first, step, grid }: Omit<SurfaceRequest, "key" | "turn">): SurfaceMesh {
  const { points, quads } = surfaceNet(mask, size);
  const origin = indexToWorld(grid, first);
  const [i, j, k] = ([0, 1, 2] as const).map((axis) => scale(grid.axes[axis], grid.spacing[axis] * step)) as [
    Vec3,
    Vec3,
    Vec3,
  ];
  for (let at = 0; at < points.length; at += 3) {
    const [x = 0, y = 0, z = 0] = points.subarray(at, at + 3);
    points.set(add(add(origin, scale(i, x)), add(scale(j, y), scale(k, z))), at);
  }
  const triangles = new Uint32Array(quads.length * 2);
  for (let at = 0; at < quads.length; at += 4) {
    const [a = 0, b = 0, c = 0, d = 0] = quads.subarray(at, at + 4);
    triangles.set([3, a, b, c, 3, a, c, d], at * 2);
  }
  return { points, normals: normalsOf(points, quads), triangles };
}

/** Mean of the neighbouring faces' normals, larger faces counting more. */
function normalsOf(points: Float32Array, quads: Uint32Array): Float32Array {
  const normals = new Float32Array(points.length);
  const p = (index: number, axis: number) => points[3 * index + axis] ?? 0;
  for (let at = 0; at < quads.length; at += 4) {
    const ring = quads.subarray(at, at + 4);
    const [a = 0, b = 0, c = 0, d = 0] = ring;
    for (let axis = 0; axis < 3; axis += 1) {
      const [u, v] = [(axis + 1) % 3, (axis + 2) % 3];
      const area = (p(c, u) - p(a, u)) * (p(d, v) - p(b, v)) - (p(c, v) - p(a, v)) * (p(d, u) - p(b, u));
      for (const index of ring) {
        normals[3 * index + axis] = (normals[3 * index + axis] ?? 0) + area;
      }
    }
  }
  for (let at = 0; at < normals.length; at += 3) {
    const [x = 0, y = 0, z = 0] = normals.subarray(at, at + 3);
    const length = Math.hypot(x, y, z) || 1;
    normals.set([x / length, y / length, z / length], at);
  }
  return normals;
}

self.addEventListener("message", ({ data }: MessageEvent<SurfaceRequest>) => {
  const { key, turn } = data;
  try {
    const mesh = meshOf(data);
    const buffers = [mesh.points.buffer, mesh.normals.buffer, mesh.triangles.buffer];
    self.postMessage({ key, turn, mesh } satisfies SurfaceAnswer, { transfer: buffers });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    self.postMessage({ key, turn, message } satisfies SurfaceAnswer);
  }
});
