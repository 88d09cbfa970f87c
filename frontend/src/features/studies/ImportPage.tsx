import { Box, Button, FileButton, Group, Stack, Table, Text, Title } from "@mantine/core";
import { IconFiles, IconFolderOpen, IconUpload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useRef, useState, type DragEvent } from "react";
import { useTranslation } from "react-i18next";

import { client, take } from "@/shared/api/client";
import { formatMoment } from "@/shared/format";
import { Loaded } from "@/shared/ui/Loaded";
import { Page } from "@/shared/ui/Page";
import { Panel } from "@/shared/ui/Panel";
import { StateMark } from "@/shared/ui/StateMark";

import { collectDrop, collectInput, type Pick } from "./collect";
import { SetAsidePanel } from "./SetAsidePanel";
import { startUpload, useUpload } from "./uploader";
import { UploadPanel } from "./UploadPanel";

function Pickers({ onPicked }: { onPicked: (picks: readonly Pick[]) => void }) {
  const { t } = useTranslation();
  const folder = useRef<HTMLInputElement>(null);
  return (
    <Group gap="sm">
      <input
        ref={folder}
        type="file"
        multiple
        hidden
        webkitdirectory=""
        onChange={(event) => onPicked(collectInput(event.currentTarget.files))}
        data-testid="import-folder-input"
      />
      <Button
        leftSection={<IconFolderOpen size={16} />}
        onClick={() => folder.current?.click()}
        data-testid="import-folder"
      >
        {t("studies.imports.folder")}
      </Button>
      <FileButton
        multiple
        onChange={(files) => onPicked(files.map((file) => ({ path: file.name, file })))}
        inputProps={{ "data-testid": "import-files-input" } as object}
      >
        {(props) => (
          <Button {...props} variant="default" leftSection={<IconFiles size={16} />} data-testid="import-files">
            {t("studies.imports.files")}
          </Button>
        )}
      </FileButton>
    </Group>
  );
}

/** Takes files, folders and zips by drop or by picker. */
function DropArea() {
  const { t } = useTranslation();
  const [over, setOver] = useState(false);
  const [count, setCount] = useState<number | null>(null);
  const [nothing, setNothing] = useState(false);
  const begin = (picks: readonly Pick[]) => {
    setCount(null);
    setNothing(picks.length === 0);
    if (picks.length > 0) void startUpload(picks);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    setCount(0);
    void collectDrop(event.dataTransfer, setCount).then(begin, () => begin([]));
  };
  const text = nothing ? t("studies.imports.nothing") : t("studies.imports.dropText");
  return (
    <Box
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      data-testid="import-drop"
      p={40}
      style={{
        border: `2px dashed ${over ? "var(--fid-accent)" : "var(--fid-line)"}`,
        background: over ? "var(--fid-accent-ground)" : "var(--fid-panel)",
        borderRadius: 8,
      }}
    >
      <Stack align="center" gap="md">
        <IconUpload size={40} stroke={1.3} color="var(--fid-accent)" />
        <Title order={2}>{t("studies.imports.drop")}</Title>
        <Text size="sm" c={nothing ? "var(--fid-amber)" : "dimmed"} ta="center" maw={560} mih={44}>
          {count === null ? text : t("studies.imports.reading", { n: count })}
        </Text>
        <Pickers onPicked={begin} />
      </Stack>
    </Box>
  );
}

function RecentImports() {
  const { t } = useTranslation();
  const imports = useQuery({ queryKey: ["imports"], queryFn: () => take(client.GET("/api/imports")) });
  return (
    <Panel title={t("studies.imports.recent")} flush>
      <Loaded query={imports} rows={3}>
        {(rows) => (
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t("studies.imports.at")}</Table.Th>
                <Table.Th>{t("studies.imports.source")}</Table.Th>
                <Table.Th ta="right">{t("studies.imports.accepted")}</Table.Th>
                <Table.Th ta="right">{t("studies.imports.duplicate")}</Table.Th>
                <Table.Th ta="right">{t("studies.imports.set_aside")}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.slice(0, 20).map((row) => (
                <Table.Tr key={row.id} data-testid="import-row">
                  <Table.Td>{formatMoment(row.created_at)}</Table.Td>
                  <Table.Td maw={400}>
                    <Text size="sm" truncate title={row.source}>
                      {row.source === "browser" ? t("studies.imports.sourceBrowser") : row.source}
                    </Text>
                  </Table.Td>
                  <Table.Td className="fid-figure">{row.accepted}</Table.Td>
                  <Table.Td className="fid-figure">{row.duplicates}</Table.Td>
                  <Table.Td ta="right">
                    {row.set_aside > 0 ? <StateMark tone="needs" text={String(row.set_aside)} /> : 0}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        )}
      </Loaded>
    </Panel>
  );
}

export default function ImportPage() {
  const { t } = useTranslation();
  const phase = useUpload((state) => state.phase);
  return (
    <Page title={t("studies.imports.title")} lead={t("studies.imports.lead")} width={1200} testId="import-page">
      {phase === "idle" ? <DropArea /> : <UploadPanel />}
      <SetAsidePanel />
      <RecentImports />
    </Page>
  );
}
