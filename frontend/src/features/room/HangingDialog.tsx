import { ActionIcon, Button, Group, Modal, NumberInput, Select, Tabs, Text, TextInput, Tooltip } from "@mantine/core";
import { IconArrowUp, IconPlus, IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { LAYOUTS, LAYOUT_NAMES, slotsOf, type Slot } from "@/imaging";
import { client, take } from "@/shared/api/client";
import { ErrorBox } from "@/shared/ui/ErrorBox";

import { fetchHanging, type HangingRule } from "./hanging";
import styles from "./room.module.css";
import type { ReadingDetail } from "./session";
import { useRoom } from "./store";

type List = "own" | "project";

/** The rules by which cases open: one's own, and those of the project. */
export function HangingDialog({ reading }: { reading: ReadingDetail }) {
  const { t } = useTranslation();
  const opened = useRoom((state) => state.hangingOpen);
  const project = reading.project.id;
  const rules = useQuery({ queryKey: ["hanging", project], queryFn: () => fetchHanging(project), enabled: opened });
  return (
    <Modal
      opened={opened}
      onClose={() => useRoom.setState({ hangingOpen: false })}
      title={t("view.hanging.title")}
      size={980}
      data-testid="hanging-dialog"
    >
      <Text size="sm" c="dimmed" mb="sm">
        {t("view.hanging.text")}
      </Text>
      {rules.isError ? <ErrorBox error={rules.error} onRetry={() => void rules.refetch()} /> : null}
      {rules.data ? (
        <Tabs defaultValue="own">
          <Tabs.List>
            {(["own", "project"] as const).map((list) => (
              <Tabs.Tab key={list} value={list} data-testid={`hanging-${list}`}>
                {t(`view.hanging.${list}`)} ({rules.data[list].length})
              </Tabs.Tab>
            ))}
          </Tabs.List>
          {(["own", "project"] as const).map((list) => (
            <Tabs.Panel key={list} value={list} pt="sm">
              <RuleList list={list} saved={rules.data[list]} reading={reading} />
            </Tabs.Panel>
          ))}
        </Tabs>
      ) : null}
    </Modal>
  );
}

function RuleList({ list, saved, reading }: { list: List; saved: readonly HangingRule[]; reading: ReadingDetail }) {
  const { t } = useTranslation();
  const [rules, setRules] = useState(saved);
  const unchanged = JSON.stringify(rules) === JSON.stringify(saved);
  const queries = useQueryClient();
  const project = reading.project.id;
  const save = useMutation({
    mutationFn: () => {
      const options = { params: { path: { project_id: project } }, body: { rules: [...rules] } };
      return take(
        list === "own"
          ? client.PUT("/api/projects/{project_id}/hanging/own", options)
          : client.PUT("/api/projects/{project_id}/hanging", options),
      );
    },
    onSuccess: (all) => queries.setQueryData(["hanging", project], all),
  });
  const put = (at: number, part: Partial<HangingRule>) =>
    setRules(rules.map((rule, index) => (index === at ? { ...rule, ...part } : rule)));
  const up = (at: number) => {
    const next = [...rules];
    next.splice(at - 1, 0, ...next.splice(at, 1));
    setRules(next);
  };
  const layout = useRoom((state) => state.layout);
  const open = useRoom((state) => state.seriesUid);
  const modality = reading.series.find(({ series_uid }) => series_uid === open)?.modality ?? "";
  const fresh = { name: t("view.hanging.new"), layout, modality, body_part: "", description: "", priors: 0, slots: [] };
  return (
    <>
      {rules.map((rule, index) => (
        <RuleRow
          key={index}
          rule={rule}
          index={index}
          onChange={(part) => put(index, part)}
          onUp={() => up(index)}
          onRemove={() => setRules(rules.filter((_, at) => at !== index))}
        />
      ))}
      {rules.length === 0 ? (
        <Text size="sm" c="dimmed" py="sm">
          {t("view.hanging.empty")}
        </Text>
      ) : null}
      {save.isError ? <ErrorBox error={save.error} /> : null}
      <Group justify="space-between" mt="md">
        <Button
          variant="default"
          leftSection={<IconPlus size={16} />}
          onClick={() => setRules([...rules, fresh])}
          data-testid={`hanging-add-${list}`}
        >
          {t("view.hanging.add")}
        </Button>
        <Group gap="sm">
          <Text size="sm" c="dimmed">
            {save.isSuccess && unchanged ? t("view.hanging.saved") : ""}
          </Text>
          <Button
            loading={save.isPending}
            disabled={unchanged}
            onClick={() => save.mutate(undefined, { onSuccess: (all) => setRules(all[list]) })}
            data-testid={`hanging-save-${list}`}
          >
            {t("common.save")}
          </Button>
        </Group>
      </Group>
    </>
  );
}

interface RowProps {
  rule: HangingRule;
  index: number;
  onChange: (part: Partial<HangingRule>) => void;
  onUp: () => void;
  onRemove: () => void;
}

/** One rule: when it counts, which layout follows, and what goes into the slots of that layout. */
function RuleRow({ rule, index, onChange, onUp, onRemove }: RowProps) {
  const { t } = useTranslation();
  const slots = [...slotsOf(LAYOUTS[rule.layout])];
  const part = (slot: Slot) => rule.slots?.find((row) => row.slot === slot) ?? { slot, modality: "", description: "" };
  const setPart = (slot: Slot, change: { modality?: string; description?: string }) =>
    onChange({
      slots: slots
        .map((each) => (each === slot ? { ...part(each), ...change } : part(each)))
        .filter(({ modality, description }) => modality || description),
    });
  const upper = (text: string) => text.toUpperCase().slice(0, 16);
  return (
    <section className={styles["hangingRule"]} data-testid="hanging-rule">
      <Group gap="xs" wrap="nowrap" align="end">
        <TextInput
          label={t("view.hanging.name")}
          value={rule.name}
          flex={2}
          onChange={(event) => onChange({ name: event.currentTarget.value })}
        />
        <TextInput
          label={t("view.hanging.modality")}
          placeholder={t("view.hanging.any")}
          value={rule.modality ?? ""}
          flex={1}
          onChange={(event) => onChange({ modality: upper(event.currentTarget.value) })}
          data-testid={`hanging-modality-${index}`}
        />
        <TextInput
          label={t("view.hanging.bodyPart")}
          placeholder={t("view.hanging.any")}
          value={rule.body_part ?? ""}
          flex={1}
          onChange={(event) => onChange({ body_part: upper(event.currentTarget.value) })}
        />
        <TextInput
          label={t("view.hanging.description")}
          placeholder={t("view.hanging.any")}
          value={rule.description ?? ""}
          flex={2}
          onChange={(event) => onChange({ description: event.currentTarget.value })}
        />
        <NumberInput
          label={t("view.hanging.priors")}
          min={0}
          max={100}
          w={84}
          value={rule.priors ?? 0}
          onChange={(value) => onChange({ priors: Number(value) || 0 })}
        />
        <Select
          label={t("view.layoutMenu")}
          allowDeselect={false}
          flex={2}
          value={rule.layout}
          onChange={(value) => value && onChange({ layout: value as HangingRule["layout"], slots: [] })}
          data={LAYOUT_NAMES.map((name) => ({ value: name, label: t(`view.layout.${name}`) }))}
          data-testid={`hanging-layout-${index}`}
        />
        <Tooltip label={t("view.hanging.up")}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size={34}
            disabled={index === 0}
            onClick={onUp}
            aria-label={t("view.hanging.up")}
          >
            <IconArrowUp size={16} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label={t("common.delete")}>
          <ActionIcon variant="subtle" color="gray" size={34} onClick={onRemove} aria-label={t("common.delete")}>
            <IconTrash size={16} />
          </ActionIcon>
        </Tooltip>
      </Group>
      {slots.length > 1 ? (
        <Group gap="xs" mt={6}>
          {slots.map((slot) => (
            <Group key={slot} gap={4} wrap="nowrap">
              <Text size="xs" c="dimmed">
                {t(`view.slot.${slot}`)}
              </Text>
              <TextInput
                size="xs"
                w={64}
                placeholder={t("view.hanging.modality")}
                aria-label={`${t(`view.slot.${slot}`)}, ${t("view.hanging.modality")}`}
                value={part(slot).modality}
                onChange={(event) => setPart(slot, { modality: upper(event.currentTarget.value) })}
              />
              <TextInput
                size="xs"
                w={120}
                placeholder={t("view.hanging.description")}
                aria-label={`${t(`view.slot.${slot}`)}, ${t("view.hanging.description")}`}
                value={part(slot).description}
                onChange={(event) => setPart(slot, { description: event.currentTarget.value })}
              />
            </Group>
          ))}
        </Group>
      ) : null}
    </section>
  );
}
