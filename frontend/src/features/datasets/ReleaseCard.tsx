import { Anchor, Button, Group, Progress, Stack, Table, Text } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { formatBytes, formatMoment } from "@/shared/format";
import { jobMessage } from "@/shared/ui/jobTexts";
import { Panel } from "@/shared/ui/Panel";
import { StateMark } from "@/shared/ui/StateMark";

import { splits, type Release } from "./definition";

const tones = { freezing: "active", frozen: "good", failed: "bad" } as const;

export function ReleaseState({ release }: { release: Release }) {
  const { t } = useTranslation();
  return <StateMark tone={tones[release.state]} text={t(`datasets.state.${release.state}`)} testId="release-state" />;
}

/** One line per format: size, checksum, download. */
export function ArchiveTable({ release }: { release: Release }) {
  const { t } = useTranslation();
  return (
    <Table>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t("datasets.formatName")}</Table.Th>
          <Table.Th ta="right">{t("datasets.size")}</Table.Th>
          <Table.Th ta="right">{t("datasets.files")}</Table.Th>
          <Table.Th>{t("datasets.checksum")}</Table.Th>
          <Table.Th />
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {release.archives.map((archive) => (
          <Table.Tr key={archive.format} data-testid="archive-row" data-format={archive.format}>
            <Table.Td>{t(`datasets.format.${archive.format}`)}</Table.Td>
            <Table.Td className="fid-figure">{formatBytes(archive.size_bytes)}</Table.Td>
            <Table.Td className="fid-figure">{archive.file_count}</Table.Td>
            <Table.Td>
              <span className="fid-mono" style={{ overflowWrap: "anywhere" }} data-testid="archive-sha256">
                {archive.sha256}
              </span>
            </Table.Td>
            <Table.Td ta="right">
              <Button
                component="a"
                href={`/api/releases/${release.id}/download/${archive.format}`}
                download={archive.filename}
                size="xs"
                variant="default"
                leftSection={<IconDownload size={14} />}
                data-testid={`download-${archive.format.replace("_", "-")}`}
              >
                {t("common.download")}
              </Button>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

/** A release as a card: version, splits, sizes, checksums, downloads. */
export function ReleaseCard({ release }: { release: Release }) {
  const { t } = useTranslation();
  return (
    <Panel
      testId="release-card"
      title={
        <Group gap="sm">
          <Anchor component={Link} to={release.id} data-testid="release-open">
            {release.name}
          </Anchor>
          <Text size="sm" c="dimmed">
            {t("datasets.version", { n: release.number })}
          </Text>
        </Group>
      }
      actions={<ReleaseState release={release} />}
    >
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          {splits.map((split) => `${t(`datasets.split.${split}`)} ${release.per_split[split].cases}`).join(" · ")}
          {" · "}
          {t("datasets.frozenBy", {
            name: release.created_by?.display_name ?? "–",
            at: formatMoment(release.created_at),
          })}
        </Text>
        {release.state === "freezing" && release.job ? (
          <Stack gap={4}>
            <Progress value={release.job.progress * 100} size={4} />
            <Text size="xs" c="dimmed">
              {jobMessage(t, release.job)}
            </Text>
          </Stack>
        ) : null}
        {release.state === "failed" && release.job ? (
          <Text size="sm" c="var(--fid-red)">
            {jobMessage(t, release.job)}
          </Text>
        ) : null}
        {release.archives.length > 0 ? <ArchiveTable release={release} /> : null}
      </Stack>
    </Panel>
  );
}
