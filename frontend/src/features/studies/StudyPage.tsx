import { Anchor, Group, Image, Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";

import { client, take } from "@/shared/api/client";
import type { Schemas } from "@/shared/api/types";
import { formatDicomDate, formatFigure } from "@/shared/format";
import { Loaded } from "@/shared/ui/Loaded";
import { Page } from "@/shared/ui/Page";
import { Panel } from "@/shared/ui/Panel";

type Series = Schemas["Series"];

function VolumeLine({ volume }: { volume: Schemas["VolumeSummary"] }) {
  const { t } = useTranslation();
  const [k, j, i] = volume.shape_kji ?? [];
  const [dk, dj, di] = volume.spacing_mm ?? [];
  if (k === undefined) {
    const reasons = volume.reasons.map((code) => t(`studies.reason.${code}`)).join(", ");
    return (
      <Text size="sm" c="var(--fid-amber)">
        {t("studies.noVolume", { reasons })}
      </Text>
    );
  }
  const spacing = { dk: formatFigure(dk), dj: formatFigure(dj), di: formatFigure(di) };
  return <Text size="sm">{t("studies.volumeOf", { k, j, i, ...spacing })}</Text>;
}

function SeriesTable({ series }: { series: readonly Series[] }) {
  const { t } = useTranslation();
  return (
    <Table>
      <Table.Thead>
        <Table.Tr>
          <Table.Th w={112} />
          <Table.Th ta="right">{t("studies.number")}</Table.Th>
          <Table.Th>{t("studies.series")}</Table.Th>
          <Table.Th>{t("studies.modality")}</Table.Th>
          <Table.Th ta="right">{t("studies.images")}</Table.Th>
          <Table.Th>{t("studies.volume")}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {series.map((one) => (
          <Table.Tr key={one.series_uid} data-testid="series-row" data-series={one.series_uid}>
            <Table.Td>
              <Image
                src={`/api/series/${one.series_uid}/thumbnail`}
                alt=""
                w={80}
                h={80}
                fit="contain"
                bg="var(--fid-image)"
                radius="sm"
                loading="lazy"
              />
            </Table.Td>
            <Table.Td className="fid-figure">{one.number ?? "–"}</Table.Td>
            <Table.Td>{one.description || "–"}</Table.Td>
            <Table.Td>{one.modality}</Table.Td>
            <Table.Td className="fid-figure">{one.frame_count}</Table.Td>
            <Table.Td>
              <Stack gap={2}>
                {one.volumes.map((volume) => (
                  <VolumeLine key={volume.index} volume={volume} />
                ))}
              </Stack>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

export default function StudyPage() {
  const { t } = useTranslation();
  const { studyUid = "" } = useParams();
  const study = useQuery({
    queryKey: ["study", studyUid],
    queryFn: () => take(client.GET("/api/studies/{study_uid}", { params: { path: { study_uid: studyUid } } })),
  });
  const data = study.data;
  return (
    <Page
      title={data ? data.patient_name || data.patient_id || t("studies.title") : t("studies.title")}
      lead={
        data ? (
          <Group gap="md">
            <span>{formatDicomDate(data.study_date)}</span>
            <span>{data.description}</span>
            <span>{data.patient_id}</span>
            {data.accession_number ? <span>{`${t("studies.accession")} ${data.accession_number}`}</span> : null}
          </Group>
        ) : null
      }
      trail={
        <Anchor component={Link} to="/studies" size="sm">
          {t("studies.all")}
        </Anchor>
      }
      testId="study-page"
    >
      <Panel title={t("studies.series")} flush>
        <Loaded query={study} rows={3} rowHeight={88}>
          {(found) => <SeriesTable series={found.series} />}
        </Loaded>
      </Panel>
    </Page>
  );
}
