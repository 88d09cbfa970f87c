import { Box, Collapse, Group, Stack, Table, Text, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { client, take } from "@/shared/api/client";
import { formatFigure } from "@/shared/format";
import { Loaded } from "@/shared/ui/Loaded";

import {
  factsOf,
  groupsOf,
  linesOf,
  regionsOf,
  segmentsOf,
  type Brief,
  type Derived,
  type Group as Measured,
  type Part,
} from "./derived";
import { FindingList } from "./FindingList";

function Parts({ parts }: { parts: readonly Part[] }) {
  const { t } = useTranslation();
  return (
    <Table data-testid="derived-parts">
      <Table.Thead>
        <Table.Tr>
          <Table.Th w={56} ta="right">
            {t("studies.number")}
          </Table.Th>
          <Table.Th>{t("studies.derived.structure")}</Table.Th>
          <Table.Th>{t("studies.derived.type")}</Table.Th>
          <Table.Th ta="right">{t("studies.derived.planes")}</Table.Th>
          <Table.Th ta="right">{t("studies.derived.voxels")}</Table.Th>
          <Table.Th ta="right">{t("studies.derived.volume")}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {parts.map((part) => (
          <Table.Tr key={part.number} data-testid="derived-part">
            <Table.Td className="fid-figure">{part.number}</Table.Td>
            <Table.Td>
              <Group gap={8} wrap="nowrap">
                <Box w={12} h={12} bg={part.colour} style={{ borderRadius: 3, flex: "0 0 auto" }} aria-hidden />
                <Text size="sm">{part.label || "–"}</Text>
              </Group>
            </Table.Td>
            <Table.Td>{part.type || "–"}</Table.Td>
            <Table.Td className="fid-figure">{part.planes ?? "–"}</Table.Td>
            <Table.Td className="fid-figure">{part.voxels?.toLocaleString("en") ?? "–"}</Table.Td>
            <Table.Td className="fid-figure" data-testid="derived-volume">
              {part.volumeMl === null ? "–" : `${formatFigure(part.volumeMl)} mL`}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Measurements({ groups }: { groups: readonly Measured[] }) {
  const { t } = useTranslation();
  return (
    <Table data-testid="derived-measurements">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t("studies.derived.about")}</Table.Th>
          <Table.Th>{t("studies.derived.measurement")}</Table.Th>
          <Table.Th ta="right">{t("studies.derived.value")}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {groups.flatMap((group, at) =>
          group.measurements.map((one, row) => (
            <Table.Tr key={`${at}-${row}`} data-testid="derived-measurement">
              <Table.Td>{row === 0 ? [group.title, group.site].filter(Boolean).join(", ") || "–" : ""}</Table.Td>
              <Table.Td>{one.derivation ? `${one.name} (${one.derivation})` : one.name}</Table.Td>
              <Table.Td className="fid-figure">
                {one.value === null ? one.missing || "–" : `${Number(one.value.toPrecision(5))} ${one.unit}`}
              </Table.Td>
            </Table.Tr>
          )),
        )}
      </Table.Tbody>
    </Table>
  );
}

function Lines({ summary }: { summary: Derived["summary"] }) {
  const lines = linesOf(summary);
  return (
    <Stack gap={2} mah={320} style={{ overflowY: "auto" }} data-testid="derived-lines">
      {lines.map((line, at) => (
        <Text key={at} size="sm" pl={line.level * 16}>
          <Text span size="sm" c="dimmed">
            {line.name}
          </Text>
          {line.value ? ` ${line.value}` : ""}
        </Text>
      ))}
    </Stack>
  );
}

function Facts({ summary }: { summary: Derived["summary"] }) {
  const { t } = useTranslation();
  return (
    <Table>
      <Table.Tbody>
        {factsOf(summary).map(({ name, value }) => (
          <Table.Tr key={name}>
            <Table.Td w={180} c="dimmed">
              {t(`studies.derived.fact.${name}`, { defaultValue: name.replaceAll("_", " ") })}
            </Table.Td>
            <Table.Td style={{ overflowWrap: "anywhere" }}>{value}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Content({ derived, seriesUid }: { derived: Derived; seriesUid: string }) {
  if (derived.kind === "segmentation") return <Parts parts={segmentsOf(derived.summary)} />;
  if (derived.kind === "structures") return <Parts parts={regionsOf(derived, seriesUid)} />;
  if (derived.kind === "report") {
    const groups = groupsOf(derived.summary);
    return (
      <Stack>
        {groups.length > 0 ? <Measurements groups={groups} /> : null}
        <Lines summary={derived.summary} />
      </Stack>
    );
  }
  return <Facts summary={derived.summary} />;
}

/** Says how an object was found to speak of a series. */
function LinkText({ brief, seriesUid }: { brief: Brief; seriesUid: string }) {
  const { t } = useTranslation();
  const link = brief.links.find((one) => one.series_uid === seriesUid);
  const how = link?.how ?? "unlinked";
  return (
    <Text
      size="sm"
      c={how === "by_reference" ? "dimmed" : "var(--fid-amber)"}
      data-testid="derived-link"
      data-how={how}
    >
      {t(`studies.derived.how.${how}`)}
    </Text>
  );
}

interface DerivedCardProps {
  brief: Brief;
  /** The series under which it is listed: the images it speaks of, or its own. */
  seriesUid: string;
  linked: boolean;
}

/** One segmentation, report, structure set …: its name and volume at a glance, all it says when opened. */
export function DerivedCard({ brief, seriesUid, linked }: DerivedCardProps) {
  const { t } = useTranslation();
  const [opened, content] = useDisclosure(false);
  const full = useQuery({
    queryKey: ["study", "derived", seriesUid],
    queryFn: () =>
      take(client.GET("/api/series/{series_uid}/derived", { params: { path: { series_uid: seriesUid } } })),
    enabled: opened,
  });
  const Chevron = opened ? IconChevronDown : IconChevronRight;
  return (
    <Box
      style={{ border: "1px solid var(--fid-line)", borderRadius: 4, background: "var(--fid-ground)" }}
      data-testid="derived"
      data-kind={brief.kind}
    >
      <UnstyledButton
        onClick={content.toggle}
        aria-expanded={opened}
        w="100%"
        px="md"
        py={8}
        data-testid="derived-open"
        style={{ display: "grid", gridTemplateColumns: "16px 112px minmax(0, 1fr) auto 96px", columnGap: 12 }}
      >
        <Chevron size={16} style={{ alignSelf: "center" }} />
        <Text size="sm" c="dimmed">
          {t(`studies.kind.${brief.kind}`)}
        </Text>
        <Text size="sm" fw={500} truncate>
          {brief.label || "–"}
        </Text>
        {linked ? <LinkText brief={brief} seriesUid={seriesUid} /> : <span />}
        <Text size="sm" className="fid-figure" data-testid="derived-total">
          {brief.volume_ml === null ? "" : `${formatFigure(brief.volume_ml)} mL`}
        </Text>
      </UnstyledButton>
      {brief.findings.length > 0 ? (
        <Box px="md" pb={8} pl={40}>
          <FindingList findings={brief.findings} />
        </Box>
      ) : null}
      <Collapse expanded={opened} transitionDuration={0}>
        <Box p="md" pt={0}>
          <Loaded query={full} rows={2}>
            {(found) => {
              const one = found.find((derived) => derived.sop_instance_uid === brief.sop_instance_uid);
              return one ? <Content derived={one} seriesUid={seriesUid} /> : null;
            }}
          </Loaded>
        </Box>
      </Collapse>
    </Box>
  );
}
