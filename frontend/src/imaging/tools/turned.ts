import { FORMS, isMeasureType } from "../measurements/forms";
import type { Tool } from "../types";

/** Whether a tool marks on turned planes too. Those that go from voxel to voxel of an acquired plane do not. */
export function marksTurned(tool: Tool): boolean {
  return tool === "scissors" || tool === "contour" || (isMeasureType(tool) && FORMS[tool].region !== true);
}
