/** How long edits of a whole organ take: `npx vitest bench src/imaging/edits`. The box is 300 × 260 × 150 voxels. */

import { bench, describe } from "vitest";

import type { Vec3 } from "../types";
import { maskOf, noise } from "./oracles";
import { runJob } from "./runJob";
import { ANYWHERE, voxelsIn, type Job, type Operation } from "./types";

const SIZE: Vec3 = [300, 260, 150];
const liver = maskOf(SIZE, ([i, j, k]) => Math.hypot((i - 150) / 130, (j - 130) / 110, (k - 75) / 65) < 1);
const next = noise(1);
const image = Int16Array.from(liver, (value) => (value === 1 ? 110 : -20) + Math.floor(next() * 40));
const seeds = new Uint8Array(voxelsIn(SIZE));
seeds.fill(1, (75 * SIZE[1] + 130) * SIZE[0] + 140, (75 * SIZE[1] + 130) * SIZE[0] + 160);

const job = (operation: Operation, labels = liver): Job => ({
  region: { lo: [100, 100, 20], size: SIZE },
  spacing: [0.8, 0.8, 1.5],
  target: 1,
  labels,
  image,
  areaLabels: null,
  otherLabels: null,
  locked: [],
  rules: ANYWHERE,
  operation,
});

const edit = (name: string, operation: Operation, labels = liver) =>
  bench(name, () => void runJob(job(operation, labels), 512), { iterations: 2, warmupIterations: 0, time: 0 });

describe("edits of 11.7 million voxels", () => {
  edit("margin 5 mm", { kind: "margin", mm: 5 });
  edit("smooth, median 5 mm", { kind: "smooth", method: "median", mm: 5 });
  edit("smooth, Gaussian 2 mm", { kind: "smooth", method: "gaussian", mm: 2 });
  edit("smooth, opening 3 mm", { kind: "smooth", method: "opening", mm: 3 });
  edit("largest island", { kind: "islands", keep: "largest" });
  edit("flood fill", { kind: "flood", seed: [150, 130, 75], range: { lower: 90, upper: 200 }, flat: null }, seeds);
  edit("region growing", { kind: "grow", seed: [150, 130, 75], factor: 2.5, flat: null }, seeds);
  edit("grow from seeds", { kind: "seeds", values: [1], rim: true }, seeds);
});
