/** The prompt tool's way to the server. */

import i18next from "i18next";

import type { PromptAsker, Vec3 } from "@/imaging";
import { client, take } from "@/shared/api/client";
import { errorText } from "@/shared/ui/errorText";

import { fromWire, unpackFrame } from "./codec";
import { useRoom } from "./store";

/** Ask about the series and volume that are open. */
export function promptAsker(reading: string): PromptAsker {
  return async ({ label, marks, box, frame }, signal) => {
    const { seriesUid, volumeIndex } = useRoom.getState();
    const pixel = ([column, row]: Vec3) => [column, row];
    const lps = (place: Vec3) => [...place];
    // All as scribbles (a click is one of one place): the list keeps the order in which they were set.
    const scribbles = marks.map(({ places, positive }) => ({
      positive,
      ...(frame ? { points_pixel: places.map(pixel) } : { points_lps: places.map(lps) }),
    }));
    const asked = take(
      client.POST("/api/readings/{reading_id}/prompt", {
        params: { path: { reading_id: reading } },
        body: {
          series_uid: seriesUid,
          volume_index: volumeIndex,
          label,
          engine: "geodesic",
          scribbles,
          ...(box ? (frame ? { box_pixel: box.map(pixel) } : { box_lps: box.map(lps) }) : {}),
          ...(frame ? { frame: { sop_instance_uid: frame.sop, frame_number: frame.frame } } : {}),
        },
        signal,
      }),
    );
    const answer = await asked.catch((error: unknown) => {
      throw new Error(errorText(i18next.t, error).what);
    });
    const frames = await Promise.all(answer.frames.map((wire) => unpackFrame(fromWire(wire))));
    return { engine: answer.engine, frames, voxels: answer.voxels, elapsedMs: answer.elapsed_ms };
  };
}
