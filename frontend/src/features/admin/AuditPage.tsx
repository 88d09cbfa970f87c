import { Button, Group, Table, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconReportSearch, IconSearch } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { client, take } from "@/shared/api/client";
import type { Schemas } from "@/shared/api/types";
import { formatMoment } from "@/shared/format";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorBox } from "@/shared/ui/ErrorBox";
import { RowsSkeleton } from "@/shared/ui/Loaded";
import { Page } from "@/shared/ui/Page";
import { Panel } from "@/shared/ui/Panel";

type AuditRecord = Schemas["AuditRecord"];

const pageSize = 100;

/** Returns the details of a record in one line. */
export function detailText(detail: unknown): string {
  if (typeof detail !== "object" || detail === null) return "";
  return Object.entries(detail)
    .map(([key, value]) => `${key}: ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(" · ");
}

function AuditTable({ records }: { records: readonly AuditRecord[] }) {
  const { t } = useTranslation();
  return (
    <Table>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t("admin.audit.at")}</Table.Th>
          <Table.Th>{t("admin.audit.actor")}</Table.Th>
          <Table.Th>{t("admin.audit.action")}</Table.Th>
          <Table.Th>{t("admin.audit.subject")}</Table.Th>
          <Table.Th>{t("admin.audit.detail")}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {records.map((record) => (
          <Table.Tr key={record.id} data-testid="audit-row">
            <Table.Td style={{ whiteSpace: "nowrap" }}>
              {formatMoment(record.at)}:{record.at.slice(17, 19)}
            </Table.Td>
            <Table.Td>{record.actor_name || t("admin.audit.system")}</Table.Td>
            <Table.Td>{record.action}</Table.Td>
            <Table.Td maw={240}>
              <Text className="fid-mono" truncate title={record.subject}>
                {record.subject}
              </Text>
            </Table.Td>
            <Table.Td maw={480}>
              <Text
                size="sm"
                c="dimmed"
                lineClamp={2}
                title={detailText(record.detail)}
                style={{ overflowWrap: "anywhere" }}
              >
                {detailText(record.detail)}
              </Text>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

export default function AuditPage() {
  const { t } = useTranslation();
  const [wish, setWish] = useState("");
  const [subject] = useDebouncedValue(wish.trim(), 300);
  const audit = useInfiniteQuery({
    queryKey: ["audit", subject],
    queryFn: ({ pageParam }) =>
      take(
        client.GET("/api/audit", {
          params: {
            query: { limit: pageSize, ...(subject ? { subject } : {}), ...(pageParam ? { before: pageParam } : {}) },
          },
        }),
      ),
    initialPageParam: 0,
    getNextPageParam: (last) => (last.length < pageSize ? undefined : last.at(-1)?.id),
  });
  const records = audit.data?.pages.flat();
  return (
    <Page
      title={t("admin.audit.title")}
      lead={t("admin.audit.lead")}
      testId="audit-page"
      actions={
        <TextInput
          placeholder={t("admin.audit.filter")}
          aria-label={t("admin.audit.filter")}
          leftSection={<IconSearch size={16} />}
          value={wish}
          onChange={(event) => setWish(event.currentTarget.value)}
          w={280}
          data-testid="audit-filter"
        />
      }
    >
      <Panel flush>
        {audit.isError && !records ? (
          <ErrorBox error={audit.error} onRetry={() => void audit.refetch()} />
        ) : !records ? (
          <RowsSkeleton rows={10} />
        ) : records.length === 0 ? (
          <EmptyState
            icon={IconReportSearch}
            title={t(subject ? "admin.audit.noMatch" : "admin.audit.empty")}
            text={t(subject ? "admin.audit.noMatchText" : "admin.audit.emptyText")}
            action={
              subject ? (
                <Button variant="default" onClick={() => setWish("")}>
                  {t("common.clearSearch")}
                </Button>
              ) : null
            }
          />
        ) : (
          <AuditTable records={records} />
        )}
      </Panel>
      {audit.hasNextPage ? (
        <Group justify="center">
          <Button
            variant="default"
            loading={audit.isFetchingNextPage}
            onClick={() => void audit.fetchNextPage()}
            data-testid="audit-more"
          >
            {t("common.showMore")}
          </Button>
        </Group>
      ) : null}
    </Page>
  );
}
