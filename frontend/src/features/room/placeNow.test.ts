import { beforeEach, describe, expect, it, vi } from "vitest";

import type { Hover, PaneName, Vec3 } from "@/imaging";
import type { Schemas } from "@/shared/api/types";

import { addFinding, placeHere } from "./findingCommands";
import { findingsOf } from "./findings";
import { placeNow } from "./placeNow";
import type { RoomSession } from "./session";
import { emptyRoom, useRoom } from "./store";

const series = (series_uid: string) => ({ series_uid }) as Schemas["ReadingSeries"];
const over = (pane: PaneName, index: Vec3) => ({ pane, index }) as Hover;

/** A pane of ten frames whose voxels are 1 mm, at `x` mm. */
const pane = (uid: string, x: number) => ({
  ready: true,
  axis: 2,
  oblique: false,
  gridIndex: 4,
  images: {
    shapes: Array.from({ length: 10 }, (_, k) => ({ key: { sop: `${uid}.${k}`, frame: 1 } })),
    grid: {
      size: [9, 9, 10],
      spacing: [1, 1, 1],
      origin: [x, 0, 0],
      axes: [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
    },
  },
});

const panes: Record<PaneName, unknown> = { stack: pane("main", 0), second: pane("second", 1000) };
const answer = vi.fn<(key: string, value: unknown) => void>((key, value) =>
  useRoom.setState(({ answers }) => ({ answers: { ...answers, [key]: value } })),
);
const session = {
  viewer: { views: { find: (name: PaneName) => panes[name] ?? null } },
  reading: { series: [series("main"), series("second")], priors: [] },
  answer,
} as unknown as RoomSession;

beforeEach(() => {
  useRoom.setState({
    ...emptyRoom,
    phase: "ready",
    mayEdit: true,
    layout: "sideBySide",
    activePane: "stack",
    seriesUid: "main",
    volumeIndex: 2,
    beside: { second: { seriesUid: "second", volumeIndex: 1 } },
  });
  vi.stubGlobal("requestAnimationFrame", () => 0);
});

describe("a place", () => {
  it("is of the series, the time point and the voxel under the pointer", () => {
    useRoom.setState({ hover: over("second", [1, 2, 7]), activePane: "second" });
    expect(placeNow(session)).toEqual({
      series_uid: "second",
      volume_index: 1,
      sop_instance_uid: "second.7",
      frame_number: 1,
      point_lps: [1001, 2, 7],
    });
  });

  it("is the middle of what the active pane shows, while the pointer is elsewhere", () => {
    const second = { series_uid: "second", volume_index: 1, sop_instance_uid: "second.4", point_lps: [1004, 4, 4] };
    useRoom.setState({ activePane: "second" });
    expect(placeNow(session)).toMatchObject(second);
    useRoom.setState({ activePane: "stack" });
    expect(placeNow(session)).toMatchObject({ series_uid: "main", volume_index: 2, sop_instance_uid: "main.4" });
  });

  it("is never one of an earlier study", () => {
    useRoom.setState({
      beside: { second: { seriesUid: "earlier", volumeIndex: 0 } },
      hover: over("second", [1, 2, 7]),
    });
    expect(placeNow(session)).toMatchObject({ series_uid: "main", sop_instance_uid: "main.4", point_lps: [4, 4, 4] });
  });
});

describe("a finding", () => {
  it("lies where the pointer is, in the series of that pane, and can be moved to another", () => {
    useRoom.setState({ hover: over("second", [1, 2, 7]), activePane: "second" });
    addFinding(session);
    const [finding] = findingsOf(useRoom.getState().answers);
    expect(finding?.place).toMatchObject({ series_uid: "second", volume_index: 1, sop_instance_uid: "second.7" });
    useRoom.setState({ hover: over("stack", [3, 3, 3]), activePane: "stack" });
    if (finding) {
      placeHere(session, finding);
    }
    expect(findingsOf(useRoom.getState().answers)[0]?.place).toMatchObject({
      series_uid: "main",
      volume_index: 2,
      sop_instance_uid: "main.3",
      point_lps: [3, 3, 3],
    });
  });
});
