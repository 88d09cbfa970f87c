import { queryOptions } from "@tanstack/react-query";

import { getImport, listImports, type FileState, type ImportedFile } from "@/shared/api/archive";
import type { Tone } from "@/shared/ui/StateMark";

export const importsQuery = () => queryOptions({ queryKey: ["imports", "all"], queryFn: listImports });

export const importQuery = (id: string) =>
  queryOptions({ queryKey: ["imports", "one", id], queryFn: () => getImport(id) });

export const fileStates = ["accepted", "findings", "duplicate", "set_aside"] as const satisfies readonly FileState[];

export const stateTones: Readonly<Record<FileState, Tone>> = {
  accepted: "good",
  findings: "needs",
  duplicate: "quiet",
  set_aside: "bad",
};

/** Returns the state under which a file is counted. */
export function stateOf(file: Pick<ImportedFile, "outcome" | "findings">): FileState {
  return file.outcome === "accepted" && file.findings.length > 0 ? "findings" : file.outcome;
}
