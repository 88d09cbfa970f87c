/** Measurements in words and figures, for the list, the images and the clipboard. */

import type { TFunction } from "i18next";

import type { Figure, Measurement } from "@/imaging";

const UNITS: Readonly<Record<string, string>> = { mm2: "mm²", px2: "px²", deg: "°", "": "" };

/** A number with the figures that a reader compares. */
export function shownNumber(value: number, unit: string): string {
  const digits = unit === "mm" || unit === "deg" ? 1 : Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toFixed(digits);
}

/** A value with its unit. */
export function shownFigure({ value, unit }: Figure): string {
  if (value === null) {
    return "–";
  }
  const name = UNITS[unit] ?? unit;
  return `${shownNumber(value, unit)}${unit === "deg" ? "" : " "}${name}`.trim();
}

const valueOf = (one: Measurement, name: string): string => {
  const found = one.values[name];
  return found ? shownFigure(found) : "";
};

/** The main figure: in few words as it stands in the list, or in full. */
export function mainFigure(t: TFunction, one: Measurement, brief = false): string {
  const detector = t(brief ? "measure.det" : "measure.atDetector");
  const at = one.scale === "detector" && one.unit.startsWith("mm") ? ` ${detector}` : "";
  if (one.type === "arrow") {
    return one.text;
  }
  if (one.type === "probe" && one.values["red"]) {
    return ["red", "green", "blue"].map((name) => one.values[name]?.value ?? 0).join(" ");
  }
  if (one.type === "bidirectional" && one.values["short"]) {
    const long = shownNumber(one.value, one.unit);
    return `${long} × ${shownFigure(one.values["short"])}${at}`;
  }
  if (one.type === "ratio") {
    return one.value.toFixed(2);
  }
  return shownFigure(one) + at;
}

/** Statistics of a region, each with its name. */
export function statisticsOf(t: TFunction, one: Measurement): readonly { name: string; text: string }[] {
  const names = one.values["SUVmax"]
    ? ["SUVmax", "SUVpeak", "mean", "sd", "min", "perimeter"]
    : ["mean", "sd", "min", "max", "perimeter", "first", "second"];
  return names.flatMap((name) => {
    const text = valueOf(one, name);
    return text ? [{ name: t(`measure.value.${name}`), text }] : [];
  });
}

/** What stands beside a figure on the image: few lines. */
export function wordsFor(t: TFunction, one: Measurement, labelName: string): readonly string[] {
  const { mean, sd, SUVmax, SUVpeak } = one.values;
  const spread = mean && sd ? [`${shownNumber(mean.value ?? 0, mean.unit)} ± ${shownFigure(sd)}`] : [];
  const peak = SUVpeak ? `, ${t("measure.value.SUVpeak")} ${shownNumber(SUVpeak.value ?? 0, "SUV")}` : "";
  const most = SUVmax ? [`${t("measure.value.SUVmax")} ${shownNumber(SUVmax.value ?? 0, "SUV")}${peak}`] : [];
  const words = one.type === "arrow" ? [] : [one.text];
  const first = [labelName, mainFigure(t, one)].filter((part) => part !== "").join(" · ");
  return [first, ...most, ...spread, ...words].filter((line) => line !== "");
}

/** All measurements as a table for a spreadsheet: one line for each, columns parted by tabs. */
export function asTable(t: TFunction, rows: readonly Measurement[], labelOf: (one: Measurement) => string): string {
  const names = [...new Set(rows.flatMap(({ values }) => Object.keys(values)))];
  const head = [
    ...["type", "value", "unit", "label", "text"].map((name) => t(`measure.column.${name}`)),
    ...names.flatMap((name) => [t(`measure.value.${name}`), t("measure.column.unit")]),
  ];
  const lines = rows.map((one) => [
    t(`room.command.${one.type}`) + (one.scale === "detector" ? ` (${t("measure.atDetector")})` : ""),
    String(one.value),
    one.unit,
    labelOf(one),
    one.text,
    ...names.flatMap((name) => [String(one.values[name]?.value ?? ""), one.values[name]?.unit ?? ""]),
  ]);
  return [head, ...lines].map((line) => line.map((cell) => cell.replace(/[\t\n\r]+/g, " ")).join("\t")).join("\n");
}
