/** Numbers, times and sizes as people read them; every figure carries its unit. */

const sizes = ["B", "kB", "MB", "GB", "TB"] as const;

/** Returns a size in decimal units with three significant figures at most, such as `1.54 MB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < sizes.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toFixed(digits)} ${sizes[unit] ?? "B"}`;
}

/** Returns a local date and time, `2026-11-22 10:42`. */
export function formatMoment(iso: string | null | undefined): string {
  if (!iso) return "–";
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return "–";
  const pad = (n: number) => String(n).padStart(2, "0");
  return (
    `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())} ` +
    `${pad(date.getHours())}:${pad(date.getMinutes())}`
  );
}

/** Returns a DICOM date (YYYYMMDD) as `2019-03-07`; other text as it is. */
export function formatDicomDate(text: string): string {
  return /^\d{8}$/.test(text) ? `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}` : text;
}

/** Returns a number with fixed digits, or a dash when it is undefined (such as the Dice of two empty masks). */
export function formatFigure(value: number | null | undefined, digits = 2): string {
  return value === null || value === undefined || !Number.isFinite(value) ? "–" : value.toFixed(digits);
}

/** Returns a share as a whole percentage. */
export function formatShare(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** Returns the unit key and count in which a duration is best said. */
export function durationParts(seconds: number): { unit: "seconds" | "minutes" | "hours"; n: number } {
  if (seconds < 90) return { unit: "seconds", n: Math.max(1, Math.round(seconds)) };
  if (seconds < 5400) return { unit: "minutes", n: Math.round(seconds / 60) };
  return { unit: "hours", n: Math.round(seconds / 3600) };
}

/** Returns the seconds that a job has left, from its start and its progress; null when it cannot be said yet. */
export function secondsLeft(startedAt: string | null, progress: number, now: number): number | null {
  if (!startedAt || progress < 0.02 || progress >= 1) return null;
  const elapsed = (now - new Date(startedAt).getTime()) / 1000;
  return elapsed > 0 ? (elapsed * (1 - progress)) / progress : null;
}
