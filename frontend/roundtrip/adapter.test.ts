import { readFileSync, writeFileSync } from "node:fs";

import { adaptersSEG } from "@cornerstonejs/adapters";
import { cache, imageLoader, metaData, type Types } from "@cornerstonejs/core";
import { expect, it } from "vitest";

interface Frame {
  sop: string;
  frame: number;
  several: boolean;
  series: string;
  study: string;
  reference: string;
  rows: number;
  columns: number;
  position: number[];
  cosines: number[];
  spacing: number[];
}

interface Job {
  scene: string;
  seg: string;
  frames: Frame[];
}

interface Answer {
  scene: string;
  error?: string;
  names: Record<string, string>;
  planes: { sop: string; frame: number; data: string }[];
}

const jobsAt = process.env["ROUNDTRIP_JOBS"] ?? "";
const known = new Map<string, Frame>();

const idOf = (frame: Frame) =>
  `wadors:/studies/${frame.study}/series/${frame.series}/instances/${frame.sop}/frames/${frame.frame}`;

/** What a viewer's metadata provider knows of a frame. */
function lookUp(type: string, imageId: unknown): unknown {
  const frame = known.get(String(imageId));
  if (!frame) return undefined;
  const { rows, columns, position, cosines, spacing } = frame;
  const [rowCosines, columnCosines] = [cosines.slice(0, 3), cosines.slice(3)];
  const plane = {
    rows,
    columns,
    rowCosines,
    columnCosines,
    imagePositionPatient: position,
    imageOrientationPatient: cosines,
    frameOfReferenceUID: frame.reference,
    pixelSpacing: spacing,
    rowPixelSpacing: spacing[0],
    columnPixelSpacing: spacing[1],
    sliceThickness: 2,
  };
  switch (type) {
    case "imagePlaneModule":
      return plane;
    case "generalSeriesModule":
      return { seriesInstanceUID: frame.series, studyInstanceUID: frame.study, modality: "CT" };
    case "generalImageModule":
    case "sopCommonModule":
      return { sopInstanceUID: frame.sop };
    case "imagePixelModule":
      return {
        rows,
        columns,
        bitsAllocated: 16,
        bitsStored: 16,
        highBit: 15,
        pixelRepresentation: 1,
        samplesPerPixel: 1,
        photometricInterpretation: "MONOCHROME2",
      };
    case "frameNumber":
      return frame.frame;
    case "instance":
      return {
        SOPInstanceUID: frame.sop,
        SeriesInstanceUID: frame.series,
        Rows: rows,
        Columns: columns,
        ImagePositionPatient: position,
        ImageOrientationPatient: cosines,
        PixelSpacing: spacing,
        FrameOfReferenceUID: frame.reference,
        ...(frame.several ? { NumberOfFrames: 2, frameNumber: frame.frame } : {}),
      };
    default:
      return undefined;
  }
}

async function read(job: Job): Promise<Answer> {
  known.clear();
  cache.purgeCache();
  job.frames.forEach((frame) => known.set(idOf(frame), frame));
  const ids = job.frames.map(idOf);
  const bytes = readFileSync(job.seg);
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  try {
    const found = (await adaptersSEG.Cornerstone3D.Segmentation.createFromDICOMSegBuffer(ids, buffer, {
      metadataProvider: metaData,
    })) as { labelMapImages: Types.IImage[][]; segMetadata: { data: ({ SegmentLabel?: string } | undefined)[] } };
    const names = Object.fromEntries(
      found.segMetadata.data.flatMap((segment, number) =>
        segment?.SegmentLabel ? [[number, segment.SegmentLabel]] : [],
      ),
    );
    const planes = found.labelMapImages.flatMap((images) =>
      images.flatMap((image, place) => {
        const frame = job.frames[place];
        const data = Uint8Array.from(image.getPixelData());
        return frame && data.some(Boolean)
          ? [{ sop: frame.sop, frame: frame.frame, data: Buffer.from(data).toString("base64") }]
          : [];
      }),
    );
    return { scene: job.scene, names, planes };
  } catch (error) {
    return { scene: job.scene, error: String(error).slice(0, 300), names: {}, planes: [] };
  }
}

it("reads every file", async () => {
  metaData.addProvider(lookUp, 10_000);
  expect(imageLoader).toBeDefined();
  const jobs = JSON.parse(readFileSync(jobsAt, "utf8")) as Job[];
  const answers: Answer[] = [];
  for (const job of jobs) answers.push(await read(job)); // one after the other: they share one cache
  writeFileSync(`${jobsAt}.out`, JSON.stringify(answers));
});
