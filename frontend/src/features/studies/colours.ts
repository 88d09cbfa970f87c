/** Colours that everybody tells apart (Okabe and Ito), for what brings none of its own. */
const distinct = ["#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7"] as const;

const whiteD50 = [0.9642, 1, 0.8251] as const;
/** From XYZ under D50 to linear sRGB, Bradford-adapted (IEC 61966-2-1 with ICC.1's adaptation). */
const toRgb = [
  [3.1338561, -1.6168667, -0.4906146],
  [-0.9787684, 1.9161415, 0.033454],
  [0.0719453, -0.2289914, 1.4052427],
] as const;

const curve = (value: number) => (value ** 3 > 0.008856 ? value ** 3 : (value - 16 / 116) / 7.787);
const gamma = (value: number) => (value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055);
const hex = (value: number) =>
  Math.round(Math.min(1, Math.max(0, value)) * 255)
    .toString(16)
    .padStart(2, "0");

/** Returns the CSS colour of DICOM's CIELab values, three numbers from 0 to 65535 (PS3.3 C.10.7.1.1). */
export function cssOfLab(lab: readonly number[]): string {
  const [l = 0, a = 0, b = 0] = lab;
  const y = ((l / 65_535) * 100 + 16) / 116;
  const x = y + ((a / 65_535) * 255 - 128) / 500;
  const z = y - ((b / 65_535) * 255 - 128) / 200;
  const xyz = [x, y, z].map((value, at) => curve(value) * (whiteD50[at] ?? 1));
  const linear = toRgb.map((row) => row.reduce((sum, part, at) => sum + part * (xyz[at] ?? 0), 0));
  return `#${linear.map((value) => hex(gamma(value))).join("")}`;
}

/** Returns the CSS colour of three numbers from 0 to 255. */
export function cssOfRgb(rgb: readonly number[]): string {
  return `#${[0, 1, 2].map((at) => hex((rgb[at] ?? 0) / 255)).join("")}`;
}

/** Returns a colour for the nth thing that has none of its own. */
export function distinctColour(n: number): string {
  return distinct[n % distinct.length] ?? distinct[0];
}
