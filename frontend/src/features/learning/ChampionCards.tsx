import { Anchor, Button, Group, Modal, Select, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconArrowBackUp } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { client, take } from "@/shared/api/client";
import { modelsQuery, runnable, versionName } from "@/shared/api/models";
import { formatFigure, formatMoment } from "@/shared/format";
import { ConfirmButton } from "@/shared/ui/ConfirmButton";
import { failureText, progressText } from "@/shared/ui/jobTexts";
import { Panel } from "@/shared/ui/Panel";
import { useAction } from "@/shared/ui/useAction";

import { RunState } from "./RunState";
import { isUnderWay, type Learning, type Score, type TrainingRun } from "./types";

interface CardsProps {
  projectId: string;
  learning: Learning;
}

function ChooseChampion({ projectId }: { projectId: string }) {
  const { t } = useTranslation();
  const [opened, dialog] = useDisclosure(false);
  const [version, setVersion] = useState<string | null>(null);
  const [reason, setReason] = useState("");
  const models = useQuery({ ...modelsQuery(), enabled: opened });
  const choose = useAction({
    run: (model_version: string) =>
      take(
        client.PUT("/api/projects/{project_id}/learning/champion", {
          params: { path: { project_id: projectId } },
          body: { model_version, reason },
        }),
      ),
    stale: ["learning"],
    onDone: dialog.close,
  });
  return (
    <>
      <Button size="xs" variant="default" onClick={dialog.open} data-testid="champion-choose">
        {t("learning.choose")}
      </Button>
      <Modal opened={opened} onClose={dialog.close} title={t("learning.chooseTitle")}>
        <Stack>
          <Text size="sm" c="dimmed">
            {t("learning.chooseText")}
          </Text>
          <Select
            label={t("learning.version")}
            required
            data={runnable(models.data ?? []).map((one) => ({ value: one.id, label: versionName(one) }))}
            value={version}
            onChange={setVersion}
            data-testid="champion-version"
          />
          <TextInput
            label={t("learning.reason")}
            value={reason}
            maxLength={200}
            onChange={(event) => setReason(event.currentTarget.value)}
            data-testid="champion-reason"
          />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={dialog.close}>
              {t("common.cancel")}
            </Button>
            <Button
              disabled={!version}
              loading={choose.isPending}
              onClick={() => version && choose.mutate(version)}
              data-testid="champion-save"
            >
              {t("common.save")}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}

function RollBack({ projectId, learning }: CardsProps) {
  const { t } = useTranslation();
  const previous = learning.history[0]?.previous;
  const rollBack = useAction({
    run: () =>
      take(
        client.POST("/api/projects/{project_id}/learning/rollback", {
          params: { path: { project_id: projectId } },
          body: { reason: "" },
        }),
      ),
    stale: ["learning"],
  });
  if (!previous) return null;
  const name = versionName(previous);
  return (
    <ConfirmButton
      size="xs"
      leftSection={<IconArrowBackUp size={14} />}
      title={t("learning.rollbackTitle", { name })}
      text={t("learning.rollbackText", { name })}
      confirm={t("learning.rollback")}
      onConfirm={() => rollBack.mutate()}
      testId="rollback"
    >
      {t("learning.rollback")}
    </ConfirmButton>
  );
}

function Dice({ score, testId }: { score: Score | null | undefined; testId: string }) {
  const { t } = useTranslation();
  return (
    <Group gap="sm" align="baseline">
      <Text fz={28} fw={600} lh={1.2} data-testid={testId}>
        {formatFigure(score?.mean, 3)}
      </Text>
      <Text size="sm" c="dimmed">
        {t("learning.heldOut")}
      </Text>
    </Group>
  );
}

/** Returns the newest score that was measured for a version, whichever side it stood on. */
export function scoreOf(runs: readonly TrainingRun[], versionId: string): Score | null {
  for (const run of runs) {
    for (const score of [run.scores.champion, run.scores.challenger]) {
      if (score && score.version === versionId) return score;
    }
    if (run.result_version?.id === versionId && run.scores.challenger) return run.scores.challenger;
    if (run.base_version?.id === versionId && run.scores.champion) return run.scores.champion;
  }
  return null;
}

/** The champion beside the newest challenger. */
export function ChampionCards({ projectId, learning }: CardsProps) {
  const { t } = useTranslation();
  const { champion, history, runs } = learning;
  const challenger = runs[0];
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
      <Panel
        title={t("learning.champion")}
        testId="champion-card"
        actions={
          <>
            <RollBack projectId={projectId} learning={learning} />
            <ChooseChampion projectId={projectId} />
          </>
        }
      >
        {champion ? (
          <Stack gap="xs" mih={96}>
            <Anchor
              component={Link}
              to={`/models/versions/${champion.id}`}
              fw={600}
              data-testid="champion-name"
              data-version={champion.id}
            >
              {versionName(champion)}
            </Anchor>
            <Dice score={scoreOf(runs, champion.id)} testId="champion-dice" />
            <Text size="sm" c="dimmed">
              {t("learning.since", { at: formatMoment(history[0]?.created_at) })}
            </Text>
          </Stack>
        ) : (
          <Stack gap={4} mih={96}>
            <Text fw={600}>{t("learning.championNone")}</Text>
            <Text size="sm" c="dimmed">
              {t("learning.championNoneText")}
            </Text>
          </Stack>
        )}
      </Panel>
      <Panel
        title={t("learning.challenger")}
        testId="challenger-card"
        actions={challenger ? <RunState run={challenger} /> : null}
      >
        {challenger ? (
          <Stack gap="xs" mih={96}>
            <Anchor component={Link} to={`runs/${challenger.id}`} fw={600} data-testid="challenger-name">
              {challenger.result_version
                ? versionName(challenger.result_version)
                : t("learning.runTitle", { at: formatMoment(challenger.created_at) })}
            </Anchor>
            <Dice score={challenger.scores.challenger} testId="challenger-dice" />
            <Text size="sm" c={challenger.error_message ? "var(--fid-red)" : "dimmed"}>
              {failureText(t, challenger) ||
                (isUnderWay(challenger) ? progressText(t, challenger.message) : formatMoment(challenger.finished_at))}
            </Text>
          </Stack>
        ) : (
          <Stack gap={4} mih={96}>
            <Text fw={600}>{t("learning.challengerNone")}</Text>
            <Text size="sm" c="dimmed">
              {t("learning.challengerNoneText")}
            </Text>
          </Stack>
        )}
      </Panel>
    </SimpleGrid>
  );
}
