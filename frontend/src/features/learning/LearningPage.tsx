import { Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";

import { CurvePlot } from "@/shared/ui/CurvePlot";
import { Loaded } from "@/shared/ui/Loaded";
import { Page } from "@/shared/ui/Page";
import { Panel } from "@/shared/ui/Panel";

import { ChampionCards } from "./ChampionCards";
import { ChampionHistory, RunsTable } from "./HistoryPanels";
import { RunCurve } from "./RunCurve";
import { RunState } from "./RunState";
import { TriggerPanel } from "./TriggerPanel";
import { learningQuery, type TrainingRun } from "./types";

/** Held-out Dice by run: champion grey, challenger in the accent. */
function RoundsPlot({ runs }: { runs: readonly TrainingRun[] }) {
  const { t } = useTranslation();
  const scored = runs.filter((run) => run.scores.challenger).reverse();
  if (scored.length < 2) return null;
  return (
    <Panel title={t("learning.roundsTitle")}>
      <CurvePlot
        label={t("learning.roundsTitle")}
        xLabel={t("learning.run")}
        yLabel={t("learning.heldOut")}
        yRange={[0, 1]}
        curves={[
          {
            name: t("learning.scoreChampion"),
            colour: "var(--fid-mark)",
            dashed: true,
            points: scored.map((run, index) => ({ x: index + 1, y: run.scores.champion?.mean ?? null })),
          },
          {
            name: t("learning.scoreChallenger"),
            colour: "var(--fid-accent)",
            points: scored.map((run, index) => ({ x: index + 1, y: run.scores.challenger?.mean ?? null })),
          },
        ]}
        testId="rounds-plot"
      />
    </Panel>
  );
}

export default function LearningPage() {
  const { t } = useTranslation();
  const { projectId = "" } = useParams();
  const learning = useQuery(learningQuery(projectId));
  return (
    <Page title={t("learning.title")} lead={t("learning.lead")} testId="learning-page">
      <Loaded query={learning} rows={4} rowHeight={120}>
        {(data) => (
          <Stack gap="lg">
            <ChampionCards projectId={projectId} learning={data} />
            {data.runs[0] ? (
              <Panel title={t("learning.curveTitle")} actions={<RunState run={data.runs[0]} />}>
                <RunCurve run={data.runs[0]} />
              </Panel>
            ) : null}
            <TriggerPanel projectId={projectId} learning={data} />
            <RoundsPlot runs={data.runs} />
            <RunsTable runs={data.runs} />
            <ChampionHistory history={data.history} />
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}
