import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

import { describe, expect, it } from "vitest";

/** The one-way order, and the two borders that matter most, held for relative imports too. */

const root = import.meta.dirname;
const layers = ["shared", "imaging", "features", "app"];
const engine = /^(@cornerstonejs\/|@kitware\/|dcmjs|dicom-parser|dicomweb-client|gl-matrix)/;

const files = readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((file) => /\.tsx?$/.test(file) && !file.endsWith(".d.ts"))
  .map((file) => file.replaceAll(path.sep, "/"));

interface Import {
  from: string;
  to: string;
}

function importsOf(file: string): Import[] {
  const text = readFileSync(path.join(root, file), "utf8");
  const found = text.matchAll(/(?:from|import)\s*\(?\s*["']([^"']+)["']/g);
  return [...found].map(([, name = ""]) => {
    if (name.startsWith("@/")) return { from: file, to: name.slice(2) };
    if (name.startsWith(".")) return { from: file, to: path.posix.join(path.posix.dirname(file), name) };
    return { from: file, to: name };
  });
}

const imports = files.flatMap(importsOf);
const layerOf = (file: string) => layers.indexOf(file.split("/")[0] ?? "");
const show = ({ from, to }: Import) => `${from} → ${to}`;

describe("the house", () => {
  it("finds its files", () => {
    expect(files.length).toBeGreaterThan(50);
    expect(imports.length).toBeGreaterThan(200);
  });

  it("is built one way: app → features → imaging → shared", () => {
    const upward = imports.filter(({ from, to }) => layerOf(from) >= 0 && layerOf(to) > layerOf(from));
    expect(upward.map(show)).toEqual([]);
  });

  it("lets no feature import another", () => {
    const feature = (file: string) => (file.startsWith("features/") ? file.split("/")[1] : undefined);
    const crossing = imports.filter(({ from, to }) => feature(from) && feature(to) && feature(from) !== feature(to));
    expect(crossing.map(show)).toEqual([]);
  });

  it("lets imaging alone touch the viewer's engine", () => {
    const touching = imports.filter(({ from, to }) => !from.startsWith("imaging/") && engine.test(to));
    expect(touching.map(show)).toEqual([]);
  });

  it("has no cycle", () => {
    const known = new Map(files.map((file) => [file.replace(/\.tsx?$/, ""), file]));
    const next = new Map<string, string[]>(files.map((file) => [file, []]));
    for (const { from, to } of imports) {
      const target = known.get(to) ?? known.get(`${to}/index`);
      if (target) next.get(from)?.push(target);
    }
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (file: string, trail: readonly string[]) => {
      if (trail.includes(file)) cycles.push([...trail.slice(trail.indexOf(file)), file].join(" → "));
      else if (!done.has(file)) {
        for (const one of next.get(file) ?? []) visit(one, [...trail, file]);
        done.add(file);
      }
    };
    for (const file of files) visit(file, []);
    expect(cycles).toEqual([]);
  });
});
