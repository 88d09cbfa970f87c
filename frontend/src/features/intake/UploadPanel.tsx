import { Button, Group, Progress, SimpleGrid, Stack, Text } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay, IconPlugOff } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { durationParts, formatBytes } from "@/shared/format";
import { useSession } from "@/shared/session/session";
import { ConfirmButton } from "@/shared/ui/ConfirmButton";
import { ErrorBox } from "@/shared/ui/ErrorBox";
import { errorText } from "@/shared/ui/errorText";
import { Panel } from "@/shared/ui/Panel";
import { StateMark } from "@/shared/ui/StateMark";
import { VirtualRows } from "@/shared/ui/VirtualRows";

import { countOf, FileList } from "./FileList";
import { fileStates, importQuery, stateTones } from "./imports";
import { IndexingLine } from "./IndexingLine";
import type { Refused } from "./transfer";
import { goOnUpload, pauseUpload, resetUpload, startUpload, stopUpload, useUpload, type UploadState } from "./uploader";

const lookEveryMs = 3000;

function Counts({ importId }: { importId: string | null }) {
  const { t } = useTranslation();
  const refused = useUpload((state) => state.refused.length);
  const phase = useUpload((state) => state.phase);
  const row = useQuery({
    ...importQuery(importId ?? ""),
    enabled: importId !== null,
    refetchInterval: phase === "sending" ? lookEveryMs : false,
  });
  return (
    <SimpleGrid cols={5}>
      {fileStates.map((state) => (
        <Stack key={state} gap={2}>
          <Text size="xl" fw={600} data-testid={`import-count-${state.replace("_", "-")}`}>
            {countOf(row.data, state)}
          </Text>
          <StateMark tone={stateTones[state]} text={t(`intake.state.${state}`)} />
        </Stack>
      ))}
      <Stack gap={2}>
        <Text size="xl" fw={600} data-testid="import-count-failed">
          {refused}
        </Text>
        <StateMark tone={refused > 0 ? "bad" : "quiet"} text={t("intake.state.refused")} />
      </Stack>
    </SimpleGrid>
  );
}

/** Says in a few words how sending goes. */
function phaseText(t: TFunction, upload: UploadState): string {
  const waiting = upload.filesAll - upload.filesDone;
  if (upload.offline) return t("intake.offline", { count: waiting });
  if (upload.held) return t("intake.held", { count: waiting });
  if (upload.phase === "sending") {
    if (upload.paused) return t("intake.paused", { count: waiting });
    if (!upload.rate) return t("intake.sending");
    const parts = durationParts((upload.bytesAll - upload.bytesDone) / upload.rate);
    const left = t(`common.duration.${parts.unit}`, { n: parts.n });
    return t("intake.rate", { rate: formatBytes(upload.rate), left });
  }
  return t(`intake.phase.${upload.phase}`);
}

function SendingButtons() {
  const { t } = useTranslation();
  const { paused, held } = useUpload();
  const waits = paused || held !== null;
  return (
    <>
      <Button
        variant={waits ? "filled" : "default"}
        size="xs"
        leftSection={waits ? <IconPlayerPlay size={14} /> : <IconPlayerPause size={14} />}
        onClick={waits ? goOnUpload : pauseUpload}
        data-testid={waits ? "import-continue" : "import-pause"}
      >
        {t(waits ? "intake.continue" : "intake.pause")}
      </Button>
      <ConfirmButton
        size="xs"
        title={t("intake.stopTitle")}
        text={t("intake.stopText")}
        confirm={t("intake.stop")}
        onConfirm={stopUpload}
        testId="import-stop"
      >
        {t("intake.stop")}
      </ConfirmButton>
    </>
  );
}

function Buttons() {
  const { t } = useTranslation();
  const { phase, refused, importId } = useUpload();
  const row = useQuery({ ...importQuery(importId ?? ""), enabled: importId !== null });
  if (phase === "sending") return <SendingButtons />;
  if (phase === "closing") return null;
  const [study] = row.data?.studies ?? [];
  const setAside = row.data?.set_aside ?? 0;
  return (
    <>
      {refused.length > 0 ? (
        <Button
          size="xs"
          variant="default"
          onClick={() => void startUpload(refused.map(({ pick }) => pick))}
          data-testid="import-retry-failed"
        >
          {t("intake.retryRefused", { count: refused.length })}
        </Button>
      ) : null}
      <Button size="xs" variant="default" onClick={resetUpload} data-testid="import-again">
        {t("intake.again")}
      </Button>
      {setAside > 0 ? (
        <Button
          size="xs"
          variant="default"
          component={Link}
          to={`/set-aside?import=${importId}`}
          data-testid="import-set-aside"
        >
          {t("intake.lookSetAside", { count: setAside })}
        </Button>
      ) : null}
      {study ? (
        <Button
          size="xs"
          component={Link}
          to={row.data?.studies.length === 1 ? `/studies/${study}` : "/studies"}
          data-testid="import-show"
        >
          {t("intake.lookStudies", { count: row.data?.studies.length ?? 0 })}
        </Button>
      ) : null}
    </>
  );
}

