import { Anchor, Table, Text } from "@mantine/core";
import { IconDatabaseImport } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import type { Import } from "@/shared/api/archive";
import { formatMoment } from "@/shared/format";
import { EmptyState } from "@/shared/ui/EmptyState";
import { Loaded } from "@/shared/ui/Loaded";
import { Page } from "@/shared/ui/Page";
import { Panel } from "@/shared/ui/Panel";
import { StateMark } from "@/shared/ui/StateMark";

import { DropArea } from "./DropArea";
import { importsQuery } from "./imports";
import { Interrupted } from "./Interrupted";
import { useUpload } from "./uploader";
import { UploadPanel } from "./UploadPanel";

const figures = ["accepted", "findings", "duplicate", "set_aside"] as const;

function ImportRow({ row }: { row: Import }) {
  const { t } = useTranslation();
  const source = row.source === "browser" ? t("intake.sourceBrowser") : row.source;
  return (
    <Table.Tr data-testid="import-row" data-import={row.id}>
      <Table.Td style={{ whiteSpace: "nowrap" }}>
        <Anchor component={Link} to={`/import/${row.id}`} size="sm" data-testid="import-open">
          {formatMoment(row.created_at)}
        </Anchor>
      </Table.Td>
      <Table.Td maw={360}>
        <Text size="sm" truncate title={row.name || source}>
          {row.name ? `${row.name} · ${source}` : source}
        </Text>
      </Table.Td>
      <Table.Td>
        <StateMark
          tone={row.state === "open" ? "active" : row.series_to_index > 0 ? "active" : "good"}
          text={t(
            row.state === "open" ? "intake.isOpen" : row.series_to_index > 0 ? "intake.isIndexing" : "intake.isDone",
          )}
        />
      </Table.Td>
      <Table.Td className="fid-figure">{row.accepted}</Table.Td>
      <Table.Td ta="right">
        {row.with_findings > 0 ? <StateMark tone="needs" text={String(row.with_findings)} /> : 0}
      </Table.Td>
      <Table.Td className="fid-figure">{row.duplicates}</Table.Td>
      <Table.Td ta="right">{row.set_aside > 0 ? <StateMark tone="bad" text={String(row.set_aside)} /> : 0}</Table.Td>
    </Table.Tr>
  );
}

/** What was brought in before, newest first. */
function History() {
  const { t } = useTranslation();
  const imports = useQuery(importsQuery());
  return (
    <Panel title={t("intake.history")} flush>
      <Loaded query={imports} rows={3}>
        {(rows) =>
          rows.length === 0 ? (
            <EmptyState
              icon={IconDatabaseImport}
              title={t("intake.historyEmpty")}
              text={t("intake.historyEmptyText")}
              testId="imports-empty"
            />
          ) : (
            <Table>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{t("intake.at")}</Table.Th>
                  <Table.Th>{t("intake.source")}</Table.Th>
                  <Table.Th>{t("common.state")}</Table.Th>
                  {figures.map((figure) => (
                    <Table.Th key={figure} ta="right">
                      {t(`intake.state.${figure}`)}
                    </Table.Th>
                  ))}
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {rows.slice(0, 50).map((row) => (
                  <ImportRow key={row.id} row={row} />
                ))}
              </Table.Tbody>
            </Table>
          )
        }
      </Loaded>
    </Panel>
  );
}

export default function ImportPage() {
  const { t } = useTranslation();
  const idle = useUpload((state) => state.phase === "idle");
  return (
    <Page title={t("intake.title")} lead={t("intake.lead")} width={1200} testId="import-page">
      {idle ? (
        <>
          <Interrupted />
          <DropArea />
        </>
      ) : (
        <UploadPanel />
      )}
      <History />
    </Page>
  );
}
