/** Colour maps that a volume can be shown with, registered with Cornerstone under our own names. */

import { utilities } from "@cornerstonejs/core";

import type { Curve } from "./curves";
import type { ColourMap } from "./layouts";

export const COLOUR_MAPS: readonly ColourMap[] = ["grey", "hot", "petInverse", "rainbow"];

/** Position (0 to 1), red, green, blue (0 to 1), one after the other. */
const POINTS: Readonly<Record<Exclude<ColourMap, "grey">, readonly number[]>> = {
  hot: [0, 0, 0, 0, 0.37, 1, 0, 0, 0.75, 1, 1, 0, 1, 1, 1, 1],
  petInverse: [0, 1, 1, 1, 1, 0, 0, 0],
  rainbow: [0, 0, 0, 0, 0.12, 0, 0, 1, 0.37, 0, 1, 1, 0.5, 0, 1, 0, 0.75, 1, 1, 0, 1, 1, 0, 0],
};

const nameOf = (colours: ColourMap) => `fiducial-${colours}`;

export function registerColourMaps(): void {
  for (const [name, points] of Object.entries(POINTS)) {
    utilities.colormap.registerColormap({
      Name: nameOf(name as ColourMap),
      ColorSpace: "RGB",
      RGBPoints: [...points],
      name: nameOf(name as ColourMap),
    } as never);
  }
}

const registered = new Set<string>();

/** A curve of greys as Cornerstone's presentation wants it. */
export function curveMapOf({ name, greys }: Curve): { readonly name: string } {
  const own = `fiducial-${name}`;
  if (!registered.has(own)) {
    registered.add(own);
    const points = greys.flatMap((grey, at) => [at / (greys.length - 1), grey, grey, grey]);
    utilities.colormap.registerColormap({ Name: own, ColorSpace: "RGB", RGBPoints: points, name: own } as never);
  }
  return { name: own };
}

/** What Cornerstone's presentation wants; nothing for grey. */
export function colourMapOf(colours: ColourMap): { readonly name: string } | undefined {
  return colours === "grey" ? undefined : { name: nameOf(colours) };
}
