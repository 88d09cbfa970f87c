import { Box, Group, HoverCard, Image, Modal, Stack, Text, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useTranslation } from "react-i18next";

import { deleteSeries } from "@/shared/api/archive";
import type { Schemas } from "@/shared/api/types";
import { formatFigure } from "@/shared/format";
import { useSession } from "@/shared/session/session";
import { volumeText } from "@/shared/ui/volumeTexts";

import { DeleteButton } from "./DeleteButton";
import { DerivedCard } from "./DerivedCard";
import { FindingList } from "./FindingList";

export type Series = Schemas["Series"];

const side = 96;

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
  const said = [volumeText(t, volume.label), t("studies.volumeOf", { k, j, i, ...spacing }), volume.units];
  return <Text size="sm">{said.filter(Boolean).join(" · ")}</Text>;
}

/** The middle image; on hover and on click all of the series at a glance. */
function Pictures({ series }: { series: Series }) {
  const { t } = useTranslation();
  const [opened, dialog] = useDisclosure(false);
  const name = series.description || t("studies.series");
  const { overview } = series;
  const thumbnail = (
    <Image
      src={series.thumbnail}
      alt=""
      w={side}
      h={side}
      fit="contain"
      bg="var(--fid-image)"
      radius="sm"
      loading="lazy"
    />
  );
  if (series.frame_count < 2 || !overview) return thumbnail;
  return (
    <>
      <HoverCard position="right-start" openDelay={300} shadow="md" withinPortal>
        <HoverCard.Target>
          <UnstyledButton
            onClick={dialog.open}
            aria-label={t("studies.overviewOf", { name })}
            data-testid="series-overview-open"
          >
            {thumbnail}
          </UnstyledButton>
        </HoverCard.Target>
        <HoverCard.Dropdown p={4} bg="var(--fid-image)">
          <Image src={overview} alt="" w={360} fit="contain" mih={120} />
        </HoverCard.Dropdown>
      </HoverCard>
      <Modal opened={opened} onClose={dialog.close} title={t("studies.overviewOf", { name })} size="auto">
        <Image
          src={overview}
          alt={t("studies.overviewOf", { name })}
          fit="contain"
          bg="var(--fid-image)"
          mah="75dvh"
          miw={480}
          data-testid="series-overview"
        />
      </Modal>
    </>
  );
}

function Facts({ series }: { series: Series }) {
  const { t } = useTranslation();
  const shown = series.volumes.slice(0, 6);
  return (
    <Stack gap={2} style={{ minWidth: 0 }}>
      <Text fw={600} truncate>
        {[series.number, series.description].filter((part) => part !== null && part !== "").join(" · ") || "–"}
      </Text>
      <Text size="sm" c="dimmed">
        {[
          series.modality,
          t(`studies.kind.${series.kind}`),
          series.frame_count > 0 ? t("studies.imageCount", { count: series.frame_count }) : "",
        ]
          .filter(Boolean)
          .join(" · ")}
      </Text>
      {shown.map((volume) => (
        <VolumeLine key={volume.index} volume={volume} />
      ))}
      {series.volumes.length > shown.length ? (
        <Text size="sm" c="dimmed">
          {t("studies.moreVolumes", { count: series.volumes.length - shown.length })}
        </Text>
      ) : null}
      <FindingList findings={series.findings} />
    </Stack>
  );
}

/** A series with what was made from it: segmentations, reports, contours. */
export function SeriesCard({ series }: { series: Series }) {
  const { t } = useTranslation();
  const session = useSession();
  const speaksOf = series.derived.filter((brief) => brief.series_uid !== series.series_uid);
  const own = series.derived.filter((brief) => brief.series_uid === series.series_uid);
  return (
    <Box
      px="lg"
      py="md"
      data-testid="series-row"
      data-series={series.series_uid}
      data-kind={series.kind}
      style={{ borderBottom: "1px solid var(--fid-line)" }}
    >
      <Group gap="lg" wrap="nowrap" align="flex-start">
        <Box w={side} mih={series.thumbnail ? side : 0} style={{ flex: "0 0 auto" }}>
          {series.thumbnail ? <Pictures series={series} /> : null}
        </Box>
        <Stack gap="sm" style={{ flex: 1, minWidth: 0 }}>
          <Group justify="space-between" wrap="nowrap" align="flex-start">
            <Facts series={series} />
            {session.data?.user?.is_administrator ? (
              <DeleteButton
                word={series.description || series.series_uid}
                title={t("studies.delete.series")}
                run={() => deleteSeries(series.series_uid)}
                onDone={() => undefined}
                testId="series-delete"
                subtle
              />
            ) : null}
          </Group>
          {speaksOf.map((brief) => (
            <DerivedCard key={brief.sop_instance_uid} brief={brief} seriesUid={series.series_uid} linked />
          ))}
          {own.map((brief) => (
            <DerivedCard key={brief.sop_instance_uid} brief={brief} seriesUid={series.series_uid} linked={false} />
          ))}
        </Stack>
      </Group>
    </Box>
  );
}
