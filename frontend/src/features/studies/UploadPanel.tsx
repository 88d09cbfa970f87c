import { Button, Group, Progress, SimpleGrid, Stack, Table, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { formatBytes } from "@/shared/format";
import { ErrorBox } from "@/shared/ui/ErrorBox";
import { Panel } from "@/shared/ui/Panel";
import { StateMark, type Tone } from "@/shared/ui/StateMark";

import { resetUpload, startUpload, stopUpload, useUpload, type SentFile } from "./uploader";

const tones: Readonly<Record<SentFile["outcome"], Tone>> = {
  accepted: "good",
  duplicate: "quiet",
  set_aside: "needs",
  failed: "bad",
};
const outcomes = ["accepted", "duplicate", "set_aside", "failed"] as const;
const order = { failed: 0, set_aside: 1, duplicate: 2, accepted: 3 } as const;
const listed = 200;

function Counts() {
  const { t } = useTranslation();
  const counts = useUpload((state) => state.counts);
  return (
    <SimpleGrid cols={4}>
      {outcomes.map((outcome) => (
        <Stack key={outcome} gap={2}>
          <Text size="xl" fw={600} data-testid={`import-count-${outcome.replace("_", "-")}`}>
            {counts[outcome]}
          </Text>
          <StateMark tone={tones[outcome]} text={t(`studies.imports.${outcome}`)} />
        </Stack>
      ))}
    </SimpleGrid>
  );
}

function ResultTable() {
  const { t } = useTranslation();
  const results = useUpload((state) => state.results);
  if (results.length === 0) return null;
  const rows = [...results].sort((a, b) => order[a.outcome] - order[b.outcome]).slice(0, listed);
  return (
    <Stack gap="xs">
      <Table data-testid="import-results">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("studies.imports.file")}</Table.Th>
            <Table.Th>{t("studies.imports.outcome")}</Table.Th>
            <Table.Th>{t("studies.imports.why")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row, index) => (
            <Table.Tr key={`${row.path}-${index}`} data-testid="import-result" data-outcome={row.outcome}>
              <Table.Td style={{ overflowWrap: "anywhere" }}>{row.path}</Table.Td>
              <Table.Td>
                <StateMark tone={tones[row.outcome]} text={t(`studies.imports.${row.outcome}`)} />
              </Table.Td>
              <Table.Td title={row.detail}>{row.reason ? t(`studies.why.${row.reason}`) : row.detail}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {results.length > listed ? (
        <Text size="xs" c="dimmed">
          {t("studies.imports.firstRows", { n: listed, all: results.length })}
        </Text>
      ) : null}
    </Stack>
  );
}

function phaseText(phase: string, waiting: boolean): string {
  if (waiting) return "studies.imports.waiting";
  const texts: Record<string, string> = { closing: "closing", done: "finished", stopped: "cancelled" };
  return texts[phase] ? `studies.imports.${texts[phase]}` : "";
}

function Buttons() {
  const { t } = useTranslation();
  const { phase, failed, studies } = useUpload();
  if (phase === "sending") {
    return (
      <Button variant="default" size="xs" onClick={stopUpload} data-testid="import-stop">
        {t("studies.imports.stop")}
      </Button>
    );
  }
  if (phase === "closing") return null;
  return (
    <>
      {failed.length > 0 ? (
        <Button size="xs" variant="default" onClick={() => void startUpload(failed)} data-testid="import-retry-failed">
          {t("studies.imports.retryFailed", { n: failed.length })}
        </Button>
      ) : null}
      <Button size="xs" variant="default" onClick={resetUpload} data-testid="import-again">
        {t("studies.imports.again")}
      </Button>
      {studies.length > 0 ? (
        <Button size="xs" component={Link} to="/studies" data-testid="import-show">
          {t("studies.imports.show")}
        </Button>
      ) : null}
    </>
  );
}

/** How an upload goes, and what became of each file. */
export function UploadPanel() {
  const { t } = useTranslation();
  const upload = useUpload();
  const share = upload.bytesAll > 0 ? upload.bytesDone / upload.bytesAll : 0;
  const text = phaseText(upload.phase, upload.waiting);
  return (
    <Panel title={t("studies.imports.title")} actions={<Buttons />} testId="import-upload">
      <Stack gap="lg">
        <Stack gap={4} data-testid="import-state" data-phase={upload.phase}>
          <Progress value={share * 100} size={8} animated={upload.phase === "closing"} aria-label={text} />
          <Group justify="space-between">
            <Text size="sm" data-testid="import-progress">
              {t("studies.imports.progress", { done: upload.filesDone, all: upload.filesAll })}
            </Text>
            <Text size="sm" c={upload.waiting ? "var(--fid-amber)" : "dimmed"} role="status">
              {text ? t(text) : ""}
            </Text>
            <Text size="sm" c="dimmed">
              {t("studies.imports.bytes", { done: formatBytes(upload.bytesDone), all: formatBytes(upload.bytesAll) })}
            </Text>
          </Group>
        </Stack>
        {upload.error ? <ErrorBox error={upload.error} /> : null}
        <Counts />
        <ResultTable />
      </Stack>
    </Panel>
  );
}
