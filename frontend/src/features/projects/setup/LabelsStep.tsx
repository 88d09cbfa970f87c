import {
  ActionIcon,
  Button,
  Checkbox,
  ColorInput,
  Group,
  Select,
  Stack,
  Text,
  TextInput,
  Tooltip,
} from "@mantine/core";
import { IconPlus, IconTags, IconTrash } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Project } from "@/shared/api/projects";
import { EmptyState } from "@/shared/ui/EmptyState";
import { Panel } from "@/shared/ui/Panel";

import {
  categories,
  labelProblems,
  questionDrafts,
  newLabel,
  okabeIto,
  withOverlap,
  withStructure,
  type LabelDraft,
} from "../protocol";
import { RoomPreview } from "./RoomPreview";
import { SaveBar } from "./SaveBar";
import { StructureSelect } from "./StructureSelect";
import { StepColumns } from "./StepColumns";
import { useSaveProtocol } from "./useSaveProtocol";

interface LabelRowProps {
  label: LabelDraft;
  index: number;
  onChange: (label: LabelDraft) => void;
  onOverlap: (overlaps: boolean) => void;
  onRemove: () => void;
}

function CodeFields({ label, index, onChange }: Omit<LabelRowProps, "onOverlap" | "onRemove">) {
  const { t } = useTranslation();
  const category = categories.find(({ code }) => code === label.category_code);
  return (
    <Group gap="sm" align="flex-end">
      <TextInput
        label={t("projects.labels.scheme")}
        value={label.type_scheme}
        onChange={(event) => onChange({ ...label, type_scheme: event.currentTarget.value })}
        w={72}
        data-testid={`label-scheme-${index}`}
      />
      <TextInput
        label={t("projects.labels.code")}
        required
        value={label.type_code}
        onChange={(event) => onChange({ ...label, type_code: event.currentTarget.value })}
        w={112}
        data-testid={`label-code-${index}`}
      />
      <TextInput
        label={t("projects.labels.meaning")}
        required
        value={label.type_meaning}
        onChange={(event) => onChange({ ...label, type_meaning: event.currentTarget.value })}
        style={{ flex: "1 1 140px" }}
        data-testid={`label-meaning-${index}`}
      />
      <Select
        label={t("projects.labels.category")}
        allowDeselect={false}
        value={category?.code ?? null}
        data={categories.map(({ code, meaning }) => ({ value: code, label: meaning }))}
        onChange={(code) => {
          const chosen = categories.find((candidate) => candidate.code === code);
          if (!chosen) return;
          onChange({
            ...label,
            category_scheme: chosen.scheme,
            category_code: chosen.code,
            category_meaning: chosen.meaning,
          });
        }}
        style={{ flex: "1 1 270px" }}
        data-testid={`label-category-${index}`}
      />
    </Group>
  );
}

function LabelRow({ label, index, onChange, onOverlap, onRemove }: LabelRowProps) {
  const { t } = useTranslation();
  return (
    <Stack gap="sm" py="md" style={{ borderBottom: "1px solid var(--fid-line)" }} data-testid="label-row">
      <Group align="flex-end" gap="sm" wrap="nowrap">
        <ColorInput
          label={t("projects.labels.colour")}
          value={label.colour}
          onChange={(colour) => onChange({ ...label, colour })}
          swatches={[...okabeIto]}
          swatchesPerRow={8}
          format="hex"
          withEyeDropper={false}
          w={120}
          data-testid={`label-colour-${index}`}
        />
        <TextInput
          label={t("projects.labels.name")}
          required
          maxLength={64}
          value={label.name}
          onChange={(event) => onChange({ ...label, name: event.currentTarget.value })}
          style={{ flex: 1 }}
          data-testid={`label-name-${index}`}
        />
        <StructureSelect
          code={{ scheme: label.type_scheme, code: label.type_code, meaning: label.type_meaning }}
          onChange={(structure) => onChange(withStructure(label, structure))}
          testId={`label-structure-${index}`}
        />
        <Tooltip label={t("projects.labels.remove", { name: label.name })}>
          <ActionIcon
            variant="default"
            size={36}
            onClick={onRemove}
            aria-label={t("projects.labels.remove", { name: label.name })}
            data-testid={`label-remove-${index}`}
          >
            <IconTrash size={16} />
          </ActionIcon>
        </Tooltip>
      </Group>
      <CodeFields label={label} index={index} onChange={onChange} />
      <Checkbox
        size="xs"
        label={t("projects.labels.overlap")}
        description={t("projects.labels.overlapHint")}
        checked={label.layer > 0}
        onChange={(event) => onOverlap(event.currentTarget.checked)}
        data-testid={`label-overlap-${index}`}
      />
    </Stack>
  );
}

export function LabelsStep({ project }: { project: Project }) {
  const { t } = useTranslation();
  const form = project.protocol?.form;
  const questions = useMemo(() => questionDrafts(form?.questions), [form]);
  const lesion = useMemo(() => questionDrafts(form?.lesion), [form]);
  const [labels, setLabels] = useState<LabelDraft[]>(() =>
    (project.protocol?.labels ?? []).map((label) => ({ ...label, id: crypto.randomUUID() })),
  );
  const save = useSaveProtocol(project, (protocol) =>
    setLabels(protocol.labels.map((label) => ({ ...label, id: crypto.randomUUID() }))),
  );
  const change = (changed: LabelDraft) => setLabels(labels.map((label) => (label.id === changed.id ? changed : label)));
  const send = () =>
    save.mutate({ labels: labels.map(({ id: _, ...label }) => ({ ...label, name: label.name.trim() })) });
  return (
    <StepColumns
      side={<RoomPreview labels={labels} questions={questions} lesion={lesion} />}
      main={
        <Panel
          title={t("projects.step.labels")}
          actions={
            <Button
              size="xs"
              variant="default"
              leftSection={<IconPlus size={14} />}
              onClick={() => setLabels([...labels, newLabel(labels)])}
              data-testid="label-add"
            >
              {t("projects.labels.add")}
            </Button>
          }
        >
          <Stack>
            <Text size="sm" c="dimmed">
              {t("projects.labels.text")}
            </Text>
            {labels.length === 0 ? (
              <EmptyState icon={IconTags} title={t("projects.labels.empty")} text={t("projects.labels.emptyText")} />
            ) : null}
            <Stack gap={0}>
              {labels.map((label, index) => (
                <LabelRow
                  key={label.id}
                  label={label}
                  index={index}
                  onChange={change}
                  onOverlap={(overlaps) => change(withOverlap(label, overlaps, labels))}
                  onRemove={() => setLabels(labels.filter(({ id }) => id !== label.id))}
                />
              ))}
            </Stack>
            <SaveBar
              problems={labelProblems(labels)}
              texts="projects.labels.problem"
              error={save.error}
              saving={save.isPending}
              version={project.protocol?.version}
              {...(labels.length === 0 ? { blocked: t("projects.needLabels") } : {})}
              testId="labels-save"
              onSave={send}
            />
          </Stack>
        </Panel>
      }
    />
  );
}
