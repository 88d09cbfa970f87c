import type { Schemas } from "@/shared/api/types";
import type { Tone } from "@/shared/ui/StateMark";

export const readingTones: Readonly<Record<Schemas["CaseReading"]["state"], Tone>> = {
  assigned: "quiet",
  open: "active",
  submitted: "good",
  returned: "needs",
};
