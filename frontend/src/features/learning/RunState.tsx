import { useTranslation } from "react-i18next";

import { StateMark, type Tone } from "@/shared/ui/StateMark";

import type { TrainingRun } from "./types";

const tones: Readonly<Record<TrainingRun["state"], Tone>> = {
  waiting: "quiet",
  training: "active",
  won: "good",
  lost: "needs",
  failed: "bad",
};

export function RunState({ run }: { run: TrainingRun }) {
  const { t } = useTranslation();
  return <StateMark tone={tones[run.state]} text={t(`learning.state.${run.state}`)} testId="run-state" />;
}
