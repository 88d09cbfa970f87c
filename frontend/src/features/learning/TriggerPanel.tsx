import { Button, Group, NumberInput, SimpleGrid, Stack, Switch, Text } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { client, take } from "@/shared/api/client";
import type { Schemas } from "@/shared/api/types";
import { ErrorBox } from "@/shared/ui/ErrorBox";
import { Panel } from "@/shared/ui/Panel";
import { useAction } from "@/shared/ui/useAction";

import { isUnderWay, type Learning } from "./types";

interface TriggerPanelProps {
  projectId: string;
  learning: Learning;
}

function numberIn(settings: Learning["settings"], key: string): number | "" {
  const value = settings[key];
  return typeof value === "number" ? value : "";
}

function TriggerForm({ projectId, learning }: TriggerPanelProps) {
  const { t } = useTranslation();
  const [on, setOn] = useState(learning.trigger_after !== null);
  const [after, setAfter] = useState(learning.trigger_after ?? 5);
  const [percent, setPercent] = useState(Math.round(learning.held_out_share * 100));
  const [seed, setSeed] = useState(learning.seed);
  const [epochs, setEpochs] = useState<number | "">(numberIn(learning.settings, "epochs"));
  const [steps, setSteps] = useState<number | "">(numberIn(learning.settings, "steps_per_epoch"));
  const save = useAction({
    run: (body: Schemas["PatchedLearningChangeRequest"]) =>
      take(client.PATCH("/api/projects/{project_id}/learning", { params: { path: { project_id: projectId } }, body })),
    stale: ["learning"],
    done: t("common.saved"),
    quiet: true,
  });
  const settings = {
    ...learning.settings,
    ...(epochs === "" ? {} : { epochs }),
    ...(steps === "" ? {} : { steps_per_epoch: steps }),
  };
  const whole = (value: string | number) => (value === "" ? "" : Number(value));
  return (
    <Stack>
      <Group gap="sm" align="center">
        <Switch
          checked={on}
          onChange={(event) => setOn(event.currentTarget.checked)}
          label={t(on ? "learning.triggerOn" : "learning.triggerOff")}
          data-testid="trigger-on"
        />
        {on ? (
          <>
            <NumberInput
              aria-label={t("learning.triggerOn")}
              min={1}
              max={10_000}
              allowDecimal={false}
              value={after}
              onChange={(value) => setAfter(Number(value) || 1)}
              w={88}
              data-testid="trigger-after"
            />
            <Text size="sm">{t("learning.triggerCases")}</Text>
          </>
        ) : null}
      </Group>
      <SimpleGrid cols={{ base: 2, md: 4 }} spacing="sm">
        <NumberInput
          label={t("learning.heldOutShare")}
          suffix=" %"
          min={1}
          max={99}
          allowDecimal={false}
          value={percent}
          onChange={(value) => setPercent(Number(value) || 1)}
          data-testid="held-out-share"
        />
        <NumberInput
          label={t("learning.seed")}
          min={0}
          allowDecimal={false}
          value={seed}
          onChange={(value) => setSeed(Number(value) || 0)}
          data-testid="learning-seed"
        />
        <NumberInput
          label={t("learning.epochs")}
          placeholder={t("learning.standard")}
          min={1}
          allowDecimal={false}
          value={epochs}
          onChange={(value) => setEpochs(whole(value))}
          data-testid="learning-epochs"
        />
        <NumberInput
          label={t("learning.steps")}
          placeholder={t("learning.standard")}
          min={1}
          allowDecimal={false}
          value={steps}
          onChange={(value) => setSteps(whole(value))}
          data-testid="learning-steps"
        />
      </SimpleGrid>
      {save.isError ? <ErrorBox error={save.error} /> : null}
      <Group justify="flex-end">
        <Button
          variant="default"
          loading={save.isPending}
          onClick={() =>
            save.mutate({ trigger_after: on ? after : null, held_out_share: percent / 100, seed, settings })
          }
          data-testid="trigger-save"
        >
          {t("common.save")}
        </Button>
      </Group>
    </Stack>
  );
}

/** When this project trains, whether it can now, and the button to do it. */
export function TriggerPanel({ projectId, learning }: TriggerPanelProps) {
  const { t } = useTranslation();
  const train = useAction({
    run: () =>
      take(client.POST("/api/projects/{project_id}/learning/train", { params: { path: { project_id: projectId } } })),
    stale: ["learning", "jobs"],
    done: t("learning.started"),
  });
  const { readiness } = learning;
  const busy = learning.runs.some(isUnderWay);
  const missing = readiness.held_out > 0 ? "train" : readiness.train > 0 ? "heldOut" : "all";
  const sentence = learning.trigger_after
    ? t("learning.triggerSentence", { n: learning.trigger_after, new: learning.new_since_last })
    : t("learning.triggerSentenceOff", { new: learning.new_since_last });
  return (
    <Panel
      title={t("learning.trigger")}
      actions={
        <Button
          size="xs"
          leftSection={<IconPlayerPlay size={14} />}
          disabled={busy || !!readiness.reason}
          loading={train.isPending}
          onClick={() => train.mutate()}
          data-testid="train-now"
        >
          {t("learning.trainNow")}
        </Button>
      }
    >
      <Stack>
        <Text data-testid="trigger-sentence">{sentence}</Text>
        <Text
          size="sm"
          c={readiness.reason ? "var(--fid-amber)" : "dimmed"}
          data-testid="learning-readiness"
          data-ready={!readiness.reason}
        >
          {readiness.reason
            ? t("learning.notReady", { reason: t(`learning.missing.${missing}`) })
            : t("learning.ready", { train: readiness.train, heldOut: readiness.held_out })}{" "}
          {busy ? t("learning.training") : ""}
        </Text>
        <TriggerForm projectId={projectId} learning={learning} />
      </Stack>
    </Panel>
  );
}
