import { Checkbox, Group, NumberInput, Select, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { membersQuery } from "@/shared/api/projects";

import { formats, percentSum, splits, type Draft, type Format } from "./definition";

interface DefinitionFormProps {
  projectId: string;
  draft: Draft;
  onChange: (draft: Draft) => void;
}

function SharesInput({ draft, onChange }: Omit<DefinitionFormProps, "projectId">) {
  const { t } = useTranslation();
  const sum = percentSum(draft);
  return (
    <Stack gap={4}>
      <Text size="sm" fw={500}>
        {t("datasets.shares")}
      </Text>
      <Group gap="sm" grow>
        {splits.map((split) => (
          <NumberInput
            key={split}
            label={t(`datasets.split.${split}`)}
            suffix=" %"
            min={0}
            max={100}
            allowDecimal={false}
            value={draft.percent[split]}
            onChange={(value) => onChange({ ...draft, percent: { ...draft.percent, [split]: Number(value) || 0 } })}
            data-testid={`share-${split}`}
          />
        ))}
      </Group>
      <Text size="xs" c={sum === 100 ? "transparent" : "var(--fid-amber)"} role="status">
        {t("datasets.sharesWrong", { sum })}
      </Text>
    </Stack>
  );
}

export function DefinitionForm({ projectId, draft, onChange }: DefinitionFormProps) {
  const { t } = useTranslation();
  const members = useQuery({ ...membersQuery(projectId), enabled: draft.labelSource === "reader" });
  const readers = (members.data ?? []).filter((member) => member.roles.includes("reader"));
  return (
    <Stack>
      <TextInput
        label={t("datasets.name")}
        required
        maxLength={120}
        value={draft.name}
        onChange={(event) => onChange({ ...draft, name: event.currentTarget.value })}
        data-testid="release-name"
      />
      <Group grow align="flex-start">
        <Select
          label={t("datasets.source")}
          allowDeselect={false}
          value={draft.labelSource}
          data={[
            { value: "consensus", label: t("datasets.sourceConsensus") },
            { value: "reader", label: t("datasets.sourceReader") },
          ]}
          onChange={(value) => onChange({ ...draft, labelSource: value === "reader" ? "reader" : "consensus" })}
          data-testid="release-source"
        />
        {draft.labelSource === "reader" ? (
          <Select
            label={t("datasets.reader")}
            required
            value={draft.reader}
            data={readers.map(({ user }) => ({ value: user.id, label: user.display_name }))}
            onChange={(reader) => onChange({ ...draft, reader })}
            data-testid="release-reader"
          />
        ) : null}
      </Group>
      <Checkbox.Group
        label={t("datasets.formats")}
        value={draft.formats}
        onChange={(chosen) => onChange({ ...draft, formats: formats.filter((f: Format) => chosen.includes(f)) })}
      >
        <Group gap="lg" mt={8}>
          {formats.map((format) => (
            <Checkbox
              key={format}
              value={format}
              label={t(`datasets.format.${format}`)}
              data-testid={`format-${format.replace("_", "-")}`}
            />
          ))}
        </Group>
      </Checkbox.Group>
      <SharesInput draft={draft} onChange={onChange} />
      <NumberInput
        label={t("datasets.seed")}
        description={t("datasets.seedHint")}
        min={0}
        max={2 ** 31 - 1}
        allowDecimal={false}
        value={draft.seed}
        onChange={(value) => onChange({ ...draft, seed: Number(value) || 0 })}
        data-testid="release-seed"
        w={200}
      />
    </Stack>
  );
}
