import { Anchor, Box, Group, SegmentedControl, Skeleton, Stack, Text, Tooltip } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import type { FileState, Import, ImportedFile } from "@/shared/api/archive";
import { ErrorBox } from "@/shared/ui/ErrorBox";
import { GridRow } from "@/shared/ui/GridRow";
import { StateMark } from "@/shared/ui/StateMark";
import { VirtualRows } from "@/shared/ui/VirtualRows";

import { fileStates, stateOf, stateTones } from "./imports";
import { useGrowingFiles } from "./useGrowingFiles";

const rowHeight = 36;
const columns = "minmax(0, 5fr) 152px minmax(0, 6fr) 56px";

/** Why a file was set aside, or what is odd about one that was taken in, in words. */
export function useReasonText(): (file: ImportedFile) => string {
  const { t } = useTranslation();
  return (file) => {
    if (file.outcome === "set_aside") return t(`studies.why.${file.reason}`, { defaultValue: file.detail });
    const texts = file.findings.map(({ code, detail }) => t(`studies.finding.${code}`, { defaultValue: detail }));
    return [...new Set(texts)].join(" · ");
  };
}

function FileRow({ file }: { file: ImportedFile }) {
  const { t } = useTranslation();
  const reasonText = useReasonText();
  const state = stateOf(file);
  const details = [file.detail, ...file.findings.map(({ detail }) => detail)].filter(Boolean).join("\n");
  return (
    <GridRow columns={columns} h={rowHeight} data-testid="import-result" data-outcome={file.outcome} data-state={state}>
      <Text size="sm" truncate="start" title={file.path}>
        <bdi>{file.path}</bdi>
      </Text>
      <StateMark tone={stateTones[state]} text={t(`intake.state.${state}`)} />
      <Tooltip label={details} disabled={!details} multiline maw={480} style={{ whiteSpace: "pre-line" }}>
        <Text size="sm" truncate c={state === "accepted" || state === "duplicate" ? "dimmed" : "inherit"}>
          {reasonText(file)}
        </Text>
      </Tooltip>
      {file.study_uid ? (
        <Anchor component={Link} to={`/studies/${file.study_uid}`} size="sm" ta="right">
          {t("intake.study")}
        </Anchor>
      ) : null}
    </GridRow>
  );
}

function Heads() {
  const { t } = useTranslation();
  return (
    <GridRow columns={columns} h={34}>
      {["file", "became", "why"].map((head) => (
        <Text key={head} size="xs" fw={600} c="dimmed">
          {t(`intake.${head}`)}
        </Text>
      ))}
    </GridRow>
  );
}

/** Returns how many files of an import are in a state; "accepted" leaves out those with findings. */
export function countOf(row: Import | undefined, state: FileState): number {
  if (!row) return 0;
  if (state === "findings") return row.with_findings;
  if (state === "duplicate") return row.duplicates;
  return state === "set_aside" ? row.set_aside : row.accepted;
}

/** Returns how many files of an import the server has looked at. */
export function countOfAll(row: Import | undefined): number {
  return row ? row.accepted + row.duplicates + row.set_aside : 0;
}

interface FileListProps {
  importId: string;
  row: Import | undefined;
  live: boolean;
  height?: number;
}

/** What became of every file of an import, to be narrowed down by state. */
export function FileList({ importId, row, live, height = 396 }: FileListProps) {
  const { t } = useTranslation();
  const [state, setState] = useState<FileState | "">("");
  const expected = state ? countOf(row, state) : countOfAll(row);
  const { files, loading, error, again, more } = useGrowingFiles(importId, state, expected);
  const choices = [
    { value: "", label: t("intake.state.all") },
    ...fileStates.map((one) => ({ value: one, label: `${t(`intake.state.${one}`)} ${countOf(row, one)}` })),
  ];
  return (
    <Stack gap={0} data-testid="import-results">
      <Group px="lg" py="sm" style={{ borderBottom: "1px solid var(--fid-line)" }}>
        <SegmentedControl
          size="xs"
          data={choices}
          value={state}
          onChange={(value) => setState(value as FileState | "")}
          aria-label={t("intake.filter")}
          data-testid="import-filter"
        />
      </Group>
      <Heads />
      {error ? <ErrorBox error={error} onRetry={again} /> : null}
      {files.length === 0 ? (
        <Box h={height} p="lg">
          {loading ? <Skeleton height={rowHeight} /> : null}
          {!loading && !error ? (
            <Text size="sm" c="dimmed">
              {t(live ? "intake.filesSoon" : "intake.noFiles")}
            </Text>
          ) : null}
        </Box>
      ) : (
        <VirtualRows
          rows={files}
          rowHeight={rowHeight}
          height={height}
          keyOf={(file) => file.id}
          onEnd={more}
          label={t("intake.files")}
          testId="import-file-list"
        >
          {(file) => <FileRow file={file} />}
        </VirtualRows>
      )}
    </Stack>
  );
}
