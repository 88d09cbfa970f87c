import { Box, Button, Group, NumberInput, SimpleGrid, Stack, Switch, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { changeStorage, getStorage, listExpired, type Storage } from "@/shared/api/archive";
import { formatBytes, formatMoment, formatShare } from "@/shared/format";
import { ErrorBox } from "@/shared/ui/ErrorBox";
import { Loaded } from "@/shared/ui/Loaded";
import { Page } from "@/shared/ui/Page";
import { Panel } from "@/shared/ui/Panel";
import { StateMark, type Tone } from "@/shared/ui/StateMark";
import { useAction } from "@/shared/ui/useAction";

import { NodesPanel } from "./NodesPanel";

const tones: Readonly<Record<Storage["state"], Tone>> = { ok: "good", warn: "needs", full: "bad" };
const gigabyte = 1e9;

/** How much of the quota each kind takes; without a quota, of the disk; of what is held where there is none. */
function UsageBar({ storage }: { storage: Storage }) {
  const { t } = useTranslation();
  const held = storage.images_bytes + storage.set_aside_bytes + storage.held_bytes;
  const whole = Math.max(1, storage.quota_bytes ?? held + (storage.disk_free_bytes ?? 0));
  const parts = [
    { key: "images", bytes: storage.images_bytes, colour: "var(--fid-accent)" },
    { key: "setAside", bytes: storage.set_aside_bytes, colour: "var(--fid-amber)" },
    { key: "held", bytes: storage.held_bytes, colour: "var(--fid-mark)" },
  ];
  return (
    <Stack gap="sm">
      <Box
        h={12}
        bg="var(--fid-raised)"
        style={{ display: "flex", borderRadius: 4, overflow: "hidden" }}
        role="img"
        aria-label={t("storage.used", { held: formatBytes(held) })}
      >
        {parts.map((part) => (
          <Box key={part.key} bg={part.colour} style={{ width: `${(part.bytes / whole) * 100}%` }} />
        ))}
      </Box>
      <Group gap="xl">
        {parts.map((part) => (
          <Group key={part.key} gap={8}>
            <Box w={10} h={10} bg={part.colour} style={{ borderRadius: 3 }} aria-hidden />
            <Text size="sm">{`${t(`storage.${part.key}`)} ${formatBytes(part.bytes)}`}</Text>
          </Group>
        ))}
        <Text size="sm" c="dimmed">
          {storage.quota_bytes === null
            ? t("storage.noQuota")
            : t("storage.ofQuota", { share: formatShare(held / whole), quota: formatBytes(storage.quota_bytes) })}
        </Text>
      </Group>
    </Stack>
  );
}

function Usage({ storage }: { storage: Storage }) {
  const { t } = useTranslation();
  const free = storage.disk_free_bytes;
  const figures: readonly (readonly [string, string])[] = [
    [t("storage.studies"), storage.studies.toLocaleString("en")],
    [t("storage.series"), storage.series.toLocaleString("en")],
    [t("storage.instances"), storage.instances.toLocaleString("en")],
    [t("storage.free"), free === null ? "–" : formatBytes(free)],
  ];
  return (
    <Stack gap="lg" data-testid="storage-usage" data-state={storage.state}>
      <SimpleGrid cols={4}>
        {figures.map(([name, figure]) => (
          <Stack key={name} gap={2}>
            <Text size="xl" fw={600}>
              {figure}
            </Text>
            <Text size="sm" c="dimmed">
              {name}
            </Text>
          </Stack>
        ))}
      </SimpleGrid>
      <UsageBar storage={storage} />
    </Stack>
  );
}

/** What the retention rule would delete; nothing is deleted by looking. */
function Expired({ days }: { days: number }) {
  const { t } = useTranslation();
  const expired = useQuery({ queryKey: ["storage", "expired", days], queryFn: () => listExpired(days) });
  return (
    <Loaded query={expired} rows={2}>
      {(rows) =>
        rows.length === 0 ? (
          <Text size="sm" c="dimmed" data-testid="expired-none">
            {t("storage.expiredNone", { days })}
          </Text>
        ) : (
          <Stack gap="sm">
            <Text size="sm" c="var(--fid-amber)">
              {t("storage.expired", { count: rows.length, days })}
            </Text>
            <Table data-testid="expired">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{t("storage.study")}</Table.Th>
                  <Table.Th>{t("storage.lastArrival")}</Table.Th>
                  <Table.Th ta="right">{t("storage.instances")}</Table.Th>
                  <Table.Th ta="right">{t("storage.size")}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {rows.map((row) => (
                  <Table.Tr key={row.study_uid}>
                    <Table.Td>{row.description || row.study_uid}</Table.Td>
                    <Table.Td>{formatMoment(row.last_arrival)}</Table.Td>
                    <Table.Td className="fid-figure">{row.instances}</Table.Td>
                    <Table.Td className="fid-figure">{formatBytes(row.bytes)}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Stack>
        )
      }
    </Loaded>
  );
}

function Rules({ storage }: { storage: Storage }) {
  const { t } = useTranslation();
  const [quota, setQuota] = useState<number | "">(
    storage.quota_bytes === null ? "" : Number((storage.quota_bytes / gigabyte).toFixed(3)),
  );
  const [warn, setWarn] = useState(storage.warn_percent);
  const [days, setDays] = useState<number | "">(storage.retention_days ?? "");
  const [asideDays, setAsideDays] = useState<number | "">(storage.set_aside_days ?? "");
  const [apply, setApply] = useState(storage.apply_retention);
  const [tried, setTried] = useState<number | null>(null);
  const ruled = days !== "" || asideDays !== "";
  const save = useAction({
    run: () =>
      changeStorage({
        quota_bytes: quota === "" ? null : Math.round(quota * gigabyte),
        warn_percent: warn,
        retention_days: days === "" ? null : days,
        set_aside_days: asideDays === "" ? null : asideDays,
        apply_retention: apply && ruled,
      }),
    stale: ["storage"],
    done: t("common.saved"),
    quiet: true,
  });
  const number = (set: (value: number | "") => void) => (value: number | string) =>
    set(typeof value === "number" ? value : "");
  return (
    <Stack gap="lg">
      <Group align="flex-end" gap="lg">
        <NumberInput
          label={t("storage.quota")}
          description={t("storage.quotaHint")}
          value={quota}
          onChange={number(setQuota)}
          min={0}
          suffix=" GB"
          w={344}
          data-testid="storage-quota"
        />
        <NumberInput
          label={t("storage.warn")}
          description={t("storage.warnHint")}
          value={warn}
          onChange={(value) => setWarn(typeof value === "number" ? value : 90)}
          min={1}
          max={100}
          allowDecimal={false}
          suffix=" %"
          w={344}
        />
      </Group>
      <Group align="flex-end" gap="lg">
        <NumberInput
          label={t("storage.retention")}
          description={t("storage.retentionHint")}
          value={days}
          onChange={number(setDays)}
          min={1}
          max={36_500}
          allowDecimal={false}
          w={344}
          data-testid="storage-days"
        />
        <Button
          variant="default"
          disabled={days === ""}
          onClick={() => setTried(days === "" ? null : days)}
          data-testid="storage-try"
        >
          {t("storage.try")}
        </Button>
      </Group>
      {tried === null ? null : <Expired days={tried} />}
      <NumberInput
        label={t("storage.asideDays")}
        description={t("storage.asideHint")}
        value={asideDays}
        onChange={number(setAsideDays)}
        min={1}
        max={36_500}
        allowDecimal={false}
        w={344}
        data-testid="storage-aside-days"
      />
      <Switch
        label={t("storage.apply")}
        description={t("storage.applyHint")}
        checked={apply && ruled}
        disabled={!ruled}
        onChange={(event) => setApply(event.currentTarget.checked)}
        data-testid="storage-apply"
      />
      {save.isError ? <ErrorBox error={save.error} /> : null}
      <Group>
        <Button loading={save.isPending} onClick={() => save.mutate()} data-testid="storage-save">
          {t("common.save")}
        </Button>
      </Group>
    </Stack>
  );
}

/** What the archive holds, how much it may hold, how long studies stay, and which machines may send. */
export default function StoragePage() {
  const { t } = useTranslation();
  const storage = useQuery({ queryKey: ["storage", "usage"], queryFn: getStorage });
  const state = storage.data?.state;
  return (
    <Page
      title={t("storage.title")}
      lead={t("storage.lead")}
      actions={state ? <StateMark tone={tones[state]} text={t(`storage.state.${state}`)} /> : null}
      width={1200}
      testId="storage-page"
    >
      <Panel>
        <Loaded query={storage} rows={1} rowHeight={85}>
          {(found) => <Usage storage={found} />}
        </Loaded>
      </Panel>
      <Panel title={t("storage.rules")}>
        <Loaded query={storage} rows={1} rowHeight={354}>
          {(found) => <Rules storage={found} />}
        </Loaded>
      </Panel>
      <NodesPanel />
    </Page>
  );
}
