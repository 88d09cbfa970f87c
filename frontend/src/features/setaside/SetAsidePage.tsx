import { Box, Button, Group, Select, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconFileCheck, IconSearch } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";

import { listImports } from "@/shared/api/archive";
import { discardSetAside, listSetAside, retryMany, type Reason, type SetAside } from "@/shared/api/setAside";
import { formatMoment } from "@/shared/format";
import { ConfirmButton } from "@/shared/ui/ConfirmButton";
import { EmptyState } from "@/shared/ui/EmptyState";
import { Loaded } from "@/shared/ui/Loaded";
import { Page } from "@/shared/ui/Page";
import { Panel } from "@/shared/ui/Panel";
import { toggled } from "@/shared/ui/StudyTable";
import { useAction } from "@/shared/ui/useAction";

import { ManyJob } from "./ManyJob";
import { useManyJob } from "./manyJob";
import { RepairButton } from "./RepairButton";
import { SetAsideDetail } from "./SetAsideDetail";
import { SetAsideList } from "./SetAsideList";
import { staleAfter } from "./stale";

const reasons = [
  "missing_uid",
  "conflict",
  "series_taken",
  "other_study",
  "truncated",
  "unreadable",
  "not_dicom",
  "no_pixels",
  "unsupported",
  "superseded",
  "damaged",
  "unsafe_archive",
  "directory",
] as const satisfies readonly Reason[];

const isReason = (value: string | null): value is Reason => reasons.some((reason) => reason === value);
const listHeight = 528;

/** What can be done with the chosen files together. */
function ManyBar({ files }: { files: readonly SetAside[] }) {
  const { t } = useTranslation();
  const ids = files.map(({ id }) => id);
  const retry = useAction({
    run: () => retryMany({ ids }),
    stale: staleAfter,
    onDone: (job) => useManyJob.setState({ jobId: job.id }),
  });
  const discard = useAction({
    run: async () => {
      for (const id of ids) await discardSetAside(id);
    },
    stale: staleAfter,
    done: t("setaside.discarded"),
  });
  const repairable = files.filter(({ repairs }) => repairs.includes("give_uids"));
  return (
    <Group px="lg" h={52} gap="sm" style={{ borderBottom: "1px solid var(--fid-line)" }}>
      <Text size="sm" c="dimmed" w={120} data-testid="set-aside-chosen">
        {t("setaside.chosen", { count: files.length })}
      </Text>
      <Button
        size="xs"
        variant="default"
        disabled={files.length === 0}
        loading={retry.isPending}
        onClick={() => retry.mutate()}
        data-testid="set-aside-retry-many"
      >
        {t("setaside.retry")}
      </Button>
      <RepairButton files={repairable} />
      <ConfirmButton
        size="xs"
        disabled={files.length === 0}
        title={t("setaside.discardTitle", { count: files.length })}
        text={t("setaside.discardText")}
        confirm={t("setaside.discard")}
        danger
        onConfirm={() => discard.mutate()}
        testId="set-aside-discard-many"
      >
        {t("setaside.discard")}
      </ConfirmButton>
    </Group>
  );
}

function useFilters() {
  const [params, setParams] = useSearchParams();
  const [wish, setWish] = useState("");
  const [q] = useDebouncedValue(wish.trim(), 200);
  const set = (name: string, value: string | null) =>
    setParams(
      (before) => {
        if (value) before.set(name, value);
        else before.delete(name);
        return before;
      },
      { replace: true },
    );
  const wanted = params.get("reason");
  return { batch: params.get("import") ?? "", reason: isReason(wanted) ? wanted : null, wish, setWish, q, set };
}

function Filters({ filters }: { filters: ReturnType<typeof useFilters> }) {
  const { t } = useTranslation();
  const imports = useQuery({ queryKey: ["imports", "all"], queryFn: listImports });
  const named = (imports.data ?? [])
    .filter((row) => row.set_aside > 0 || row.id === filters.batch)
    .map((row) => ({ value: row.id, label: `${formatMoment(row.created_at)} ${row.name || row.source}` }));
  return (
    <Group gap="sm">
      <TextInput
        placeholder={t("setaside.search")}
        aria-label={t("setaside.search")}
        leftSection={<IconSearch size={16} />}
        value={filters.wish}
        onChange={(event) => filters.setWish(event.currentTarget.value)}
        w={184}
        data-testid="set-aside-search"
      />
      <Select
        placeholder={t("setaside.anyReason")}
        aria-label={t("setaside.anyReason")}
        data={reasons.map((reason) => ({ value: reason, label: t(`studies.why.${reason}`) }))}
        value={filters.reason}
        onChange={(value) => filters.set("reason", value)}
        clearable
        w={440}
        data-testid="set-aside-reason"
      />
      <Select
        placeholder={t("setaside.anyImport")}
        aria-label={t("setaside.anyImport")}
        data={named}
        value={filters.batch || null}
        onChange={(value) => filters.set("import", value)}
        clearable
        w={300}
        data-testid="set-aside-import"
      />
    </Group>
  );
}

function Files({ files, filtered }: { files: readonly SetAside[]; filtered: boolean }) {
  const { t } = useTranslation();
  const [openId, setOpenId] = useState("");
  const [chosenIds, setChosenIds] = useState<ReadonlySet<string>>(new Set());
  const chosen = files.filter(({ id }) => chosenIds.has(id));
  const open = files.find(({ id }) => id === openId) ?? files[0];
  return (
    <Box style={{ display: "grid", gridTemplateColumns: "minmax(0, 1fr) 360px" }} mih={listHeight + 88}>
      <Box style={{ borderRight: "1px solid var(--fid-line)", minWidth: 0 }}>
        <ManyBar files={chosen} />
        {files.length === 0 ? (
          <EmptyState
            icon={IconFileCheck}
            title={t(filtered ? "setaside.noMatch" : "setaside.empty")}
            text={t(filtered ? "setaside.noMatchText" : "setaside.emptyText")}
            testId="set-aside-empty"
          />
        ) : (
          <SetAsideList
            files={files}
            openId={open?.id ?? ""}
            chosen={new Set(chosen.map(({ id }) => id))}
            onOpen={setOpenId}
            onToggle={(id, on) => setChosenIds(toggled(chosenIds, [id], on))}
            onAll={(on) => setChosenIds(new Set(on ? files.map(({ id }) => id) : []))}
            height={listHeight}
          />
        )}
      </Box>
      <SetAsideDetail file={open} />
    </Box>
  );
}

export default function SetAsidePage() {
  const { t } = useTranslation();
  const filters = useFilters();
  const { batch, reason, q } = filters;
  const files = useQuery({
    queryKey: ["set-aside", "list", batch, reason, q],
    queryFn: () => listSetAside({ q, ...(batch ? { import: batch } : {}), ...(reason ? { reason } : {}) }),
    placeholderData: keepPreviousData,
  });
  return (
    <Page title={t("setaside.title")} lead={t("setaside.lead")} testId="set-aside-page">
      <Filters filters={filters} />
      <ManyJob />
      <Panel flush testId="set-aside-panel">
        <Loaded query={files} rows={8} rowHeight={48}>
          {(found) => <Files files={found} filtered={Boolean(batch || reason || q)} />}
        </Loaded>
      </Panel>
    </Page>
  );
}
