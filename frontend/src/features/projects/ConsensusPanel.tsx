import { Button, Group, SegmentedControl, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { client, take } from "@/shared/api/client";
import type { Schemas } from "@/shared/api/types";
import { formatMoment } from "@/shared/format";
import { Panel } from "@/shared/ui/Panel";
import { useAction } from "@/shared/ui/useAction";

type CaseDetail = Schemas["CaseDetail"];
type Rule = Schemas["Consensus"]["rule"];

/** The mask that the readings of a case come to, and a way to make it by another rule. */
export function ConsensusPanel({ data }: { data: CaseDetail }) {
  const { t } = useTranslation();
  const [rule, setRule] = useState<Rule>(data.consensus?.rule ?? "majority");
  const make = useAction({
    run: () =>
      take(client.POST("/api/cases/{case_id}/consensus", { params: { path: { case_id: data.id } }, body: { rule } })),
    stale: ["jobs"],
  });
  const submitted = data.readings.filter((reading) => reading.state === "submitted").length;
  return (
    <Panel title={t("projects.case.consensus")} testId="consensus-panel">
      <Stack>
        {data.consensus ? (
          <Text data-testid="consensus-present" data-rule={data.consensus.rule}>
            {t("projects.case.madeAt", {
              rule: t(`projects.rule.${data.consensus.rule}`),
              at: formatMoment(data.consensus.created_at),
            })}
          </Text>
        ) : (
          <Text size="sm" c="dimmed">
            {t("projects.case.consensusNone")}
            {t("common.stop")}
            {t("projects.case.consensusNoneText")}
          </Text>
        )}
        <Group gap="sm">
          <SegmentedControl
            value={rule}
            onChange={(value) => setRule(value === "staple" ? "staple" : "majority")}
            data={(["majority", "staple"] as const).map((value) => ({ value, label: t(`projects.rule.${value}`) }))}
            aria-label={t("projects.case.rule")}
            data-testid="consensus-rule"
          />
          <Button
            variant="default"
            disabled={submitted === 0}
            loading={make.isPending}
            onClick={() => make.mutate()}
            data-testid="consensus-make"
          >
            {t("projects.case.make")}
          </Button>
        </Group>
      </Stack>
    </Panel>
  );
}
