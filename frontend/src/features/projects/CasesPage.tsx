import { Anchor, Button, Group, Modal, Stack, Table, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconClipboardList, IconFilterOff, IconPhotoScan, IconSearch, IconSparkles } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";

import { client, take } from "@/shared/api/client";
import type { Schemas } from "@/shared/api/types";
import { formatFigure } from "@/shared/format";
import { EmptyState } from "@/shared/ui/EmptyState";
import { Loaded } from "@/shared/ui/Loaded";
import { Page } from "@/shared/ui/Page";
import { Panel } from "@/shared/ui/Panel";
import { StateMark } from "@/shared/ui/StateMark";

import { DraftProgress } from "./DraftProgress";
import { Prelabel } from "./Prelabel";
import { readingTones } from "./readingTones";
import { useProject } from "./useProject";

type Case = Schemas["Case"];

const caseTones = { waiting: "quiet", reading: "active", complete: "good" } as const;

function CaseRow({ row }: { row: Case }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <Table.Tr
      onClick={() => void navigate(row.id)}
      style={{ cursor: "pointer" }}
      data-testid="case-row"
      data-case={row.id}
      data-number={row.number}
      data-state={row.state}
    >
      <Table.Td>
        <Anchor component={Link} to={row.id} onClick={(event) => event.stopPropagation()}>
          {t("projects.case.title", { number: row.number })}
        </Anchor>
      </Table.Td>
      <Table.Td maw={280}>
        <Text size="sm" truncate>
          {row.study_description || "–"}
        </Text>
      </Table.Td>
      <Table.Td>{row.modality}</Table.Td>
      <Table.Td>
        <StateMark tone={caseTones[row.state]} text={t(`projects.caseState.${row.state}`)} />
      </Table.Td>
      <Table.Td>
        <Stack gap={2}>
          {row.readings.map((reading) => (
            <StateMark
              key={reading.id}
              tone={readingTones[reading.state]}
              text={`${reading.reader.display_name}: ${t(`common.reading.${reading.state}`)}`}
            />
          ))}
        </Stack>
      </Table.Td>
      <Table.Td className="fid-figure" data-testid="case-dice">
        {formatFigure(row.agreement?.mean_dice, 3)}
      </Table.Td>
      <Table.Td data-testid="case-consensus">{row.consensus ? t(`projects.rule.${row.consensus.rule}`) : "–"}</Table.Td>
    </Table.Tr>
  );
}

function CaseTable({ cases }: { cases: readonly Case[] }) {
  const { t } = useTranslation();
  return (
    <Table highlightOnHover>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t("projects.caseTable.number")}</Table.Th>
          <Table.Th>{t("projects.caseTable.study")}</Table.Th>
          <Table.Th>{t("projects.caseTable.modality")}</Table.Th>
          <Table.Th>{t("projects.caseTable.state")}</Table.Th>
          <Table.Th>{t("projects.caseTable.readings")}</Table.Th>
          <Table.Th ta="right">{t("projects.caseTable.dice")}</Table.Th>
          <Table.Th>{t("projects.caseTable.consensus")}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {cases.map((row) => (
          <CaseRow key={row.id} row={row} />
        ))}
      </Table.Tbody>
    </Table>
  );
}

/** The cases in which the word stands. */
function FoundCases({ all, word, onClear }: { all: readonly Case[]; word: string; onClear: () => void }) {
  const { t } = useTranslation();
  const found = all.filter((row) =>
    [row.number, row.study_description, row.modality, ...row.readings.map((r) => r.reader.display_name)]
      .join(" ")
      .toLowerCase()
      .includes(word),
  );
  return found.length > 0 ? (
    <CaseTable cases={found} />
  ) : (
    <EmptyState
      icon={IconFilterOff}
      title={t("projects.caseTable.noMatch")}
      text={t("projects.caseTable.noMatchText")}
      action={
        <Button variant="default" onClick={onClear}>
          {t("worklist.clear")}
        </Button>
      }
    />
  );
}

function AllCases({ projectId }: { projectId: string }) {
  const { t } = useTranslation();
  const { project, isManager } = useProject();
  const [filter, setFilter] = useState("");
  const [opened, dialog] = useDisclosure(false);
  const cases = useQuery({
    queryKey: ["cases", projectId],
    queryFn: () =>
      take(client.GET("/api/projects/{project_id}/cases", { params: { path: { project_id: projectId } } })),
  });
  const word = filter.trim().toLowerCase();
  return (
    <Page
      title={t("projects.tab.cases")}
      testId="cases-page"
      actions={
        <>
          <TextInput
            placeholder={t("projects.caseTable.filter")}
            aria-label={t("projects.caseTable.filter")}
            leftSection={<IconSearch size={16} />}
            value={filter}
            onChange={(event) => setFilter(event.currentTarget.value)}
            data-testid="cases-filter"
          />
          <Button
            variant="default"
            leftSection={<IconSparkles size={16} />}
            disabled={!project?.protocol || !cases.data?.length}
            onClick={dialog.open}
            data-testid="prelabel-open"
          >
            {t("projects.ai.prelabel")}
          </Button>
        </>
      }
    >
      <DraftProgress projectId={projectId} />
      <Panel flush>
        <Loaded query={cases} rows={8} rowHeight={48}>
          {(all) =>
            all.length === 0 ? (
              <EmptyState
                icon={IconPhotoScan}
                title={t("projects.caseTable.empty")}
                text={t("projects.caseTable.emptyText")}
                action={
                  isManager ? (
                    <Button component={Link} to={`/projects/${projectId}/set-up/data`}>
                      {t("projects.caseTable.toSetup")}
                    </Button>
                  ) : null
                }
              />
            ) : (
              <FoundCases all={all} word={word} onClear={() => setFilter("")} />
            )
          }
        </Loaded>
      </Panel>
      <Modal opened={opened} onClose={dialog.close} title={t("projects.ai.prelabel")} size="lg">
        {project ? <Prelabel project={project} onStarted={dialog.close} /> : null}
      </Modal>
    </Page>
  );
}

export default function CasesPage() {
  const { t } = useTranslation();
  const { project, projectId, seesCases } = useProject();
  if (!project) return null;
  if (seesCases) return <AllCases projectId={projectId} />;
  return (
    <Group justify="center">
      <EmptyState
        icon={IconClipboardList}
        title={t("projects.caseTable.readerOnly")}
        text={t("projects.caseTable.readerOnlyText")}
        action={
          <Button component={Link} to="/worklist">
            {t("projects.caseTable.toWorklist")}
          </Button>
        }
      />
    </Group>
  );
}
