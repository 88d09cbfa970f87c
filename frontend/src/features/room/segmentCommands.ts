/** What the marking panel and its keys do. */

import { EditError, type EditRequest, type EditSettings } from "@/imaging";

import { copySource } from "./copying";
import { useSegment, type OperationForms, type OperationName } from "./segmentStore";
import type { RoomSession } from "./session";
import { useRoom } from "./store";

/** Change some settings of one part: `set(session, "fill", { flat: false })`. */
export function setSettings<Part extends keyof EditSettings>(
  session: RoomSession | null,
  part: Part,
  value: EditSettings[Part] extends object ? Partial<EditSettings[Part]> : EditSettings[Part],
): void {
  const { settings } = useSegment.getState();
  const before = settings[part];
  const next = { ...settings, [part]: typeof before === "object" ? { ...before, ...(value as object) } : value };
  useSegment.setState({ settings: next });
  session?.viewer?.setEditSettings(next);
}

export function setForm<Name extends OperationName>(name: Name, part: Partial<OperationForms[Name]>): void {
  const { forms } = useSegment.getState();
  useSegment.setState({ forms: { ...forms, [name]: { ...forms[name], ...part } } });
}

export function showOperation(operation: OperationName | null): void {
  useRoom.setState({ panelOpen: true });
  useSegment.setState({ operation: useSegment.getState().operation === operation ? null : operation, refused: "" });
}

/** What the open form asks the viewer for. Copying goes its own way. */
export function requestOf(name: Exclude<OperationName, "copy">, forms: OperationForms, axis: 0 | 1 | 2): EditRequest {
  switch (name) {
    case "interpolate":
      return { kind: "interpolate", axis: forms.interpolate.plane === "acquired" ? 2 : axis };
    case "islands":
      return forms.islands.keep === "largest" ? { kind: "largest" } : { kind: "small", mm3: forms.islands.mm3 };
    case "margin":
      return { kind: "margin", mm: forms.margin.grow ? forms.margin.mm : -forms.margin.mm };
    case "hollow":
      return { kind: "hollow", ...forms.hollow };
    case "smooth":
      return { kind: "smooth", ...forms.smooth };
    case "combine":
      return { kind: "combine", ...forms.combine };
    case "seeds":
      return { kind: "seeds", ...forms.seeds };
  }
}

/** Carry out the operation whose form is open. */
export async function applyOperation(session: RoomSession): Promise<void> {
  const { operation, forms } = useSegment.getState();
  const { label, activePane, mayEdit } = useRoom.getState();
  const { viewer } = session;
  if (!operation || !viewer || !mayEdit) {
    return;
  }
  useSegment.setState({ refused: "" });
  const axis = viewer.views.find(activePane)?.axis ?? 2;
  const edit =
    operation === "copy"
      ? viewer.editor.copy(label, (signal) => copySource(session, viewer, label, signal))
      : viewer.editor.edit(label, requestOf(operation, forms, axis));
  const said = edit.then((voxels) => {
    if (voxels === 0) {
      throw new EditError("nothingChanged");
    }
  });
  await viewer.attempt(said);
}
