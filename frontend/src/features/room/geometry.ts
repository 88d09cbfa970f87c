/** The server's geometry of a volume, as the viewer has it. */

import type { Grid } from "@/imaging";
import type { Schemas } from "@/shared/api/types";

type Vec3 = readonly [number, number, number];

/** The affine maps indices (k, j, i) to LPS mm, so its columns are the steps along k, j and i, and the origin. */
export function gridOf({ affine_lps: affine, shape_kji: shape }: Schemas["Geometry"]): Grid {
  const column = (at: number): Vec3 => [affine[0]?.[at] ?? 0, affine[1]?.[at] ?? 0, affine[2]?.[at] ?? 0];
  const steps = [column(2), column(1), column(0)] as const;
  const length = (v: Vec3) => Math.hypot(...v);
  const unit = (v: Vec3): Vec3 => [v[0] / length(v), v[1] / length(v), v[2] / length(v)];
  return {
    size: [shape[2] ?? 0, shape[1] ?? 0, shape[0] ?? 0],
    spacing: [length(steps[0]), length(steps[1]), length(steps[2])],
    origin: column(3),
    axes: [unit(steps[0]), unit(steps[1]), unit(steps[2])],
  };
}