function Bar({ upload }: { upload: UploadState }) {
  const { t } = useTranslation();
  const share = upload.bytesAll > 0 ? upload.bytesDone / upload.bytesAll : upload.phase === "done" ? 1 : 0;
  const text = phaseText(t, upload);
  const needs = upload.offline || upload.held !== null;
  return (
    <Stack gap={4} data-testid="import-state" data-phase={upload.phase} data-offline={upload.offline}>
      <Progress value={share * 100} size={8} color={needs ? "var(--fid-amber)" : "accent"} aria-label={text} />
      <div style={{ display: "grid", gridTemplateColumns: "1fr auto 1fr", columnGap: 16 }}>
        <Text size="sm" data-testid="import-progress">
          {t("intake.progress", { done: upload.filesDone, all: upload.filesAll })}
        </Text>
        <Group gap={6} wrap="nowrap" c={needs ? "var(--fid-amber)" : "dimmed"}>
          {upload.offline ? <IconPlugOff size={16} /> : null}
          <Text size="sm" role="status" data-testid="import-status">
            {text}
          </Text>
        </Group>
        <Text size="sm" c="dimmed" ta="right">
          {t("intake.bytes", { done: formatBytes(upload.bytesDone), all: formatBytes(upload.bytesAll) })}
        </Text>
      </div>
    </Stack>
  );
}

/** What hinders, or how far indexing is: one line of one height, so that nothing below it moves. */
function Line({ upload }: { upload: UploadState }) {
  const { t } = useTranslation();
  const session = useSession();
  const row = useQuery({ ...importQuery(upload.importId ?? ""), enabled: upload.importId !== null });
  if (upload.offline) {
    return (
      <Group h={30} justify="space-between" wrap="nowrap" data-testid="import-offline">
        <Text size="sm" c="var(--fid-amber)">
          {t("intake.offlineText")}
        </Text>
        <Button size="xs" variant="default" onClick={goOnUpload} data-testid="import-try-now">
          {t("intake.tryNow")}
        </Button>
      </Group>
    );
  }
  if (upload.held) {
    return (
      <Group h={30} justify="space-between" wrap="nowrap" data-testid="import-held">
        <Text size="sm" c="var(--fid-amber)">
          {t("intake.heldText")}
        </Text>
        {session.data?.user?.is_administrator ? (
          <Button size="xs" variant="default" component={Link} to="/admin/storage" data-testid="import-storage">
            {t("storage.title")}
          </Button>
        ) : null}
      </Group>
    );
  }
  return <IndexingLine row={row.data} />;
}

function RefusedList({ refused }: { refused: readonly Refused[] }) {
  const { t } = useTranslation();
  if (refused.length === 0) return null;
  return (
    <Stack gap="xs" data-testid="import-refused">
      <Text size="sm" fw={600}>
        {t("intake.refusedTitle", { count: refused.length })}
      </Text>
      <VirtualRows
        rows={refused}
        rowHeight={28}
        height={Math.min(4, refused.length) * 28}
        keyOf={({ pick }) => pick.path}
        label={t("intake.refusedTitle", { count: refused.length })}
      >
        {({ pick, error }) => (
          <Group gap="lg" wrap="nowrap" h={28}>
            <Text size="sm" truncate="start" style={{ flex: 1 }} title={pick.path}>
              <bdi>{pick.path}</bdi>
            </Text>
            <Text size="sm" c="var(--fid-red)" truncate style={{ flex: 1 }}>
              {error.code === "file_unreadable" ? t("intake.fileUnreadable") : errorText(t, error).what}
            </Text>
          </Group>
        )}
      </VirtualRows>
    </Stack>
  );
}

/** How sending goes, and what became of each file. */
export function UploadPanel() {
  const { t } = useTranslation();
  const upload = useUpload();
  const row = useQuery({ ...importQuery(upload.importId ?? ""), enabled: upload.importId !== null });
  const live = upload.phase === "sending" || upload.phase === "closing";
  return (
    <>
      <Panel
        title={upload.name ? t("intake.titleOf", { name: upload.name }) : t("intake.titleNow")}
        actions={<Buttons />}
        testId="import-upload"
      >
        <Stack gap="lg">
          <Bar upload={upload} />
          {upload.error ? <ErrorBox error={upload.error} safe={t("intake.keptSafe")} /> : null}
          <Counts importId={upload.importId} />
          <Line upload={upload} />
          <RefusedList refused={upload.refused} />
        </Stack>
      </Panel>
      {upload.importId ? (
        <Panel title={t("intake.files")} flush>
          <FileList key={upload.importId} importId={upload.importId} row={row.data} live={live} />
        </Panel>
      ) : null}
    </>
  );
}
