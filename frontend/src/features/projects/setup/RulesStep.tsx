import { NumberInput, Radio, Stack, Switch } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Project } from "@/shared/api/projects";
import { Panel } from "@/shared/ui/Panel";

import { protocolDraft } from "../protocol";
import { SaveBar } from "./SaveBar";
import { useSaveProtocol } from "./useSaveProtocol";

export function RulesStep({ project }: { project: Project }) {
  const { t } = useTranslation();
  const present = protocolDraft(project.protocol, {});
  const [readers, setReaders] = useState(present.readers_per_case);
  const [blinded, setBlinded] = useState(present.blinded);
  const [rule, setRule] = useState(present.consensus_rule);
  const save = useSaveProtocol(project);
  return (
    <Panel title={t("projects.step.rules")}>
      <Stack gap="lg" maw={640}>
        <NumberInput
          label={t("projects.rules.readersPerCase")}
          description={t("projects.rules.readersPerCaseHint")}
          min={1}
          max={20}
          allowDecimal={false}
          value={readers}
          onChange={(value) => setReaders(Number(value) || 1)}
          w={280}
          data-testid="rules-readers"
        />
        <Switch
          label={t("projects.rules.blinded")}
          description={t("projects.rules.blindedHint")}
          checked={blinded}
          onChange={(event) => setBlinded(event.currentTarget.checked)}
          data-testid="rules-blinded"
        />
        <Radio.Group
          label={t("projects.rules.consensus")}
          value={rule}
          onChange={(value) => setRule(value === "staple" ? "staple" : "majority")}
        >
          <Stack gap="sm" mt="sm">
            <Radio value="majority" label={t("projects.rules.majority")} data-testid="rules-majority" />
            <Radio value="staple" label={t("projects.rules.staple")} data-testid="rules-staple" />
          </Stack>
        </Radio.Group>
        <SaveBar
          problems={[]}
          texts=""
          error={save.error}
          saving={save.isPending}
          version={project.protocol?.version}
          {...(project.protocol ? {} : { blocked: t("projects.needLabels") })}
          testId="rules-save"
          onSave={() => save.mutate({ readers_per_case: readers, blinded, consensus_rule: rule })}
        />
      </Stack>
    </Panel>
  );
}
