/** An import that was begun in this browser and not ended: it can go on after a reload. */
export interface Remembered {
  importId: string;
  name: string;
  filesAll: number;
  bytesAll: number;
}

const storageKey = "fiducial.import";

function isRemembered(value: unknown): value is Remembered {
  return typeof value === "object" && value !== null && "importId" in value && "filesAll" in value;
}

export function rememberImport(one: Remembered): void {
  localStorage.setItem(storageKey, JSON.stringify(one));
}

export function forgetImport(): void {
  localStorage.removeItem(storageKey);
}

export function rememberedImport(): Remembered | null {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(storageKey) ?? "null");
    return isRemembered(value) ? value : null;
  } catch {
    return null; // what an older version of the page wrote, or somebody's hand
  }
}
