import { describe, expect, it } from "vitest";

import { givenImagesOf, isShown } from "./derived";

const named = (sop_instance_uid: string, series_uid: string, frames: number[] = []) => ({
  sop_instance_uid,
  series_uid,
  frames,
});
const document = (key: string, ...key_images: ReturnType<typeof named>[]) => ({
  sop_instance_uid: key,
  label: "Of Interest",
  summary: { key_images, description: "Look here." },
});

describe("key images of the archive", () => {
  it("are those of the case, frame by frame, document by document", () => {
    const report = { sop_instance_uid: "9", label: "Report", summary: { groups: [] } };
    const found = givenImagesOf(
      [report, document("8", named("1.1", "1"), named("2.1", "2", [3, 7])), document("7", named("5.1", "5"))],
      ["1", "2"],
    );
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ key: "8", title: "Of Interest", text: "Look here." });
    expect(found[0]?.images.map(({ seriesUid, sop, frame }) => [seriesUid, sop, frame])).toEqual([
      ["1", "1.1", 1],
      ["2", "2.1", 3],
      ["2", "2.1", 7],
    ]);
  });

  it("are on the screen when their very frame is", () => {
    const image = { key: "", seriesUid: "2", sop: "2.1", frame: 3 };
    expect(isShown(image, { sop: "2.1", frame: 3 })).toBe(true);
    expect(isShown(image, { sop: "2.1", frame: 7 })).toBe(false);
    expect(isShown(image, null)).toBe(false);
  });
});
