import { Anchor, Button, Group, Pagination, Table, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconDatabaseImport, IconPhotoScan, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";

import { studiesQuery, type Study } from "@/shared/api/studies";
import { formatDicomDate } from "@/shared/format";
import { hasRoleAnywhere, useSession } from "@/shared/session/session";
import { EmptyState } from "@/shared/ui/EmptyState";
import { Loaded } from "@/shared/ui/Loaded";
import { Page } from "@/shared/ui/Page";
import { Panel } from "@/shared/ui/Panel";

const pageSize = 50;

function StudyTable({ studies }: { studies: readonly Study[] }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <Table highlightOnHover>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t("studies.patient")}</Table.Th>
          <Table.Th>{t("studies.patientId")}</Table.Th>
          <Table.Th>{t("studies.date")}</Table.Th>
          <Table.Th>{t("studies.description")}</Table.Th>
          <Table.Th>{t("studies.modality")}</Table.Th>
          <Table.Th ta="right">{t("studies.series")}</Table.Th>
          <Table.Th ta="right">{t("studies.images")}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {studies.map((study) => (
          <Table.Tr
            key={study.study_uid}
            onClick={() => void navigate(`/studies/${study.study_uid}`)}
            style={{ cursor: "pointer" }}
            data-testid="study-row"
            data-study={study.study_uid}
          >
            <Table.Td>
              <Anchor component={Link} to={`/studies/${study.study_uid}`} onClick={(event) => event.stopPropagation()}>
                {study.patient_name || study.patient_id || "–"}
              </Anchor>
            </Table.Td>
            <Table.Td>{study.patient_id}</Table.Td>
            <Table.Td style={{ whiteSpace: "nowrap" }}>{formatDicomDate(study.study_date) || "–"}</Table.Td>
            <Table.Td>{study.description || "–"}</Table.Td>
            <Table.Td>{study.modalities.join(", ")}</Table.Td>
            <Table.Td className="fid-figure">{study.series_count}</Table.Td>
            <Table.Td className="fid-figure">{study.instance_count}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

export default function StudiesPage() {
  const { t } = useTranslation();
  const session = useSession();
  const [wish, setWish] = useState("");
  const [q] = useDebouncedValue(wish.trim(), 200);
  const [page, setPage] = useState(1);
  const studies = useQuery(studiesQuery(q, pageSize, (page - 1) * pageSize));
  const importButton = hasRoleAnywhere(session.data, "manager") ? (
    <Button component={Link} to="/import" leftSection={<IconDatabaseImport size={16} />} data-testid="studies-import">
      {t("studies.import")}
    </Button>
  ) : null;
  const clearButton = (
    <Button variant="default" onClick={() => setWish("")}>
      {t("common.clearSearch")}
    </Button>
  );
  return (
    <Page
      title={t("studies.title")}
      lead={t("studies.lead")}
      testId="studies-page"
      actions={
        <>
          <TextInput
            placeholder={t("studies.search")}
            aria-label={t("studies.search")}
            leftSection={<IconSearch size={16} />}
            value={wish}
            onChange={(event) => {
              setWish(event.currentTarget.value);
              setPage(1);
            }}
            w={320}
            data-testid="studies-search"
          />
          {importButton}
        </>
      }
    >
      <Panel flush>
        <Loaded query={studies} rows={10}>
          {(data) =>
            data.results.length === 0 ? (
              <EmptyState
                icon={IconPhotoScan}
                title={t(q ? "studies.noMatch" : "studies.empty")}
                text={t(q ? "studies.noMatchText" : "studies.emptyText")}
                action={q ? clearButton : importButton}
              />
            ) : (
              <StudyTable studies={data.results} />
            )
          }
        </Loaded>
      </Panel>
      {(studies.data?.count ?? 0) > pageSize ? (
        <Group justify="center">
          <Pagination
            value={page}
            onChange={setPage}
            total={Math.ceil((studies.data?.count ?? 0) / pageSize)}
            size="sm"
          />
        </Group>
      ) : null}
    </Page>
  );
}
