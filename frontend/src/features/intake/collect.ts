/** A file to bring in, with its path inside the folder that was dropped. */
export interface Pick {
  path: string;
  file: File;
}

function filesOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

function entriesOf(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  return new Promise((resolve, reject) => reader.readEntries(resolve, reject));
}

/** Calls `found` for every file under an entry, folders within folders included. */
async function walk(entry: FileSystemEntry, found: (pick: Pick) => void): Promise<void> {
  if (entry.isFile) {
    found({ path: entry.fullPath.replace(/^\//, ""), file: await filesOf(entry as FileSystemFileEntry) });
    return;
  }
  if (!entry.isDirectory) return;
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  // A reader gives at most a hundred entries at a time, and an empty list at the end: those hundred are asked at once.
  for (let batch = await entriesOf(reader); batch.length > 0; batch = await entriesOf(reader)) {
    await Promise.all(batch.map((child) => walk(child, found)));
  }
}

/** In the order of their names, as a person would count them, so that every visit sends them in the same order. */
function inOrder(picks: Pick[]): Pick[] {
  const { compare } = new Intl.Collator("en", { numeric: true });
  return picks.sort((a, b) => compare(a.path, b.path));
}

/** Returns all files of what was dropped; `onCount` is told how many have been found so far. */
export async function collectDrop(transfer: DataTransfer, onCount: (count: number) => void): Promise<Pick[]> {
  // Entries must be taken at once: the transfer is emptied when the event handler returns.
  const entries = [...transfer.items]
    .filter((item) => item.kind === "file")
    .map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  const picks: Pick[] = [];
  const found = (pick: Pick) => {
    picks.push(pick);
    if (picks.length % 100 === 0) onCount(picks.length);
  };
  for (const { entry, file } of entries) {
    if (entry) await walk(entry, found);
    else if (file) found({ path: file.name, file });
  }
  onCount(picks.length);
  return inOrder(picks);
}

/** Returns the files of a file input, with their paths where a folder was chosen. */
export function collectInput(files: FileList | readonly File[] | null): Pick[] {
  return inOrder([...(files ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file })));
}

/** Returns what to call a set of files: their common folder, else the name of the only file, else nothing. */
export function nameOf(picks: readonly Pick[]): string {
  const tops = new Set(picks.map(({ path }) => path.split("/")[0] ?? ""));
  const [only = ""] = tops;
  return tops.size === 1 ? only : "";
}
