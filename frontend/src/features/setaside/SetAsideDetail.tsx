import { Button, Group, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconDownload, IconFileAlert } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import {
  discardSetAside,
  retryOne,
  setAsideBytes,
  settleConflict,
  type Outcome,
  type SetAside,
} from "@/shared/api/setAside";
import { formatBytes, formatMoment } from "@/shared/format";
import { ConfirmButton } from "@/shared/ui/ConfirmButton";
import { EmptyState } from "@/shared/ui/EmptyState";
import { useAction } from "@/shared/ui/useAction";

import { ConflictDialog } from "./ConflictDialog";
import { RepairButton } from "./RepairButton";
import { staleAfter } from "./stale";

/** Says in the corner what became of one file. */
export function useTellOutcome(): (outcome: Outcome) => void {
  const { t } = useTranslation();
  return (outcome) => {
    const still = outcome.outcome === "set_aside";
    notifications.show({
      title: t(still ? "setaside.still" : "setaside.takenIn"),
      message: still && outcome.reason ? t(`studies.why.${outcome.reason}`) : outcome.path,
      color: still ? "yellow" : "green",
    });
  };
}

function Actions({ file }: { file: SetAside }) {
  const { t } = useTranslation();
  const tell = useTellOutcome();
  const retry = useAction({ run: () => retryOne(file.id), stale: staleAfter, onDone: tell });
  const part = useAction({ run: () => settleConflict(file.id, "keep_both"), stale: staleAfter, onDone: tell });
  const discard = useAction({
    run: () => discardSetAside(file.id),
    stale: staleAfter,
    done: t("setaside.discarded"),
  });
  return (
    <Stack gap="sm">
      {file.can_settle ? <ConflictDialog file={file} /> : null}
      <Group gap="sm">
        {file.repairs.includes("give_uids") ? <RepairButton files={[file]} primary /> : null}
        {file.reason === "series_taken" ? (
          <Button size="xs" loading={part.isPending} onClick={() => part.mutate()} data-testid="set-aside-own-series">
            {t("setaside.ownSeries")}
          </Button>
        ) : null}
        <Button
          size="xs"
          variant="default"
          loading={retry.isPending}
          onClick={() => retry.mutate()}
          data-testid="set-aside-retry"
        >
          {t("setaside.retry")}
        </Button>
        <Button
          component="a"
          href={setAsideBytes(file.id)}
          download
          size="xs"
          variant="default"
          leftSection={<IconDownload size={14} />}
          data-testid="set-aside-download"
        >
          {t("common.download")}
        </Button>
        <ConfirmButton
          size="xs"
          title={t("setaside.discardTitle", { count: 1 })}
          text={t("setaside.discardText")}
          confirm={t("setaside.discard")}
          danger
          onConfirm={() => discard.mutate()}
          testId="set-aside-delete"
        >
          {t("setaside.discard")}
        </ConfirmButton>
      </Group>
    </Stack>
  );
}

function Fact({ name, value, mono = false }: { name: string; value: string; mono?: boolean }) {
  return (
    <Stack gap={0}>
      <Text size="xs" c="dimmed">
        {name}
      </Text>
      <Text size="sm" style={{ overflowWrap: "anywhere" }} {...(mono ? { className: "fid-mono" } : {})}>
        {value}
      </Text>
    </Stack>
  );
}

/** One file: why it is here, what that means, and what can be done. */
export function SetAsideDetail({ file }: { file: SetAside | undefined }) {
  const { t } = useTranslation();
  if (!file) {
    return <EmptyState icon={IconFileAlert} title={t("setaside.noneOpen")} text={t("setaside.noneOpenText")} />;
  }
  return (
    <Stack gap="lg" p="lg" data-testid="set-aside-detail" data-file={file.id}>
      <Stack gap={4}>
        <Text fw={600}>{t(`studies.why.${file.reason}`)}</Text>
        <Text size="sm">{t(`setaside.means.${file.reason}`)}</Text>
        {file.detail ? (
          <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }} lang="en">
            {file.detail}
          </Text>
        ) : null}
      </Stack>
      <Actions key={file.id} file={file} />
      <Stack gap="sm">
        <Fact name={t("setaside.file")} value={file.path} />
        <Group gap="xl">
          <Fact name={t("setaside.size")} value={formatBytes(file.size_bytes)} />
          <Fact name={t("setaside.at")} value={formatMoment(file.created_at)} />
        </Group>
        <Fact name="SHA-256" value={file.sha256} mono />
        <Text size="sm">
          <Link to={`/import/${file.batch}`} style={{ color: "var(--fid-accent)" }}>
            {t("setaside.itsImport")}
          </Link>
        </Text>
      </Stack>
    </Stack>
  );
}
