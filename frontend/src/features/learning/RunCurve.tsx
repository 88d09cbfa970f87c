import { SimpleGrid, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { CurvePlot } from "@/shared/ui/CurvePlot";

import type { TrainingRun } from "./types";

/** Loss and held-out Dice by epoch, live while the run goes; the champion's Dice as a dashed line. */
export function RunCurve({ run }: { run: TrainingRun }) {
  const { t } = useTranslation();
  if (run.curve.length === 0) {
    return (
      <Text size="sm" c="dimmed" mih={220}>
        {t("learning.curveNone")}
      </Text>
    );
  }
  const last = run.curve.at(-1)?.epoch ?? 1;
  const champion = run.scores.champion?.mean;
  const dice = run.curve.map(({ epoch, held_out_dice }) => ({ x: epoch, y: held_out_dice }));
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} data-testid="run-curve" data-points={run.curve.length}>
      <Stack gap={4}>
        <CurvePlot
          label={t("learning.curveDice")}
          xLabel={t("learning.epoch")}
          yLabel={t("learning.curveDice")}
          yRange={[0, 1]}
          curves={[
            // Dice is taken every few epochs: the points between are left out, so that the line joins what was measured.
            {
              name: t("learning.scoreChallenger"),
              colour: "var(--fid-accent)",
              points: dice.filter((point) => point.y !== null),
            },
            ...(typeof champion === "number"
              ? [
                  {
                    name: t("learning.championLine"),
                    colour: "var(--fid-mark)",
                    dashed: true,
                    points: [
                      { x: 0, y: champion },
                      { x: last, y: champion },
                    ],
                  },
                ]
              : []),
          ]}
          testId="curve-dice"
        />
      </Stack>
      <CurvePlot
        label={t("learning.curveLoss")}
        xLabel={t("learning.epoch")}
        yLabel={t("learning.curveLoss")}
        curves={[
          {
            name: t("learning.curveLoss"),
            colour: "var(--fid-amber)",
            points: run.curve.map(({ epoch, loss }) => ({ x: epoch, y: loss })),
          },
        ]}
        testId="curve-loss"
      />
    </SimpleGrid>
  );
}
